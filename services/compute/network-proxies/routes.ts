/** What compute passed on to network until 2.35. */
import { route, type RouteHandler } from '#core/http/route.ts'
import type { TSchema } from '#core/schema/schema.ts'
import { AnyText, LimitValue, many, querySchema } from '../schema/parameter-types.ts'
import { createFloatingIp, deleteFloatingIp, listFloatingIps, listNetworks, listPools, listTenantNetworks, showFloatingIp, showNetwork, showTenantNetwork } from './address.handlers.ts'
import { createGroup, createRule, deleteGroup, deleteRule, listGroups, showGroup, updateGroup } from './security-group.handlers.ts'

function proxy(method: string, path: string, handler: RouteHandler<never>, rule: string, status = 200, query?: TSchema) {
  return route(method, `/v2.1/${path}`, handler, { policy: `os_compute_api:${rule}`, versions: '2.1-2.35', status, ...(query === undefined ? {} : { query }) })
}

const GroupQuery = querySchema({ limit: many(LimitValue), offset: many(LimitValue), all_tenants: many(AnyText) }, true)

export const networkProxyRoutes = [
  proxy('GET', 'os-security-groups', listGroups, 'os-security-groups:get', 200, GroupQuery),
  proxy('POST', 'os-security-groups', createGroup, 'os-security-groups:create'),
  proxy('GET', 'os-security-groups/:id', showGroup, 'os-security-groups:show'),
  proxy('PUT', 'os-security-groups/:id', updateGroup, 'os-security-groups:update'),
  proxy('DELETE', 'os-security-groups/:id', deleteGroup, 'os-security-groups:delete', 202),
  proxy('POST', 'os-security-group-rules', createRule, 'os-security-groups:rule:create'),
  proxy('DELETE', 'os-security-group-rules/:id', deleteRule, 'os-security-groups:rule:delete', 202),
  proxy('GET', 'os-floating-ip-pools', listPools, 'os-floating-ip-pools'),
  proxy('GET', 'os-floating-ips', listFloatingIps, 'os-floating-ips:list'),
  proxy('POST', 'os-floating-ips', createFloatingIp, 'os-floating-ips:create'),
  proxy('GET', 'os-floating-ips/:id', showFloatingIp, 'os-floating-ips:show'),
  proxy('DELETE', 'os-floating-ips/:id', deleteFloatingIp, 'os-floating-ips:delete', 202),
  proxy('GET', 'os-networks', listNetworks, 'os-networks:list'),
  proxy('GET', 'os-networks/:id', showNetwork, 'os-networks:show'),
  proxy('GET', 'os-tenant-networks', listTenantNetworks, 'os-tenant-networks:list'),
  proxy('GET', 'os-tenant-networks/:id', showTenantNetwork, 'os-tenant-networks:show'),
]
