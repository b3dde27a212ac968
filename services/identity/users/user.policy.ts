/** Rules of users: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

export const userPolicies = definePolicies([
  { name: 'identity:get_user', check: '(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and token.domain.id:%(target.user.domain_id)s) or user_id:%(target.user.id)s', scopes: ['system', 'domain', 'project'], deprecatedCheck: 'rule:admin_or_owner', description: 'Show user', operations: ['GET /v3/users/{user_id}', 'HEAD /v3/users/{user_id}'] },
  { name: 'identity:list_users', check: '(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and domain_id:%(target.domain_id)s)', scopes: ['system', 'domain', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List users', operations: ['GET /v3/users', 'HEAD /v3/users'] },
  { name: 'identity:list_projects_for_user', check: '', description: 'List projects for user', operations: ['GET  /v3/auth/projects'] },
  { name: 'identity:list_domains_for_user', check: '', description: 'List domains for user', operations: ['GET /v3/auth/domains'] },
  { name: 'identity:create_user', check: 'rule:admin_required', scopes: ['system', 'domain', 'project'], description: 'Create user', operations: ['POST /v3/users'] },
  { name: 'identity:update_user', check: 'rule:admin_required', scopes: ['system', 'domain', 'project'], description: 'Change user', operations: ['PATCH /v3/users/{user_id}'] },
  { name: 'identity:delete_user', check: 'rule:admin_required', scopes: ['system', 'domain', 'project'], description: 'Delete user', operations: ['DELETE /v3/users/{user_id}'] },
])
