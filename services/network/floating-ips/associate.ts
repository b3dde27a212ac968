/** Finding what a floating IP leads to: the port, its address, and the router between them. */
import { allocationsOf } from '../allocation/ip-allocation.store.ts'
import type { Item } from '../attributes/attribute.ts'
import { findRow } from '../attributes/select-rows.store.ts'
import { isAdmin, type NetworkContext } from '../context.ts'
import type { FloatingIpRow, IpAllocationRow, PortRow } from '../database.ts'
import { errors } from '../errors.ts'
import { portResource } from '../ports/port.resource.ts'
import { routersBetween } from '../routers/router.store.ts'
import { getSubnet } from '../subnets/subnet.store.ts'
import { floatingIpsOfPort } from './floating-ip.store.ts'

export type Association = Pick<FloatingIpRow, 'fixed_port_id' | 'fixed_ip_address' | 'router_id'>

const NONE: Association = { fixed_port_id: null, fixed_ip_address: null, router_id: null }

/** The association after a request; what it does not mention stays, but a request of nothing lets go (as upstream's guide has it). */
export async function associate(ctx: NetworkContext, floating: FloatingIpRow, item: Item): Promise<Association> {
  if (Object.keys(item).length === 0) return NONE
  const portId = ('port_id' in item ? item['port_id'] : floating.fixed_port_id) as string | null
  const address = (item['fixed_ip_address'] ?? null) as string | null
  if (address !== null && (item['port_id'] ?? null) === null) throw bad('fixed_ip_address cannot be specified without a port_id')
  if (portId === null) return NONE
  const port = await findRow(ctx, portResource, portId)
  if (port === undefined) throw errors.PortNotFound({ portId })
  if (port.project_id !== floating.project_id && !isAdmin(ctx)) throw bad(`Cannot process floating IP association with Port ${portId}, since that port is owned by a different tenant`)
  const inside = chooseAddress(port, await allocationsOf(ctx, [port.id]), address)
  const routerId = await routerBetween(ctx, port, inside, floating.floating_network_id)
  const taken = (await floatingIpsOfPort(ctx, port.id)).some((f) => f.id !== floating.id && f.fixed_ip_address === inside.ip_address && f.floating_network_id === floating.floating_network_id)
  if (taken) throw alreadyAssociated(floating, port.id, inside.ip_address)
  return { fixed_port_id: port.id, fixed_ip_address: inside.ip_address, router_id: routerId }
}

export function alreadyAssociated(floating: FloatingIpRow, portId: string, fixedIp: string): Error {
  return errors.FloatingIPPortAlreadyAssociated({ floatingIpAddress: floating.floating_ip_address, fipId: floating.id, portId, fixedIp, netId: floating.floating_network_id })
}

function bad(msg: string): Error {
  return errors.BadRequest({ resource: 'floatingip', msg })
}

function chooseAddress(port: PortRow, held: readonly IpAllocationRow[], asked: string | null): IpAllocationRow {
  if (asked !== null) {
    if (asked.includes(':')) throw bad(`Cannot process floating IP association with ${asked}, since that is not an IPv4 address`)
    const found = held.find((a) => a.ip_address === asked)
    if (found === undefined) throw bad(`Port ${port.id} does not have fixed ip ${asked}`)
    return found
  }
  const ipv4 = held.filter((a) => !a.ip_address.includes(':'))
  if (ipv4.length === 0) throw bad(`Cannot add floating IP to port ${port.id} that has no fixed IPv4 addresses`)
  if (ipv4.length > 1) throw bad(`Port ${port.id} has multiple fixed IPv4 addresses.  Must provide a specific IPv4 address when assigning a floating IP`)
  return ipv4[0]!
}

/** A router with a leg on the subnet and its gateway on the floating IP's network; best the one that is the subnet's gateway. */
async function routerBetween(ctx: NetworkContext, port: PortRow, inside: IpAllocationRow, externalNetworkId: string): Promise<string> {
  const subnet = await getSubnet(ctx, inside.subnet_id)
  const routers = await routersBetween(ctx, inside.subnet_id, externalNetworkId)
  const best = routers.find((r) => r.ip_address === subnet?.gateway_ip) ?? routers[0]
  if (best === undefined) throw errors.ExternalGatewayForFloatingIPNotFound({ externalNetworkId, subnetId: inside.subnet_id, portId: port.id })
  return best.id
}
