/** SQL about ports. */
import { allocationsOf } from '../allocation/ip-allocation.store.ts'
import { noteReleased } from '../allocation/next-address.ts'
import { groupBy, selectIn, tagsOf } from '../attributes/children.ts'
import type { Fields } from '../attributes/attribute.ts'
import { seesAll, type NetworkContext } from '../context.ts'
import type { IpAllocationRow, NetworkRow, PortRow } from '../database.ts'
import { networkOwners } from '../subnets/subnet.store.ts'

/** Ports the service makes by itself: they go with their network. */
export const AUTOMATIC_OWNERS = ['network:dhcp', 'network:distributed', 'network:floatingip_agent_gateway']
export const ROUTER_INTERFACE_OWNERS = ['network:router_interface', 'network:ha_router_replicated_interface', 'network:router_interface_distributed']

export interface PortChildren {
  tags: Map<string, string[]>
  allocations: Map<string, IpAllocationRow[]>
  securityGroups: Map<string, { port_id: string; security_group_id: string }[]>
  networks: Map<string, Pick<NetworkRow, 'id' | 'project_id' | 'shared'>>
}

export async function getPort(ctx: NetworkContext, id: string): Promise<PortRow | undefined> {
  return await ctx.db.selectFrom('ports').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function getPorts(ctx: NetworkContext, ids: readonly string[]): Promise<PortRow[]> {
  return ids.length === 0 ? [] : await selectIn<PortRow>(ctx, '*', 'ports', 'id', ids)
}

export async function portChildren(ctx: NetworkContext, rows: readonly PortRow[], fields: Fields): Promise<PortChildren> {
  const ids = rows.map((r) => r.id)
  const wants = (...names: string[]): boolean => ids.length > 0 && (fields === undefined || names.some((n) => fields.has(n)))
  const allocations = wants('fixed_ips', 'dns_assignment') ? await allocationsOf(ctx, ids) : []
  return {
    tags: await tagsOf(ctx, rows), allocations: groupBy(allocations, 'port_id'),
    securityGroups: groupBy(wants('security_groups') ? await securityGroupsOf(ctx, ids) : [], 'port_id'),
    networks: seesAll(ctx) ? new Map() : await networkOwners(ctx, rows.map((r) => r.network_id)),
  }
}

export async function securityGroupsOf(ctx: NetworkContext, portIds: readonly string[]): Promise<{ port_id: string; security_group_id: string }[]> {
  return portIds.length === 0 ? [] : await selectIn(ctx, 'port_id, security_group_id', 'port_security_groups', 'port_id', portIds, ' order by security_group_id')
}

export async function insertPort(ctx: NetworkContext, row: PortRow): Promise<void> {
  await ctx.db.insertInto('ports').values(row).execute()
}

export async function updatePortRow(ctx: NetworkContext, id: string, set: Partial<PortRow>): Promise<void> {
  if (Object.keys(set).length > 0) await ctx.db.updateTable('ports').set(set).where('id', '=', id).execute()
}

export async function setPortGroups(ctx: NetworkContext, portId: string, groupIds: readonly string[], isNew = false): Promise<void> {
  if (!isNew) await ctx.db.deleteFrom('port_security_groups').where('port_id', '=', portId).execute()
  if (groupIds.length > 0) await ctx.db.insertInto('port_security_groups').values(groupIds.map((g) => ({ port_id: portId, security_group_id: g }))).execute()
}

export async function portsOfNetwork(ctx: NetworkContext, networkId: string): Promise<PortRow[]> {
  return await ctx.db.selectFrom('ports').selectAll().where('network_id', '=', networkId).execute()
}

export async function portsOfDevice(ctx: NetworkContext, deviceId: string, owners?: readonly string[]): Promise<PortRow[]> {
  let query = ctx.db.selectFrom('ports').selectAll().where('device_id', '=', deviceId)
  if (owners !== undefined) query = query.where('device_owner', 'in', owners)
  return await query.orderBy('created_at').orderBy('id').execute()
}

export async function countPortsOf(ctx: NetworkContext, networkId: string, owners: readonly string[]): Promise<number> {
  const row = await ctx.db.selectFrom('ports').select((eb) => eb.fn.countAll().as('count')).where('network_id', '=', networkId).where('device_owner', 'in', owners).executeTakeFirst()
  return Number(row?.count ?? 0)
}

/** Ports of a network that are plugged in somewhere. */
export async function countBoundPorts(ctx: NetworkContext, networkId: string): Promise<number> {
  const row = await ctx.db.selectFrom('ports').select((eb) => eb.fn.countAll().as('count')).where('network_id', '=', networkId).where('binding_vif_type', 'not in', ['unbound', 'binding_failed']).executeTakeFirst()
  return Number(row?.count ?? 0)
}

export async function isMacInUse(ctx: NetworkContext, networkId: string, macAddress: string): Promise<boolean> {
  return (await ctx.db.selectFrom('ports').select('id').where('network_id', '=', networkId).where('mac_address', '=', macAddress).executeTakeFirst()) !== undefined
}

/** Removes ports with all they hold. */
export async function deletePortRows(ctx: NetworkContext, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  noteReleased(ctx, await allocationsOf(ctx, ids))
  await ctx.db.deleteFrom('ip_allocations').where('port_id', 'in', ids).execute()
  await ctx.db.deleteFrom('port_security_groups').where('port_id', 'in', ids).execute()
  await ctx.db.deleteFrom('resource_tags').where('resource_id', 'in', ids).execute()
  await ctx.db.deleteFrom('ports').where('id', 'in', ids).execute()
}
