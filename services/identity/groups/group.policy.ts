/** Rules of groups: names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

const SHARED_1 = '(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and domain_id:%(target.group.domain_id)s)'

export const groupPolicies = definePolicies([
  { name: 'identity:get_group', check: SHARED_1, scopes: ['system', 'domain', 'project'], deprecatedCheck: 'rule:admin_required', description: 'Show group', operations: ['GET /v3/groups/{group_id}', 'HEAD /v3/groups/{group_id}'] },
  { name: 'identity:list_groups', check: SHARED_1, scopes: ['system', 'domain', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List groups', operations: ['GET /v3/groups', 'HEAD /v3/groups'] },
  { name: 'identity:list_groups_for_user', check: '(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and domain_id:%(target.user.domain_id)s) or user_id:%(user_id)s', scopes: ['system', 'domain', 'project'], deprecatedCheck: 'rule:admin_or_owner', description: 'List groups for user', operations: ['GET /v3/users/{user_id}/groups', 'HEAD /v3/users/{user_id}/groups'] },
  { name: 'identity:create_group', check: 'rule:admin_required', scopes: ['system', 'domain', 'project'], description: 'Create group', operations: ['POST /v3/groups'] },
  { name: 'identity:update_group', check: 'rule:admin_required', scopes: ['system', 'domain', 'project'], description: 'Change group', operations: ['PATCH /v3/groups/{group_id}'] },
  { name: 'identity:delete_group', check: 'rule:admin_required', scopes: ['system', 'domain', 'project'], description: 'Delete group', operations: ['DELETE /v3/groups/{group_id}'] },
  { name: 'identity:list_users_in_group', check: SHARED_1, scopes: ['system', 'domain', 'project'], deprecatedCheck: 'rule:admin_required', description: 'List users in group', operations: ['GET /v3/groups/{group_id}/users', 'HEAD /v3/groups/{group_id}/users'] },
  { name: 'identity:remove_user_from_group', check: 'rule:admin_required', scopes: ['system', 'domain', 'project'], description: 'Remove user from group', operations: ['DELETE /v3/groups/{group_id}/users/{user_id}'] },
  { name: 'identity:check_user_in_group', check: '(rule:admin_required) or (role:reader and system_scope:all) or (role:reader and domain_id:%(target.group.domain_id)s and domain_id:%(target.user.domain_id)s)', scopes: ['system', 'domain', 'project'], deprecatedCheck: 'rule:admin_required', description: 'Check user in group', operations: ['HEAD /v3/groups/{group_id}/users/{user_id}', 'GET /v3/groups/{group_id}/users/{user_id}'] },
  { name: 'identity:add_user_to_group', check: 'rule:admin_required', scopes: ['system', 'domain', 'project'], description: 'Add user to group', operations: ['PUT /v3/groups/{group_id}/users/{user_id}'] },
])
