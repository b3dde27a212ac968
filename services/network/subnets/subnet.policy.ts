/**
 * Who may do what with subnets. Names, checks and scopes are upstream's, but for `create_subnet`: release Zed let any
 * member put subnets on a network that is shared with them, which later releases took back; so do we.
 */
import { definePolicies } from '#core/policy/policy.ts'

export const subnetPolicies = definePolicies([
  { name: 'create_subnet', check: 'rule:admin_only or rule:network_owner', scopes: ['project'], description: 'Create a subnet', operations: ['POST /subnets'] },
  { name: 'create_subnet:service_types', check: 'rule:admin_only', scopes: ['project'], description: 'Set `service_types` of a new subnet', operations: ['POST /subnets'] },
  { name: 'get_subnet', check: 'rule:admin_only or role:reader and project_id:%(project_id)s or rule:shared', deprecatedCheck: 'rule:admin_or_owner or rule:shared', scopes: ['project'], description: 'See a subnet', operations: ['GET /subnets', 'GET /subnets/{id}'] },
  { name: 'update_subnet', check: 'rule:admin_only or role:member and project_id:%(project_id)s or rule:network_owner', deprecatedCheck: 'rule:admin_or_network_owner', scopes: ['project'], description: 'Change a subnet', operations: ['PUT /subnets/{id}'] },
  { name: 'update_subnet:service_types', check: 'rule:admin_only', scopes: ['project'], description: 'Change `service_types` of a subnet', operations: ['PUT /subnets/{id}'] },
  { name: 'delete_subnet', check: 'rule:admin_only or role:member and project_id:%(project_id)s or rule:network_owner', deprecatedCheck: 'rule:admin_or_network_owner', scopes: ['project'], description: 'Delete a subnet', operations: ['DELETE /subnets/{id}'] },
])
