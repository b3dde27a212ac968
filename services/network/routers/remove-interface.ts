/** Disconnecting a router: not while a floating IP or a route needs the leg. */
import { inTransaction } from '#core/db/database.ts'
import { fromJson } from '#core/db/json.ts'
import { contains, parseCidr } from '../addresses/cidr.ts'
import { parseIp } from '../addresses/ip.ts'
import { reallocateIps } from '../allocation/allocate-ips.ts'
import { allocationsOf } from '../allocation/ip-allocation.store.ts'
import { revise } from '../attributes/revision.store.ts'
import { noteChange } from '../changes/changes.ts'
import type { NetworkContext } from '../context.ts'
import type { PortRow, RouterRow, SubnetRow } from '../database.ts'
import { errors } from '../errors.ts'
import { floatingIpsOfRouter } from '../floating-ips/floating-ip.store.ts'
import { removePort } from '../ports/delete-port.ts'
import { getPort } from '../ports/port.store.ts'
import { getSubnet, getSubnets } from '../subnets/subnet.store.ts'
import { interfaceView, type InterfaceInfo, type InterfaceView } from './add-interface.ts'
import { deleteInterface, getRouter, interfacesOf } from './router.store.ts'
import type { ExtraRoute } from './router.view.ts'

export async function removeInterface(ctx: NetworkContext, routerId: string, info: InterfaceInfo): Promise<InterfaceView> {
  return await inTransaction(ctx, async (ctx) => await disconnect(ctx, routerId, info))
}

async function disconnect(ctx: NetworkContext, routerId: string, info: InterfaceInfo): Promise<InterfaceView> {
  if (!(await revise(ctx, 'routers', routerId))) throw errors.RouterNotFound({ routerId })
  const router = (await getRouter(ctx, routerId))!
  const legs = await interfacesOf(ctx, [routerId])
  const found = info.port_id !== undefined ? legs.filter((l) => l.port_id === info.port_id) : legs.filter((l) => l.subnet_id === info.subnet_id)
  if (found.length === 0) await missing(ctx, routerId, info)
  if (info.port_id !== undefined && info.subnet_id !== undefined && !found.some((l) => l.subnet_id === info.subnet_id)) {
    throw errors.SubnetMismatchForPort({ portId: info.port_id, subnetId: info.subnet_id })
  }
  const subnets = await getSubnets(ctx, found.map((l) => l.subnet_id))
  for (const subnet of subnets) await assertIdle(ctx, router, subnet)
  const port = (await getPort(ctx, found[0]!.port_id))!
  const rest = legs.filter((l) => l.port_id === port.id && !found.includes(l))
  for (const leg of found) await deleteInterface(ctx, routerId, leg.subnet_id)
  if (rest.length === 0) await removePort(ctx, port)
  else await shrink(ctx, port, rest.map((l) => l.subnet_id))
  await noteChange(ctx, { routerIds: [routerId], networkIds: [port.network_id], hosts: port.binding_host === '' ? [] : [port.binding_host], reschedule: true })
  return interfaceView(routerId, port, subnets)
}

async function missing(ctx: NetworkContext, routerId: string, info: InterfaceInfo): Promise<never> {
  if (info.port_id !== undefined) throw errors.RouterInterfaceNotFound({ routerId, portId: info.port_id })
  if ((await getSubnet(ctx, info.subnet_id!)) === undefined) throw errors.SubnetNotFound({ subnetId: info.subnet_id! })
  throw errors.RouterInterfaceNotFoundForSubnet({ routerId, subnetId: info.subnet_id! })
}

async function shrink(ctx: NetworkContext, port: PortRow, subnetIds: readonly string[]): Promise<void> {
  const held = await allocationsOf(ctx, [port.id])
  const keep = held.filter((a) => subnetIds.includes(a.subnet_id)).map((a) => ({ subnet_id: a.subnet_id, ip_address: a.ip_address }))
  const drop = held.filter((a) => !subnetIds.includes(a.subnet_id)).map((a) => ({ subnet_id: a.subnet_id, delete_subnet: true }))
  await reallocateIps(ctx, { id: port.id, networkId: port.network_id, macAddress: port.mac_address, deviceOwner: port.device_owner }, held, [...keep, ...drop])
  await revise(ctx, 'ports', port.id)
}

async function assertIdle(ctx: NetworkContext, router: RouterRow, subnet: SubnetRow): Promise<void> {
  const cidr = parseCidr(subnet.cidr)!
  const inside = (address: string | null): boolean => address !== null && contains(cidr, parseIp(address)!)
  if (fromJson<ExtraRoute[]>(router.routes, []).some((r) => inside(r.nexthop))) throw errors.RouterInterfaceInUseByRoute({ routerId: router.id, subnetId: subnet.id })
  for (const floating of await floatingIpsOfRouter(ctx, router.id)) {
    if (!inside(floating.fixed_ip_address)) continue
    const held = await allocationsOf(ctx, [floating.fixed_port_id!])
    if (held.some((a) => a.subnet_id === subnet.id)) throw errors.RouterInterfaceInUseByFloatingIP({ routerId: router.id, subnetId: subnet.id })
  }
}
