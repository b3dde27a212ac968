/** Who may see and steer the agents on hosts. Names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

export const agentPolicies = definePolicies([
  { name: 'get_agent', check: 'rule:admin_only', scopes: ['project'], description: 'See an agent', operations: ['GET /agents', 'GET /agents/{id}'] },
  { name: 'update_agent', check: 'rule:admin_only', scopes: ['project'], description: 'Change an agent', operations: ['PUT /agents/{id}'] },
  { name: 'delete_agent', check: 'rule:admin_only', scopes: ['project'], description: 'Delete an agent', operations: ['DELETE /agents/{id}'] },
  { name: 'create_dhcp-network', check: 'rule:admin_only', scopes: ['project'], description: 'Create a dhcp network', operations: ['POST /agents/{agent_id}/dhcp-networks'] },
  { name: 'get_dhcp-networks', check: 'rule:admin_only', scopes: ['project'], description: 'See a dhcp networks', operations: ['GET /agents/{agent_id}/dhcp-networks'] },
  { name: 'delete_dhcp-network', check: 'rule:admin_only', scopes: ['project'], description: 'Delete a dhcp network', operations: ['DELETE /agents/{agent_id}/dhcp-networks/{network_id}'] },
  { name: 'create_l3-router', check: 'rule:admin_only', scopes: ['project'], description: 'Create a l3 router', operations: ['POST /agents/{agent_id}/l3-routers'] },
  { name: 'get_l3-routers', check: 'rule:admin_only', scopes: ['project'], description: 'See l3 routers', operations: ['GET /agents/{agent_id}/l3-routers'] },
  { name: 'delete_l3-router', check: 'rule:admin_only', scopes: ['project'], description: 'Delete a l3 router', operations: ['DELETE /agents/{agent_id}/l3-routers/{router_id}'] },
  { name: 'get_dhcp-agents', check: 'rule:admin_only', scopes: ['project'], description: 'See a dhcp agents', operations: ['GET /networks/{network_id}/dhcp-agents'] },
  { name: 'get_l3-agents', check: 'rule:admin_only', scopes: ['project'], description: 'See l3 agents', operations: ['GET /routers/{router_id}/l3-agents'] },
])
