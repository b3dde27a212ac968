/** Who may do what with floating IPs. Names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

export const floatingIpPolicies = definePolicies([
  { name: 'create_floatingip', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:regular_user', scopes: ['project'], description: 'Create a floatingip', operations: ['POST /floatingips'] },
  { name: 'create_floatingip:floating_ip_address', check: 'rule:admin_only', scopes: ['project'], description: 'Set `floating_ip_address` of a new floatingip', operations: ['POST /floatingips'] },
  { name: 'get_floatingip', check: 'rule:admin_only or role:reader and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'See a floatingip', operations: ['GET /floatingips', 'GET /floatingips/{id}'] },
  { name: 'update_floatingip', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Change a floatingip', operations: ['PUT /floatingips/{id}'] },
  { name: 'delete_floatingip', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Delete a floatingip', operations: ['DELETE /floatingips/{id}'] },
  { name: 'get_floatingip_pool', check: 'role:reader and project_id:%(project_id)s', deprecatedCheck: 'rule:regular_user', scopes: ['project'], description: 'See a floatingip pool', operations: ['GET /floatingip_pools'] },
])
