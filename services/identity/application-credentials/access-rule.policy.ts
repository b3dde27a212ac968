/** Rules of access rules: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

const SHARED_1 = '(role:reader and system_scope:all) or user_id:%(target.user.id)s'

export const accessRulePolicies = definePolicies([
  { name: 'identity:get_access_rule', check: SHARED_1, scopes: ['system', 'project'], description: 'Show access rule', operations: ['GET /v3/users/{user_id}/access_rules/{access_rule_id}', 'HEAD /v3/users/{user_id}/access_rules/{access_rule_id}'] },
  { name: 'identity:list_access_rules', check: SHARED_1, scopes: ['system', 'project'], description: 'List access rules', operations: ['GET /v3/users/{user_id}/access_rules', 'HEAD /v3/users/{user_id}/access_rules'] },
  { name: 'identity:delete_access_rule', check: '(role:admin and system_scope:all) or user_id:%(target.user.id)s', scopes: ['system', 'project'], description: 'Delete access rule', operations: ['DELETE /v3/users/{user_id}/access_rules/{access_rule_id}'] },
])
