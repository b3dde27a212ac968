/** Rules of role assignments: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

const SHARED_1 = '(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and domain_id:%(target.domain_id)s and not None:%(target.domain_id)s)'

export const roleAssignmentPolicies = definePolicies([
  { name: 'identity:list_role_assignments', check: SHARED_1, scopes: ['system', 'domain', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List role assignments', operations: ['GET /v3/role_assignments', 'HEAD /v3/role_assignments'] },
  { name: 'identity:list_role_assignments_for_tree', check: SHARED_1, scopes: ['system', 'domain', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List role assignments for tree', operations: ['GET /v3/role_assignments?include_subtree', 'HEAD /v3/role_assignments?include_subtree'] },
])
