/** Trusts as clients send them. */
import { Type } from '#core/schema/schema.ts'
import { RoleChoice } from '../application-credentials/application-credential.schema.ts'
import { ExternalId, Flag, IdString, Nullable } from '../wire/types.schema.ts'

export const TrustCreate = Type.Object({
  trustor_user_id: ExternalId, trustee_user_id: ExternalId, impersonation: Flag, project_id: Type.Optional(Nullable(IdString)),
  remaining_uses: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 2_147_483_647 }))), expires_at: Type.Optional(Nullable(Type.String())),
  allow_redelegation: Type.Optional(Nullable(Type.Boolean())), redelegation_count: Type.Optional(Nullable(Type.Integer({ minimum: 0, maximum: 2_147_483_647 }))), roles: Type.Optional(Type.Array(RoleChoice)),
})
export const TRUST_ATTRIBUTES = ['trustor_user_id', 'trustee_user_id', 'impersonation', 'project_id', 'remaining_uses', 'expires_at', 'allow_redelegation', 'redelegation_count', 'roles', 'redelegated_trust_id', 'deleted_at']
