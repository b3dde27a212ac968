/** Routers as a host runs them. */
import { fromJson } from '#core/db/json.ts'
import type { WantedRouterType } from '../agent/network-agent.contract.ts'
import { allocationsOf } from '../allocation/ip-allocation.store.ts'
import { groupBy } from '../attributes/children.ts'
import type { NetworkContext } from '../context.ts'
import type { RouterInterfaceRow, RouterRow } from '../database.ts'
import { getPorts } from '../ports/port.store.ts'
import { getSubnets } from '../subnets/subnet.store.ts'
import type { Addresses } from './addresses.ts'
import { floatingRows } from './wanted.store.ts'

export async function wantedRouters(ctx: NetworkContext, routers: readonly RouterRow[], interfaces: readonly RouterInterfaceRow[], addresses: Addresses): Promise<WantedRouterType[]> {
  if (routers.length === 0) return []
  const portIds = [...new Set([...interfaces.map((i) => i.port_id), ...routers.map((r) => r.gw_port_id).filter((id) => id !== null)])]
  const ports = new Map((await getPorts(ctx, portIds)).map((p) => [p.id, p]))
  const held = groupBy(await allocationsOf(ctx, portIds), 'port_id')
  const gatewaySubnets = new Map((await getSubnets(ctx, [...new Set([...held.values()].flat().map((a) => a.subnet_id))])).map((s) => [s.id, s]))
  const floating = groupBy(await floatingRows(ctx, routers.map((r) => r.id)), 'router_id')
  const byRouter = groupBy(interfaces, 'router_id')
  return routers.map((router) => {
    const port = router.gw_port_id === null ? undefined : ports.get(router.gw_port_id)
    const outside = port === undefined ? [] : (held.get(port.id) ?? [])
    const legs = groupBy(byRouter.get(router.id) ?? [], 'port_id')
    return {
      id: router.id, projectId: router.project_id, adminStateUp: router.admin_state_up === 1,
      gateway: port === undefined ? null : {
        portId: port.id, macAddress: port.mac_address, networkId: port.network_id, fixedIps: addresses.of(outside), enableSnat: router.enable_snat === 1,
        nextHops: [...new Set(outside.map((a) => gatewaySubnets.get(a.subnet_id)?.gateway_ip).filter((g) => g !== null && g !== undefined))],
      },
      interfaces: [...legs].filter(([id]) => ports.has(id)).map(([id, rows]) => ({
        portId: id, macAddress: ports.get(id)!.mac_address, networkId: rows[0]!.network_id, fixedIps: addresses.of(held.get(id) ?? []), subnetIds: rows.map((r) => r.subnet_id),
      })),
      routes: fromJson<{ destination: string; nexthop: string }[]>(router.routes, []),
      floatingIps: (floating.get(router.id) ?? []).map((f) => ({ id: f.id, floatingIpAddress: f.floating_ip_address, fixedIpAddress: f.fixed_ip_address })),
    }
  })
}
