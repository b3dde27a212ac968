/** Who may do what with routers. Names, checks and scopes are upstream's. */
import { definePolicies } from '#core/policy/policy.ts'

export const routerPolicies = definePolicies([
  { name: 'create_router', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:regular_user', scopes: ['project'], description: 'Create a router', operations: ['POST /routers'] },
  { name: 'create_router:external_gateway_info', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Set `external_gateway_info` of a new router', operations: ['POST /routers'] },
  { name: 'create_router:external_gateway_info:network_id', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Set `external_gateway_info:network_id` of a new router', operations: ['POST /routers'] },
  { name: 'create_router:external_gateway_info:enable_snat', check: 'rule:admin_only', scopes: ['project'], description: 'Set `external_gateway_info:enable_snat` of a new router', operations: ['POST /routers'] },
  { name: 'create_router:external_gateway_info:external_fixed_ips', check: 'rule:admin_only', scopes: ['project'], description: 'Set `external_gateway_info:external_fixed_ips` of a new router', operations: ['POST /routers'] },
  { name: 'get_router', check: 'rule:admin_only or role:reader and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'See a router', operations: ['GET /routers', 'GET /routers/{id}'] },
  { name: 'update_router', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Change a router', operations: ['PUT /routers/{id}'] },
  { name: 'update_router:external_gateway_info', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Change `external_gateway_info` of a router', operations: ['PUT /routers/{id}'] },
  { name: 'update_router:external_gateway_info:network_id', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Change `external_gateway_info:network_id` of a router', operations: ['PUT /routers/{id}'] },
  { name: 'update_router:external_gateway_info:enable_snat', check: 'rule:admin_only', scopes: ['project'], description: 'Change `external_gateway_info:enable_snat` of a router', operations: ['PUT /routers/{id}'] },
  { name: 'update_router:external_gateway_info:external_fixed_ips', check: 'rule:admin_only', scopes: ['project'], description: 'Change `external_gateway_info:external_fixed_ips` of a router', operations: ['PUT /routers/{id}'] },
  { name: 'delete_router', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Delete a router', operations: ['DELETE /routers/{id}'] },
  { name: 'add_router_interface', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Add router interface', operations: ['PUT /routers/{id}/add_router_interface'] },
  { name: 'remove_router_interface', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Remove router interface', operations: ['PUT /routers/{id}/remove_router_interface'] },
  { name: 'add_extraroutes', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Add extraroutes', operations: ['PUT /routers/{id}/add_extraroutes'] },
  { name: 'remove_extraroutes', check: 'rule:admin_only or role:member and project_id:%(project_id)s', deprecatedCheck: 'rule:admin_or_owner', scopes: ['project'], description: 'Remove extraroutes', operations: ['PUT /routers/{id}/remove_extraroutes'] },
])
