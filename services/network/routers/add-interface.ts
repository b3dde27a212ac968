/** Connecting a router: to a subnet (at its gateway's address), or by a port the user made. */
import { inTransaction } from '#core/db/database.ts'
import { allocationsOf } from '../allocation/ip-allocation.store.ts'
import { reallocateIps } from '../allocation/allocate-ips.ts'
import { findRow } from '../attributes/select-rows.store.ts'
import { revise } from '../attributes/revision.store.ts'
import { noteChange } from '../changes/changes.ts'
import { isAdmin, ownProject, type NetworkContext } from '../context.ts'
import type { PortRow, RouterRow, SubnetRow } from '../database.ts'
import { errors } from '../errors.ts'
import { portResource } from '../ports/port.resource.ts'
import { getPort, updatePortRow } from '../ports/port.store.ts'
import { createServicePort } from '../ports/service-port.ts'
import { isSharedWith } from '../rbac-policies/rbac-policy.store.ts'
import { getSubnets } from '../subnets/subnet.store.ts'
import { subnetResource } from '../subnets/subnet.resource.ts'
import { assertNoOverlap, badRouter, connectedTo } from './connected.ts'
import { getRouter, insertInterface, interfacesOf } from './router.store.ts'

const INTERFACE_OWNER = 'network:router_interface'

export interface InterfaceInfo { port_id?: string; subnet_id?: string }
export interface InterfaceView { id: string; tenant_id: string; port_id: string; network_id: string; subnet_id: string; subnet_ids: string[] }

export async function addInterface(ctx: NetworkContext, routerId: string, info: InterfaceInfo): Promise<InterfaceView> {
  return await inTransaction(ctx, async (ctx) => await connect(ctx, routerId, info))
}

async function connect(ctx: NetworkContext, routerId: string, info: InterfaceInfo): Promise<InterfaceView> {
  if (!(await revise(ctx, 'routers', routerId))) throw errors.RouterNotFound({ routerId })
  const router = (await getRouter(ctx, routerId))!
  const { port, subnets } = info.port_id !== undefined ? await byPort(ctx, router, info.port_id) : await bySubnet(ctx, router, info.subnet_id!)
  for (const subnet of subnets) {
    const row = { port_id: port.id, router_id: router.id, subnet_id: subnet.id, network_id: subnet.network_id }
    if (!(await insertInterface(ctx, row))) throw badRouter(`Router already has a port on subnet ${subnet.id}`)
  }
  await noteChange(ctx, { routerIds: [router.id], networkIds: [port.network_id], reschedule: true })
  return interfaceView(router.id, port, subnets)
}

export function interfaceView(routerId: string, port: PortRow, subnets: readonly SubnetRow[]): InterfaceView {
  return { id: routerId, tenant_id: port.project_id, port_id: port.id, network_id: port.network_id, subnet_id: subnets.at(-1)!.id, subnet_ids: subnets.map((s) => s.id) }
}

async function byPort(ctx: NetworkContext, router: RouterRow, portId: string): Promise<{ port: PortRow; subnets: SubnetRow[] }> {
  const port = await findRow(ctx, portResource, portId)
  if (port === undefined) throw errors.PortNotFound({ portId })
  if (port.device_id !== '') throw errors.PortInUse({ netId: port.network_id, portId: port.id, deviceId: port.device_id })
  const allocations = await allocationsOf(ctx, [port.id])
  if (allocations.length === 0) throw badRouter('Router port must have at least one fixed IP')
  const subnets = await getSubnets(ctx, [...new Set(allocations.map((a) => a.subnet_id))])
  for (const subnet of subnets) assertRoutedHere(subnet)
  const connected = await connectedTo(ctx, router)
  if (subnets.some((s) => s.ip_version === 6)) {
    const other = connected.allocations.find((a) => a.network_id === port.network_id && a.ip_address.includes(':'))
    if (other !== undefined) throw badRouter(`Cannot have multiple router ports with the same network id if both contain IPv6 subnets. Existing port ${other.port_id} has IPv6 subnet(s) and network id ${port.network_id}`)
  }
  assertNoOverlap(connected.subnets, subnets)
  if (subnets.filter((s) => s.ip_version === 4).length > 1) throw badRouter('Cannot have multiple IPv4 subnets on router port')
  await updatePortRow(ctx, port.id, { device_id: router.id, device_owner: INTERFACE_OWNER })
  await revise(ctx, 'ports', port.id, 2)
  return { port, subnets }
}

async function bySubnet(ctx: NetworkContext, router: RouterRow, subnetId: string): Promise<{ port: PortRow; subnets: SubnetRow[] }> {
  const subnet = await findRow(ctx, subnetResource, subnetId)
  if (subnet === undefined) throw errors.SubnetNotFound({ subnetId })
  if (subnet.gateway_ip === null) throw badRouter('Subnet for router interface must have a gateway IP')
  if (subnet.project_id !== ownProject(ctx) && !isAdmin(ctx) && !(await isSharedWith(ctx, subnet.network_id, ownProject(ctx)))) {
    throw badRouter(`Cannot add interface to router because subnet ${subnetId} is not owned by project making the request`)
  }
  assertRoutedHere(subnet)
  assertNoOverlap((await connectedTo(ctx, router)).subnets, [subnet])
  const address = { subnet_id: subnet.id, ip_address: subnet.gateway_ip }
  const held = subnet.ip_version === 6 ? await ipv6Leg(ctx, router.id, subnet.network_id) : undefined
  if (held === undefined) {
    const port = await createServicePort(ctx, { projectId: router.project_id, networkId: subnet.network_id, deviceOwner: INTERFACE_OWNER, deviceId: router.id, fixedIps: [address] })
    await revise(ctx, 'ports', port.id)
    return { port, subnets: [subnet] }
  }
  const allocations = await allocationsOf(ctx, [held.id])
  const asked = [...allocations.map((a) => ({ subnet_id: a.subnet_id, ip_address: a.ip_address })), address]
  await reallocateIps(ctx, { id: held.id, networkId: held.network_id, macAddress: held.mac_address, deviceOwner: held.device_owner }, allocations, asked)
  await revise(ctx, 'ports', held.id)
  return { port: held, subnets: [subnet] }
}

/** All IPv6 subnets of one network share one leg of the router. */
async function ipv6Leg(ctx: NetworkContext, routerId: string, networkId: string): Promise<PortRow | undefined> {
  for (const row of (await interfacesOf(ctx, [routerId])).filter((i) => i.network_id === networkId)) {
    if ((await allocationsOf(ctx, [row.port_id])).some((a) => a.ip_address.includes(':'))) return await getPort(ctx, row.port_id)
  }
  return undefined
}

/** A subnet whose hosts listen to another router's advertisements is not ours to route. */
function assertRoutedHere(subnet: SubnetRow): void {
  if (subnet.ip_version === 6 && subnet.ipv6_ra_mode === null && subnet.ipv6_address_mode !== null) {
    throw badRouter(`IPv6 subnet ${subnet.id} configured to receive RAs from an external router cannot be added to Neutron Router.`)
  }
}
