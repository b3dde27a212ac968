/** Rules of implied roles: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

const ADMIN_OR_SYSTEM_READER = 'rule:admin_required or (role:reader and system_scope:all)'

export const impliedRolePolicies = definePolicies([
  { name: 'identity:get_implied_role', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'Show implied role', operations: ['GET /v3/roles/{prior_role_id}/implies/{implied_role_id}'] },
  { name: 'identity:list_implied_roles', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List implied roles', operations: ['GET /v3/roles/{prior_role_id}/implies', 'HEAD /v3/roles/{prior_role_id}/implies'] },
  { name: 'identity:create_implied_role', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Create implied role', operations: ['PUT /v3/roles/{prior_role_id}/implies/{implied_role_id}'] },
  { name: 'identity:delete_implied_role', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Delete implied role', operations: ['DELETE /v3/roles/{prior_role_id}/implies/{implied_role_id}'] },
  { name: 'identity:list_role_inference_rules', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List role inference rules', operations: ['GET /v3/role_inferences', 'HEAD /v3/role_inferences'] },
  { name: 'identity:check_implied_role', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'Check implied role', operations: ['HEAD /v3/roles/{prior_role_id}/implies/{implied_role_id}'] },
])
