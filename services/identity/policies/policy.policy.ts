/** Rules of policys: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

const ADMIN_OR_SYSTEM_READER = 'rule:admin_required or (role:reader and system_scope:all)'

export const policyPolicies = definePolicies([
  { name: 'identity:get_policy', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'Show policy', operations: ['GET /v3/policies/{policy_id}'] },
  { name: 'identity:list_policies', check: ADMIN_OR_SYSTEM_READER, scopes: ['system', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List policies', operations: ['GET /v3/policies'] },
  { name: 'identity:create_policy', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Create policy', operations: ['POST /v3/policies'] },
  { name: 'identity:update_policy', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Change policy', operations: ['PATCH /v3/policies/{policy_id}'] },
  { name: 'identity:delete_policy', check: 'rule:admin_required', scopes: ['system', 'project'], description: 'Delete policy', operations: ['DELETE /v3/policies/{policy_id}'] },
])
