/** Roles as clients send them; attributes that are not named here are kept as they come. */
import { Type } from '#core/schema/schema.ts'
import { Description, IdString, ImmutableOption, Name, Nullable } from '../wire/types.schema.ts'

const role = { description: Type.Optional(Description), options: Type.Optional(ImmutableOption) }
export const RoleCreate = Type.Object({ ...role, name: Name, domain_id: Type.Optional(Nullable(IdString)) })
export const RoleUpdate = Type.Object({ ...role, name: Type.Optional(Name) }, { minProperties: 1 })
export const ROLE_ATTRIBUTES = ['name', 'description', 'domain_id', 'options']
