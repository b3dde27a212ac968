/** Claims as the API speaks of them, latest shape. */
import { Type, type Static } from '#core/schema/schema.ts'
import { CLASS_PATTERN, mapOf, UUID_PATTERN } from '../inventories/inventory.schema.ts'

const closed = { additionalProperties: false }
const Id = Type.String({ minLength: 1, maxLength: 255 })

export const Resources = mapOf(CLASS_PATTERN, Type.Integer({ minimum: 1 }), { ...closed, minProperties: 1 })

/** What one consumer shall hold. Nothing at all gives everything back. */
export const ConsumerClaim = Type.Object({
  /** By provider. Its generation may come along, as read; nothing is made of it. */
  allocations: mapOf(UUID_PATTERN, Type.Object({ generation: Type.Optional(Type.Integer()), resources: Resources }, closed)),
  project_id: Id,
  user_id: Id,
  /** What the client believes the consumer's generation to be; null: that there is none yet. */
  consumer_generation: Type.Union([Type.Integer(), Type.Null()]),
  consumer_type: Type.String({ pattern: CLASS_PATTERN, minLength: 1, maxLength: 255 }),
  /** Which provider served which request group: for the client's own memory. */
  mappings: Type.Optional(Type.Record(
    Type.String({ pattern: '[a-zA-Z0-9_-]{1,64}' }), Type.Array(Type.String({ format: 'uuid' }), { minItems: 1 }), { minProperties: 1 })),
}, closed)

export const ManyClaims = mapOf(UUID_PATTERN, ConsumerClaim, { ...closed, minProperties: 1 })

/** A claim in any version: old clients say less. */
export type ConsumerClaim = Pick<Static<typeof ConsumerClaim>, 'allocations'> & Partial<Static<typeof ConsumerClaim>>
export type ManyClaims = Record<string, ConsumerClaim>
