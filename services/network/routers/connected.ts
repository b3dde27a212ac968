/** What a router is connected to, and what may be connected to it besides. */
import { contains, overlaps, parseCidr } from '../addresses/cidr.ts'
import { parseIp } from '../addresses/ip.ts'
import { allocationsOf } from '../allocation/ip-allocation.store.ts'
import type { NetworkContext } from '../context.ts'
import type { IpAllocationRow, RouterRow, SubnetRow } from '../database.ts'
import { errors } from '../errors.ts'
import { getSubnets, subnetsOfNetwork } from '../subnets/subnet.store.ts'
import { interfacesOf } from './router.store.ts'
import type { ExtraRoute } from './router.view.ts'

export interface Connected { subnets: SubnetRow[]; allocations: IpAllocationRow[] }

/** Subnets of the interfaces and of the gateway's network, and the router's own addresses. */
export async function connectedTo(ctx: NetworkContext, router: RouterRow): Promise<Connected> {
  const interfaces = await interfacesOf(ctx, [router.id])
  const inside = await getSubnets(ctx, [...new Set(interfaces.map((i) => i.subnet_id))])
  const outside = router.gw_network_id === null ? [] : await subnetsOfNetwork(ctx, router.gw_network_id)
  const portIds = [...new Set([...interfaces.map((i) => i.port_id), router.gw_port_id].filter((id) => id !== null))]
  return { subnets: [...inside, ...outside], allocations: await allocationsOf(ctx, portIds) }
}

/** A router cannot have two legs whose addresses overlap. */
export function assertNoOverlap(connected: readonly SubnetRow[], added: readonly SubnetRow[]): void {
  for (const subnet of added) {
    if (connected.some((c) => c.id === subnet.id)) throw badRouter(`Router already has a port on subnet ${subnet.id}`)
    const other = connected.find((c) => overlaps(parseCidr(c.cidr)!, parseCidr(subnet.cidr)!))
    if (other !== undefined) throw badRouter(`Cidr ${subnet.cidr} of subnet ${subnet.id} overlaps with cidr ${other.cidr} of subnet ${other.id}`)
  }
}

/** A route leads to a neighbour: the next hop is on a connected subnet, and not the router itself. */
export function assertRoutable(ctx: NetworkContext, routerId: string, routes: readonly ExtraRoute[], connected: Connected): void {
  if (routes.length > ctx.config.maxRoutes) throw errors.RoutesExhausted({ routerId, quota: ctx.config.maxRoutes })
  const cidrs = connected.subnets.map((s) => parseCidr(s.cidr)!)
  const own = new Set(connected.allocations.map((a) => a.ip_address))
  for (const { nexthop } of routes) {
    const ip = parseIp(nexthop)!
    if (!cidrs.some((c) => contains(c, ip))) throw errors.InvalidRoutes({ routes: routeText(routes), reason: 'the nexthop is not connected with router' })
    if (own.has(nexthop)) throw errors.InvalidRoutes({ routes: routeText(routes), reason: 'the nexthop is used by router' })
  }
}

function routeText(routes: readonly ExtraRoute[]): string {
  return `[${routes.map((r) => `{'destination': '${r.destination}', 'nexthop': '${r.nexthop}'}`).join(', ')}]`
}

export function badRouter(msg: string): Error {
  return errors.BadRequest({ resource: 'router', msg })
}
