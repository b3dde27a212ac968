/** Shapes several resources share. */
import { Type, type TSchema } from '#core/schema/schema.ts'

export function Nullable<S extends TSchema>(schema: S) {
  return Type.Unsafe<import('#core/schema/schema.ts').Static<S> | null>({ ...schema, type: [(schema as { type?: string }).type ?? 'string', 'null'] })
}

export const Name = Type.String({ minLength: 1, maxLength: 255, pattern: String.raw`[\S]+` })
/** Names of projects and domains are shorter. */
export const ShortName = Type.String({ minLength: 1, maxLength: 64, pattern: String.raw`[\S]+` })
export const IdString = Type.String({ minLength: 1, maxLength: 64, pattern: '^[a-zA-Z0-9-]+$' })
export const ExternalId = Type.String({ minLength: 1, maxLength: 64 })
export const Description = Type.String()
export const Flag = Type.Boolean()
/** The one option of projects, domains and roles; null takes it away. */
export const ImmutableOption = Type.Object({ immutable: Type.Optional(Nullable(Type.Boolean())) }, { additionalProperties: false })
