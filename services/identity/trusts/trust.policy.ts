/** Rules of trusts: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

const SHARED_1 = '(rule:admin_required) or (role:reader and system_scope:all or user_id:%(target.trust.trustor_user_id)s or user_id:%(target.trust.trustee_user_id)s)'

export const trustPolicies = definePolicies([
  { name: 'identity:create_trust', check: 'user_id:%(target.trust.trustor_user_id)s', scopes: ['project'], description: 'Create trust', operations: ['POST /v3/OS-TRUST/trusts'] },
  { name: 'identity:list_trusts', check: 'rule:admin_required or (role:reader and system_scope:all)', scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List trusts', operations: ['GET /v3/OS-TRUST/trusts', 'HEAD /v3/OS-TRUST/trusts'] },
  { name: 'identity:list_trusts_for_trustor', check: '(rule:admin_required) or (role:reader and system_scope:all or user_id:%(target.trust.trustor_user_id)s)', scopes: ['system', 'project'], description: 'List trusts for trustor', operations: ['GET /v3/OS-TRUST/trusts?trustor_user_id={trustor_user_id}', 'HEAD /v3/OS-TRUST/trusts?trustor_user_id={trustor_user_id}'] },
  { name: 'identity:list_trusts_for_trustee', check: '(rule:admin_required) or (role:reader and system_scope:all or user_id:%(target.trust.trustee_user_id)s)', scopes: ['system', 'project'], description: 'List trusts for trustee', operations: ['GET /v3/OS-TRUST/trusts?trustee_user_id={trustee_user_id}', 'HEAD /v3/OS-TRUST/trusts?trustee_user_id={trustee_user_id}'] },
  { name: 'identity:list_roles_for_trust', check: SHARED_1, scopes: ['system', 'project'], deprecatedCheck: 'user_id:%(target.trust.trustor_user_id)s or user_id:%(target.trust.trustee_user_id)s', description: 'List roles for trust', operations: ['GET /v3/OS-TRUST/trusts/{trust_id}/roles', 'HEAD /v3/OS-TRUST/trusts/{trust_id}/roles'] },
  { name: 'identity:get_role_for_trust', check: SHARED_1, scopes: ['system', 'project'], deprecatedCheck: 'user_id:%(target.trust.trustor_user_id)s or user_id:%(target.trust.trustee_user_id)s', description: 'Show role for trust', operations: ['GET /v3/OS-TRUST/trusts/{trust_id}/roles/{role_id}', 'HEAD /v3/OS-TRUST/trusts/{trust_id}/roles/{role_id}'] },
  { name: 'identity:delete_trust', check: 'rule:admin_required or user_id:%(target.trust.trustor_user_id)s', scopes: ['system', 'project'], deprecatedCheck: 'user_id:%(target.trust.trustor_user_id)s', description: 'Delete trust', operations: ['DELETE /v3/OS-TRUST/trusts/{trust_id}'] },
  { name: 'identity:get_trust', check: SHARED_1, scopes: ['system', 'project'], deprecatedCheck: 'user_id:%(target.trust.trustor_user_id)s or user_id:%(target.trust.trustee_user_id)s', description: 'Show trust', operations: ['GET /v3/OS-TRUST/trusts/{trust_id}', 'HEAD /v3/OS-TRUST/trusts/{trust_id}'] },
])
