/** Who may do what with subnet pools. Names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

export const subnetpoolPolicies = definePolicies([
  { name: 'create_subnetpool', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:regular_user', scopes: ['project'], description: 'Create a subnetpool', operations: ['POST /subnetpools'] },
  { name: 'create_subnetpool:shared', check: 'rule:admin_only', scopes: ['project'], description: 'Set `shared` of a new subnetpool', operations: ['POST /subnetpools'] },
  { name: 'create_subnetpool:is_default', check: 'rule:admin_only', scopes: ['project'], description: 'Set `is_default` of a new subnetpool', operations: ['POST /subnetpools'] },
  { name: 'get_subnetpool', check: 'rule:admin_only or role:reader and project_id:%(project_id)s or rule:shared_subnetpools', deprecatedCheck: 'rule:admin_or_owner or rule:shared_subnetpools', scopes: ['project'], description: 'See a subnetpool', operations: ['GET /subnetpools', 'GET /subnetpools/{id}'] },
  { name: 'update_subnetpool', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Change a subnetpool', operations: ['PUT /subnetpools/{id}'] },
  { name: 'update_subnetpool:is_default', check: 'rule:admin_only', scopes: ['project'], description: 'Change `is_default` of a subnetpool', operations: ['PUT /subnetpools/{id}'] },
  { name: 'delete_subnetpool', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Delete a subnetpool', operations: ['DELETE /subnetpools/{id}'] },
  { name: 'add_prefixes', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Add prefixes', operations: ['PUT /subnetpools/{id}/add_prefixes'] },
  { name: 'remove_prefixes', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Remove prefixes', operations: ['PUT /subnetpools/{id}/remove_prefixes'] },
])
