/** Users and groups as clients send them; attributes that are not named here are kept as they come. */
import { Type } from '#core/schema/schema.ts'
import { Description, Flag, IdString, Name, Nullable } from '../wire/types.schema.ts'

const Option = Type.Optional(Nullable(Type.Boolean()))
const Options = Type.Object({
  ignore_change_password_upon_first_use: Option, ignore_password_expiry: Option, ignore_lockout_failure_attempts: Option, lock_password: Option, ignore_user_inactivity: Option,
  multi_factor_auth_enabled: Option,
  multi_factor_auth_rules: Type.Optional(Nullable(Type.Array(Type.Array(Type.String(), { minItems: 1, uniqueItems: true }), { uniqueItems: true }))),
}, { additionalProperties: false })

/** Identities of elsewhere; there are no identity providers, so only the empty list passes (see `refuseFederated`). */
const Federated = Type.Array(Type.Object({ idp_id: Type.String(), protocols: Type.Array(Type.Object({ protocol_id: Type.String(), unique_id: Type.String() }), { minItems: 1 }) }))

const user = {
  default_project_id: Type.Optional(Nullable(IdString)), description: Type.Optional(Nullable(Description)), domain_id: Type.Optional(IdString), enabled: Type.Optional(Flag),
  password: Type.Optional(Nullable(Type.String())), options: Type.Optional(Options), federated: Type.Optional(Federated),
}
export const UserCreate = Type.Object({ ...user, name: Name })
export const UserUpdate = Type.Object({ ...user, name: Type.Optional(Name) }, { minProperties: 1 })
export const PasswordChange = Type.Object({ original_password: Type.String(), password: Type.String() }, { additionalProperties: false })

const group = { description: Type.Optional(Nullable(Description)), domain_id: Type.Optional(IdString) }
export const GroupCreate = Type.Object({ ...group, name: Name })
export const GroupUpdate = Type.Object({ ...group, name: Type.Optional(Name) }, { minProperties: 1 })

export const USER_ATTRIBUTES = ['name', 'domain_id', 'enabled', 'default_project_id', 'password', 'password_expires_at', 'options', 'federated', 'original_password']
export const GROUP_ATTRIBUTES = ['name', 'domain_id', 'description']
