/** SQL about floating IPs. */
import type { NetworkContext } from '../context.ts'
import type { FloatingIpRow } from '../database.ts'
import { deletePortRows } from '../ports/port.store.ts'

export async function getFloatingIp(ctx: NetworkContext, id: string): Promise<FloatingIpRow | undefined> {
  return await ctx.db.selectFrom('floating_ips').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function floatingIpsOfPort(ctx: NetworkContext, portId: string): Promise<FloatingIpRow[]> {
  return await ctx.db.selectFrom('floating_ips').selectAll().where('fixed_port_id', '=', portId).execute()
}

export async function floatingIpsOfRouter(ctx: NetworkContext, routerId: string): Promise<FloatingIpRow[]> {
  return await ctx.db.selectFrom('floating_ips').selectAll().where('router_id', '=', routerId).execute()
}

/** Is this the outside port of a floating IP? */
export async function isFloatingPort(ctx: NetworkContext, portId: string): Promise<boolean> {
  return (await ctx.db.selectFrom('floating_ips').select('id').where('floating_port_id', '=', portId).executeTakeFirst()) !== undefined
}

export async function insertFloatingIp(ctx: NetworkContext, row: FloatingIpRow): Promise<void> {
  await ctx.db.insertInto('floating_ips').values(row).execute()
}

export async function updateFloatingIpRow(ctx: NetworkContext, id: string, set: Partial<FloatingIpRow>): Promise<void> {
  if (Object.keys(set).length > 0) await ctx.db.updateTable('floating_ips').set(set).where('id', '=', id).execute()
}

export async function deleteFloatingIpRow(ctx: NetworkContext, row: FloatingIpRow): Promise<void> {
  await ctx.db.deleteFrom('resource_tags').where('resource_id', '=', row.id).execute()
  await ctx.db.deleteFrom('floating_ips').where('id', '=', row.id).execute()
  await deletePortRows(ctx, [row.floating_port_id])
}

/** Floating IPs of an external network that nobody uses go with it. */
export async function deleteIdleFloatingIps(ctx: NetworkContext, networkId: string): Promise<void> {
  const idle = await ctx.db.selectFrom('floating_ips').selectAll().where('floating_network_id', '=', networkId).where('fixed_port_id', 'is', null).execute()
  for (const row of idle) await deleteFloatingIpRow(ctx, row)
}
