/** Rules of roles: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

const ADMIN_OR_SYSTEM_READER = 'rule:admin_required or (role:reader and system_scope:all)'

export const rolePolicies = definePolicies([
  { name: 'identity:get_role', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'Show role', operations: ['GET /v3/roles/{role_id}', 'HEAD /v3/roles/{role_id}'] },
  { name: 'identity:list_roles', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List roles', operations: ['GET /v3/roles', 'HEAD /v3/roles'] },
  { name: 'identity:create_role', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Create role', operations: ['POST /v3/roles'] },
  { name: 'identity:update_role', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Change role', operations: ['PATCH /v3/roles/{role_id}'] },
  { name: 'identity:delete_role', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Delete role', operations: ['DELETE /v3/roles/{role_id}'] },
  { name: 'identity:get_domain_role', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'Show domain role', operations: ['GET /v3/roles/{role_id}', 'HEAD /v3/roles/{role_id}'] },
  { name: 'identity:list_domain_roles', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List domain roles', operations: ['GET /v3/roles?domain_id={domain_id}', 'HEAD /v3/roles?domain_id={domain_id}'] },
  { name: 'identity:create_domain_role', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Create domain role', operations: ['POST /v3/roles'] },
  { name: 'identity:update_domain_role', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Change domain role', operations: ['PATCH /v3/roles/{role_id}'] },
  { name: 'identity:delete_domain_role', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Delete domain role', operations: ['DELETE /v3/roles/{role_id}'] },
])
