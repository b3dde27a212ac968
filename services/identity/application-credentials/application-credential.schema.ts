/** Application credentials as clients send them. */
import { Type } from '#core/schema/schema.ts'
import { Description, Flag, IdString, Name, Nullable } from '../wire/types.schema.ts'

/** A role by id or by name, not both. */
export const RoleChoice = Type.Object({ id: Type.Optional(IdString), name: Type.Optional(Name) }, { minProperties: 1, maxProperties: 1, additionalProperties: false })

const AccessRule = Type.Object({
  path: Type.Optional(Type.String({ maxLength: 225, pattern: String.raw`^\/.*` })), method: Type.Optional(Type.String({ pattern: '^(POST|GET|HEAD|PATCH|PUT|DELETE)$' })),
  service: Type.Optional(IdString), id: Type.Optional(IdString),
}, { additionalProperties: false })

export const ApplicationCredentialCreate = Type.Object({
  name: Name, description: Type.Optional(Nullable(Description)), secret: Type.Optional(Nullable(Type.String())), expires_at: Type.Optional(Nullable(Type.String())),
  roles: Type.Optional(Type.Array(RoleChoice)), unrestricted: Type.Optional(Flag), access_rules: Type.Optional(Type.Array(AccessRule)),
})
