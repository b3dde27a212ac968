/** SQL about the addresses that ports hold. The key (subnet, address) is what decides who gets one. */
import { writeUnlessTaken } from '#core/db/database.ts'
import { formatIp, ipKey, type Ip } from '../addresses/ip.ts'
import { selectIn } from '../attributes/children.ts'
import type { NetworkContext } from '../context.ts'
import type { IpAllocationRow } from '../database.ts'

export interface Holder { portId: string; networkId: string }

/** Gives an address to a port; undefined when somebody has it. */
export async function takeAddress(ctx: NetworkContext, subnetId: string, ip: Ip, holder: Holder): Promise<IpAllocationRow | undefined> {
  const row = { subnet_id: subnetId, ip_key: ipKey(ip.value, ip.version), ip_address: formatIp(ip.value, ip.version), port_id: holder.portId, network_id: holder.networkId }
  return await writeUnlessTaken(ctx.db.insertInto('ip_allocations').values(row)) ? row : undefined
}

/** Keys in use from `from` on, in order. */
export async function takenKeys(ctx: NetworkContext, subnetId: string, from: string, limit: number): Promise<string[]> {
  const rows = await ctx.db.selectFrom('ip_allocations').select('ip_key').where('subnet_id', '=', subnetId).where('ip_key', '>=', from).orderBy('ip_key').limit(limit).execute()
  return rows.map((r) => r.ip_key)
}

export async function allocationsOf(ctx: NetworkContext, portIds: readonly string[]): Promise<IpAllocationRow[]> {
  return portIds.length === 0 ? [] : await selectIn<IpAllocationRow>(ctx, '*', 'ip_allocations', 'port_id', portIds, ' order by ip_key')
}

export async function releaseAddresses(ctx: NetworkContext, rows: readonly IpAllocationRow[]): Promise<void> {
  for (const row of rows) await ctx.db.deleteFrom('ip_allocations').where('subnet_id', '=', row.subnet_id).where('ip_key', '=', row.ip_key).execute()
}
