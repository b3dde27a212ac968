/** Shapes of the flavor API, latest. */
import { Type } from '#core/schema/schema.ts'
import { numberFormat } from '../schema/formats.ts'
import { AnyText, closed, ExtraSpecs, Flag, FlavorNonNegative, FlavorPositive, LimitValue, LongDescription, many, Name, querySchema, wrapped } from '../schema/parameter-types.ts'

export const FlavorCreate = wrapped('flavor', closed({
  name: Name,
  id: Type.Optional(Type.Unsafe<string | number | null>({ type: ['string', 'number', 'null'], minLength: 1, maxLength: 255, pattern: '^(?! )[a-zA-Z0-9. _-]+(?<! )$' })),
  ram: FlavorPositive,
  vcpus: FlavorPositive,
  disk: FlavorNonNegative,
  'OS-FLV-EXT-DATA:ephemeral': Type.Optional(FlavorNonNegative),
  swap: Type.Optional(FlavorNonNegative),
  rxtx_factor: Type.Optional(Type.Unsafe<number | string>({ type: ['number', 'string'], pattern: '^[0-9]+(\\.[0-9]+)?$', format: numberFormat(0, 3.40282e38, true), exclusiveMinimum: 0, maximum: 3.40282e38 })),
  'os-flavor-access:is_public': Type.Optional(Flag),
  description: Type.Optional(LongDescription),
}))

export const FlavorUpdate = wrapped('flavor', closed({ description: LongDescription }))
export const FlavorExtraSpecs = wrapped('extra_specs', ExtraSpecs)
export const FlavorExtraSpec = Type.Unsafe<Record<string, string | number>>({ ...ExtraSpecs, minProperties: 1, maxProperties: 1 })

const Tenant = closed({ tenant: Type.String({ minLength: 1, maxLength: 255 }) })
export const FlavorAction = Type.Unsafe<{ addTenantAccess?: { tenant: string }; removeTenantAccess?: { tenant: string } }>({
  type: 'object', properties: { addTenantAccess: Tenant, removeTenantAccess: Tenant }, additionalProperties: false, minProperties: 1, maxProperties: 1,
})

const FLAVOR_SORT_KEYS = ['created_at', 'description', 'disabled', 'ephemeral_gb', 'flavorid', 'id', 'is_public', 'memory_mb', 'name',
  'root_gb', 'rxtx_factor', 'swap', 'updated_at', 'vcpu_weight', 'vcpus'] as const

const listParameters = {
  limit: many(LimitValue), marker: many(AnyText), is_public: many(AnyText), minRam: many(AnyText), minDisk: many(AnyText),
  sort_key: many(Type.Unsafe<string>({ type: 'string', enum: [...FLAVOR_SORT_KEYS] })),
  sort_dir: many(Type.Unsafe<string>({ type: 'string', enum: ['asc', 'desc'] })),
}
export const FlavorListQuery = querySchema(listParameters, false)
