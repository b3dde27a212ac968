/**
 * Tables of identity. A domain is a project that acts as one (`is_domain`), as upstream has it.
 *
 * Names are unique without regard to case, as on MySQL, where most clouds of this kind run: `name_key` is the name in
 * lower case and carries the unique key together with `domain_key` (the domain's id, empty where there is none,
 * because unique keys let NULLs pass). Look-ups by name go through it, too.
 *
 * `ancestors` of a project is the path from its domain down to its parent, ids joined by `/`. A parent never changes,
 * so a subtree is a prefix and parents need no recursion.
 */
import type { OperationTables } from '#core/operations/store.ts'
import type { OutboxTables } from '#core/db/outbox.ts'

export interface ProjectRow {
  id: string; name: string; name_key: string; domain_id: string | null; domain_key: string; parent_id: string | null; ancestors: string
  is_domain: number; enabled: number; description: string | null; options: string; extra: string
}
export interface ProjectTagRow { project_id: string; name: string }
export interface UserRow {
  id: string; domain_id: string; name: string; name_key: string; enabled: number; default_project_id: string | null
  password_hash: string | null; password_created_at: string | null; password_expires_at: string | null; password_self_service: number
  failed_auth_count: number; failed_auth_at: string | null; created_at: string; last_active_at: string | null; options: string; extra: string
}
export interface OldPasswordRow { id: string; user_id: string; password_hash: string; created_at: string }
export interface GroupRow { id: string; domain_id: string; name: string; name_key: string; description: string | null; extra: string }
export interface MembershipRow { user_id: string; group_id: string }
export interface RoleRow { id: string; name: string; name_key: string; domain_id: string | null; domain_key: string; description: string | null; options: string; extra: string }
export interface RoleImplicationRow { prior_role_id: string; implied_role_id: string }
export type ActorType = 'user' | 'group'
export type TargetType = 'project' | 'domain' | 'system'
export interface AssignmentRow { actor_type: ActorType; actor_id: string; target_type: TargetType; target_id: string; role_id: string; inherited: number }
export interface RegionRow { id: string; description: string; parent_region_id: string | null; extra: string }
export interface ServiceRow { id: string; type: string; name: string | null; enabled: number; extra: string }
export interface EndpointRow { id: string; service_id: string; region_id: string | null; interface: string; url: string; enabled: number; extra: string }
export interface CredentialRow { id: string; user_id: string; project_id: string | null; type: string; encrypted_blob: string; extra: string }
export interface ApplicationCredentialRow {
  id: string; user_id: string; project_id: string; name: string; description: string | null; secret_hash: string; expires_at: string | null; unrestricted: number | null
}
export interface ApplicationCredentialRoleRow { application_credential_id: string; role_id: string }
export interface AccessRuleRow { id: string; user_id: string; service: string | null; path: string | null; method: string | null }
export interface ApplicationCredentialAccessRuleRow { application_credential_id: string; access_rule_id: string; position: number }
export interface TrustRow {
  id: string; trustor_user_id: string; trustee_user_id: string; project_id: string | null; impersonation: number; expires_at: string | null
  remaining_uses: number | null; redelegated_trust_id: string | null; redelegation_count: number; deleted_at: string | null; extra: string
  /** Whose, whom, where, until when; null where another may say the same. */
  terms: string | null
}
export interface TrustRoleRow { trust_id: string; role_id: string }
export interface RevocationRow { id: string; audit_id: string | null; user_id: string | null; issued_before: string; revoked_at: string }
export interface PolicyRow { id: string; type: string; blob_text: string; extra: string }
/** Exactly one of: an endpoint; a service; a service in a region. The others are empty. */
export interface PolicyAssociationRow { endpoint_id: string; service_id: string; region_id: string; policy_id: string }
export interface EndpointGroupRow { id: string; name: string; description: string | null; filters: string }
export interface ProjectEndpointRow { project_id: string; endpoint_id: string }
export interface ProjectEndpointGroupRow { project_id: string; endpoint_group_id: string }
export interface ConsumerRow { id: string; description: string | null; sealed_secret: string; extra: string }
export interface RequestTokenRow {
  id: string; consumer_id: string; project_id: string; sealed_secret: string; user_id: string | null; verifier: string | null; role_ids: string | null; expires_at: string
}
export interface AccessTokenRow { id: string; consumer_id: string; project_id: string; sealed_secret: string; user_id: string; role_ids: string; expires_at: string }
/** A value is JSON; that of a sensitive option is sealed. */
export interface DomainOptionRow { domain_id: string; group_name: string; option_name: string; sensitive: number; value: string }

export interface IdentityTables extends OutboxTables, OperationTables {
  projects: ProjectRow
  project_tags: ProjectTagRow
  users: UserRow
  old_passwords: OldPasswordRow
  user_groups: GroupRow
  memberships: MembershipRow
  roles: RoleRow
  role_implications: RoleImplicationRow
  assignments: AssignmentRow
  regions: RegionRow
  services: ServiceRow
  endpoints: EndpointRow
  credentials: CredentialRow
  application_credentials: ApplicationCredentialRow
  application_credential_roles: ApplicationCredentialRoleRow
  access_rules: AccessRuleRow
  application_credential_access_rules: ApplicationCredentialAccessRuleRow
  trusts: TrustRow
  trust_roles: TrustRoleRow
  revocations: RevocationRow
  policies: PolicyRow
  policy_associations: PolicyAssociationRow
  endpoint_groups: EndpointGroupRow
  project_endpoints: ProjectEndpointRow
  project_endpoint_groups: ProjectEndpointGroupRow
  consumers: ConsumerRow
  request_tokens: RequestTokenRow
  access_tokens: AccessTokenRow
  domain_options: DomainOptionRow
}
