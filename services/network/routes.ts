/** The URL map of the network service. */
import { inHandler, PUBLIC, route, type Route } from '#core/http/route.ts'
import { addressScopeResource } from './address-scopes/address-scope.resource.ts'
import { agentResource } from './agents/agent.resource.ts'
import { dhcpAgentRoutes } from './agents/dhcp-agent.handlers.ts'
import { l3AgentRoutes } from './agents/l3-agent.handlers.ts'
import { resourceRoutes } from './attributes/handlers.ts'
import { deleteAutoTopology, showAutoTopology } from './auto-topology/auto-topology.handlers.ts'
import { listAvailabilityZones } from './availability-zones/availability-zone.handlers.ts'
import { listExtensions, showExtension } from './extensions/extension.handlers.ts'
import { listFloatingIpPools } from './floating-ips/floating-ip-pools.handlers.ts'
import { floatingIpResource } from './floating-ips/floating-ip.resource.ts'
import { listIpAvailabilities, showIpAvailability } from './ip-availabilities/ip-availability.handlers.ts'
import { networkResource } from './networks/network.resource.ts'
import { portResource } from './ports/port.resource.ts'
import { quotaRoutes } from './quotas/quota.handlers.ts'
import { rbacPolicyResource } from './rbac-policies/rbac-policy.resource.ts'
import { addExtraRoutes, addRouterInterface, removeExtraRoutes, removeRouterInterface } from './routers/router-actions.handlers.ts'
import { routerResource } from './routers/router.resource.ts'
import { securityGroupRuleResource } from './security-groups/security-group-rule.resource.ts'
import { securityGroupResource } from './security-groups/security-group.resource.ts'
import { addPrefixes, removePrefixes } from './subnetpools/prefix-ops.handlers.ts'
import { subnetpoolResource } from './subnetpools/subnetpool.resource.ts'
import { subnetResource } from './subnets/subnet.resource.ts'
import { tagRoutes } from './tags/tag.handlers.ts'
import { listCoreResources, listVersions } from './versions/versions.handlers.ts'

export const routes: Route[] = [
  route('GET', '/', listVersions, { policy: PUBLIC }),
  // Balancers look with HEAD whether somebody is there; below /v2.0 nothing answers it.
  route('HEAD', '/', listVersions, { policy: PUBLIC }),
  route('GET', '/v2.0', listCoreResources, { policy: 'regular_user' }),
  route('GET', '/v2.0/extensions', listExtensions, { policy: 'regular_user' }),
  route('GET', '/v2.0/extensions/:alias', showExtension, { policy: 'regular_user' }),
  ...resourceRoutes(networkResource),
  ...resourceRoutes(subnetResource),
  ...resourceRoutes(portResource),
  ...resourceRoutes(subnetpoolResource),
  ...resourceRoutes(addressScopeResource),
  ...resourceRoutes(securityGroupResource),
  ...resourceRoutes(securityGroupRuleResource),
  ...resourceRoutes(agentResource),
  ...dhcpAgentRoutes,
  ...l3AgentRoutes,
  ...resourceRoutes(routerResource),
  route('PUT', '/v2.0/routers/:id/add_router_interface', addRouterInterface, { policy: inHandler('add_router_interface') }),
  route('PUT', '/v2.0/routers/:id/remove_router_interface', removeRouterInterface, { policy: inHandler('remove_router_interface') }),
  route('PUT', '/v2.0/routers/:id/add_extraroutes', addExtraRoutes, { policy: inHandler('add_extraroutes') }),
  route('PUT', '/v2.0/routers/:id/remove_extraroutes', removeExtraRoutes, { policy: inHandler('remove_extraroutes') }),
  ...resourceRoutes(floatingIpResource),
  route('GET', '/v2.0/floatingip_pools', listFloatingIpPools, { policy: 'get_floatingip_pool' }),
  route('PUT', '/v2.0/subnetpools/:id/add_prefixes', addPrefixes, { policy: inHandler('add_prefixes') }),
  route('PUT', '/v2.0/subnetpools/:id/remove_prefixes', removePrefixes, { policy: inHandler('remove_prefixes') }),
  ...resourceRoutes(rbacPolicyResource),
  ...quotaRoutes,
  route('GET', '/v2.0/availability_zones', listAvailabilityZones, { policy: 'get_availability_zone' }),
  route('GET', '/v2.0/network-ip-availabilities', listIpAvailabilities, { policy: inHandler('get_network_ip_availability') }),
  route('GET', '/v2.0/network-ip-availabilities/:id', showIpAvailability, { policy: inHandler('get_network_ip_availability') }),
  route('GET', '/v2.0/auto-allocated-topology/:id', showAutoTopology, { policy: inHandler('get_auto_allocated_topology') }),
  route('DELETE', '/v2.0/auto-allocated-topology/:id', deleteAutoTopology, { policy: inHandler('delete_auto_allocated_topology'), status: 204 }),
  ...[networkResource, subnetResource, portResource, subnetpoolResource, routerResource, floatingIpResource, securityGroupResource].flatMap((r) => tagRoutes(r as never)),
]
