/** Who may have a topology made. Names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

export const autoTopologyPolicies = definePolicies([
  { name: 'get_auto_allocated_topology', check: 'role:reader and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'See an auto allocated topology', operations: ['GET /auto-allocated-topology/{project_id}'] },
  { name: 'delete_auto_allocated_topology', check: 'role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Delete an auto allocated topology', operations: ['DELETE /auto-allocated-topology/{project_id}'] },
])
