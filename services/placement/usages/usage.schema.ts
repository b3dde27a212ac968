/** The query for what a project uses. */
import { Type } from '#core/schema/schema.ts'

const id = Type.Array(Type.String({ minLength: 1, maxLength: 255 }))

export const UsageQuery = Type.Object({
  project_id: id,
  user_id: Type.Optional(id),
  /** A type of consumers, `all` (as one sum), or `unknown` (those whose client was too old to say). */
  consumer_type: Type.Optional(Type.Array(Type.String({ pattern: '^[A-Z0-9_]+$|^all|^unknown$', minLength: 1, maxLength: 255 }))),
}, { additionalProperties: false })
