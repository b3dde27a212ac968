/** SQL about routers and their interfaces. */
import { writeUnlessTaken } from '#core/db/database.ts'
import { groupBy, selectIn, tagsOf } from '../attributes/children.ts'
import type { NetworkContext } from '../context.ts'
import type { IpAllocationRow, PortRow, RouterInterfaceRow, RouterRow } from '../database.ts'
import { allocationsOf } from '../allocation/ip-allocation.store.ts'

export interface RouterChildren { tags: Map<string, string[]>; gateways: Map<string, IpAllocationRow[]>; zones: Map<string, string[]> }

export async function getRouter(ctx: NetworkContext, id: string): Promise<RouterRow | undefined> {
  return await ctx.db.selectFrom('routers').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function getRouterOwner(ctx: NetworkContext, id: string): Promise<string | undefined> {
  return (await ctx.db.selectFrom('routers').select('project_id').where('id', '=', id).executeTakeFirst())?.project_id
}

export async function routerChildren(ctx: NetworkContext, rows: readonly RouterRow[]): Promise<RouterChildren> {
  const gateways = groupBy(await allocationsOf(ctx, rows.map((r) => r.gw_port_id).filter((id) => id !== null)), 'port_id')
  const bound = rows.length === 0 ? [] : await selectIn<{ router_id: string; availability_zone: string | null }>(ctx, 'b.router_id, a.availability_zone', 'router_bindings b join agents a on a.id = b.agent_id', 'b.router_id', rows.map((r) => r.id))
  const zones = new Map([...groupBy(bound, 'router_id')].map(([id, group]) => [id, [...new Set(group.map((g) => g.availability_zone).filter((z) => z !== null))].sort()]))
  return { tags: await tagsOf(ctx, rows), gateways, zones }
}

export async function insertRouter(ctx: NetworkContext, row: RouterRow): Promise<void> {
  await ctx.db.insertInto('routers').values(row).execute()
}

export async function updateRouterRow(ctx: NetworkContext, id: string, set: Partial<RouterRow>): Promise<void> {
  if (Object.keys(set).length > 0) await ctx.db.updateTable('routers').set(set).where('id', '=', id).execute()
}

export async function deleteRouterRows(ctx: NetworkContext, id: string): Promise<void> {
  await ctx.db.deleteFrom('router_bindings').where('router_id', '=', id).execute()
  await ctx.db.deleteFrom('resource_tags').where('resource_id', '=', id).execute()
  await ctx.db.deleteFrom('routers').where('id', '=', id).execute()
}

export async function interfacesOf(ctx: NetworkContext, routerIds: readonly string[]): Promise<RouterInterfaceRow[]> {
  return routerIds.length === 0 ? [] : await selectIn<RouterInterfaceRow>(ctx, '*', 'router_interfaces', 'router_id', routerIds)
}

/** Routers with a leg on the subnet and their gateway on the external network, and the leg's address. */
export async function routersBetween(ctx: NetworkContext, subnetId: string, externalNetworkId: string): Promise<{ id: string; ip_address: string | null }[]> {
  return await ctx.db.selectFrom('router_interfaces').innerJoin('routers', 'routers.id', 'router_interfaces.router_id')
    .leftJoin('ip_allocations', (join) => join.onRef('ip_allocations.port_id', '=', 'router_interfaces.port_id').onRef('ip_allocations.subnet_id', '=', 'router_interfaces.subnet_id'))
    .select(['routers.id', 'ip_allocations.ip_address']).where('router_interfaces.subnet_id', '=', subnetId).where('routers.gw_network_id', '=', externalNetworkId).orderBy('routers.id').execute()
}

/** Connects; false when the router has an interface on this subnet already. */
export async function insertInterface(ctx: NetworkContext, row: RouterInterfaceRow): Promise<boolean> {
  return await writeUnlessTaken(ctx.db.insertInto('router_interfaces').values(row))
}

export async function deleteInterface(ctx: NetworkContext, routerId: string, subnetId: string): Promise<void> {
  await ctx.db.deleteFrom('router_interfaces').where('router_id', '=', routerId).where('subnet_id', '=', subnetId).execute()
}

/** The interface's port is gone. */
export async function forgetInterfacePort(ctx: NetworkContext, portId: string): Promise<void> {
  await ctx.db.deleteFrom('router_interfaces').where('port_id', '=', portId).execute()
}

/** The interface's port has addresses on other subnets now. */
export async function followInterfacePort(ctx: NetworkContext, port: PortRow, subnetIds: readonly string[]): Promise<void> {
  const held = await ctx.db.selectFrom('router_interfaces').selectAll().where('port_id', '=', port.id).execute()
  if (held.length === 0) return
  await forgetInterfacePort(ctx, port.id)
  for (const subnetId of new Set(subnetIds)) await insertInterface(ctx, { port_id: port.id, router_id: held[0]!.router_id, subnet_id: subnetId, network_id: port.network_id })
}
