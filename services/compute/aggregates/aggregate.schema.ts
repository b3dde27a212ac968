/** Aggregates as the API speaks of them, latest shape. */
import { Type, type Static } from '#core/schema/schema.ts'
import { closed, HostName, Name, Uuid, wrapped, ZoneName } from '../schema/parameter-types.ts'

const Zone = Type.Optional(Type.Union([ZoneName, Type.Null()]))
/** Spaces around a name are taken off here, not refused. */
const LooseName = Type.String({ minLength: 1, maxLength: 255, format: 'compute-loose-name' })

export const AggregateCreate = wrapped('aggregate', closed({ name: Name, availability_zone: Zone }))
export const AggregateUpdate = Type.Unsafe<{ aggregate: { name?: string; availability_zone?: string | null } }>({
  type: 'object', additionalProperties: false, required: ['aggregate'],
  properties: {
    aggregate: {
      type: 'object', additionalProperties: false, properties: { name: LooseName, availability_zone: { anyOf: [ZoneName, { type: 'null' }] } },
      anyOf: [{ type: 'object', required: ['name'] }, { type: 'object', required: ['availability_zone'] }],
    },
  },
})

const Host = closed({ host: HostName })
const MetadataOrGone = Type.Unsafe<Record<string, string | null>>({
  type: 'object', patternProperties: { '^[a-zA-Z0-9-_:. ]{1,255}$': { type: ['string', 'null'], maxLength: 255 } }, additionalProperties: false,
})
export const AggregateAction = Type.Unsafe<AggregateAction>({
  type: 'object', minProperties: 1, maxProperties: 1, additionalProperties: false,
  properties: { add_host: Host, remove_host: Host, set_metadata: closed({ metadata: MetadataOrGone }) },
})

export const AggregateImages = closed({ cache: Type.Array(closed({ id: Uuid }), { minItems: 1 }) })

export type AggregateCreate = Static<typeof AggregateCreate>
export type AggregateImages = Static<typeof AggregateImages>
export type AggregateUpdate = Static<typeof AggregateUpdate>
export interface AggregateAction {
  add_host?: { host: string }
  remove_host?: { host: string }
  /** null takes a property away; others stay. */
  set_metadata?: { metadata: Record<string, string | null> }
}
