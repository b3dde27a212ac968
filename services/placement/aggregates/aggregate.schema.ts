/** Aggregates of a provider: UUIDs that only whoever sets them gives a meaning. */
import { Type, type Static } from '#core/schema/schema.ts'

export const AggregateList = Type.Array(Type.String({ format: 'uuid' }), { uniqueItems: true })
export const AggregatesBody = Type.Object({ aggregates: AggregateList, resource_provider_generation: Type.Integer() }, { additionalProperties: false })

/** The generation is absent when the client is too old to know of it (before 1.19); then nothing guards the write. */
export type AggregatesBody = Pick<Static<typeof AggregatesBody>, 'aggregates'> & { resource_provider_generation?: number }
