/** Inventories as the API speaks of them, latest shape. */
import type { TObjectOptions } from 'typebox'
import { Type, type Static, type TSchema } from '#core/schema/schema.ts'

/** Most that one number of an inventory may be. */
export const MAX_INT = 0x7fff_ffff
const MAX_RATIO = 3.40282e38
const closed = { additionalProperties: false }

export const CLASS_PATTERN = '^[A-Z0-9_]+$'
export const UUID_PATTERN = '^[0-9a-fA-F-]{36}$'

/** An object with keys of one form. */
export function mapOf<T extends TSchema>(pattern: string, value: T, options: TObjectOptions = closed) {
  return Type.Record(Type.String({ pattern }), value, options)
}

const count = (minimum: number) => Type.Optional(Type.Integer({ minimum, maximum: MAX_INT }))

const amounts = {
  total: Type.Integer({ minimum: 1, maximum: MAX_INT }),
  reserved: count(0),
  min_unit: count(1),
  max_unit: count(1),
  step_size: count(1),
  allocation_ratio: Type.Optional(Type.Number({ maximum: MAX_RATIO })),
}

const generation = { resource_provider_generation: Type.Integer() }
const ignoredGeneration = { resource_provider_generation: Type.Optional(Type.Integer()) }

export const InventoryCreate = Type.Object({ ...amounts, ...ignoredGeneration, resource_class: Type.String({ pattern: CLASS_PATTERN }) }, closed)
export const InventoryUpdate = Type.Object({ ...amounts, ...generation }, closed)
export const InventoriesUpdate = Type.Object({
  ...generation,
  // Names of another form pass here, as they always did; they are refused as unknown classes.
  inventories: mapOf(CLASS_PATTERN, Type.Object({ ...amounts, ...ignoredGeneration }, closed), {}),
}, closed)

export type InventoryCreate = Static<typeof InventoryCreate>
export type InventoryUpdate = Static<typeof InventoryUpdate>
export type InventoriesUpdate = Static<typeof InventoriesUpdate>

/** The amounts of one class as a client gives them; what is left out has a default. */
export type InventoryAmounts = Partial<Omit<InventoryUpdate, 'resource_provider_generation'>> & { total: number }
