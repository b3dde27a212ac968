/** Deleting a port: not one that a router or a floating IP lives on; those have calls of their own. */
import { noteChange, noteDevices } from '../changes/changes.ts'
import type { NetworkContext } from '../context.ts'
import { allocationsOf } from '../allocation/ip-allocation.store.ts'
import { errors } from '../errors.ts'
import { isFloatingPort } from '../floating-ips/floating-ip.store.ts'
import { leaveFloatingIps } from '../floating-ips/follow-port.ts'
import { forgetInterfacePort, getRouterOwner } from '../routers/router.store.ts'
import { deletePortRows, getPort, ROUTER_INTERFACE_OWNERS, securityGroupsOf } from './port.store.ts'
import type { PortRow } from '../database.ts'

export async function deletePort(ctx: NetworkContext, id: string): Promise<void> {
  const port = await getPort(ctx, id)
  if (port === undefined) throw errors.PortNotFound({ portId: id })
  await assertDeletable(ctx, port)
  await removePort(ctx, port)
}

/** Removes a port for whoever is responsible for it, and tells the hosts. */
export async function removePort(ctx: NetworkContext, port: PortRow): Promise<void> {
  const groups = (await securityGroupsOf(ctx, [port.id])).map((g) => g.security_group_id)
  await leaveFloatingIps(ctx, port)
  if (ROUTER_INTERFACE_OWNERS.includes(port.device_owner)) await forgetInterfacePort(ctx, port.id)
  await deletePortRows(ctx, [port.id])
  await noteChange(ctx, { portIds: [port.id], networkIds: [port.network_id], securityGroupIds: groups, hosts: port.binding_host === '' ? [] : [port.binding_host] })
  await noteDevices(ctx, [port])
}

async function assertDeletable(ctx: NetworkContext, port: PortRow): Promise<void> {
  const owner = port.device_owner
  const floating = owner === 'network:floatingip'
  if (!floating && owner !== 'network:router_gateway' && !ROUTER_INTERFACE_OWNERS.includes(owner)) return
  if ((await allocationsOf(ctx, [port.id])).length === 0) return
  const inUse = floating ? await isFloatingPort(ctx, port.id) : (await getRouterOwner(ctx, port.device_id)) !== undefined
  if (inUse) throw errors.ServicePortInUse({ portId: port.id, reason: `has device owner ${owner}` })
}
