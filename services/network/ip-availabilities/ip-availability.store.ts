/** SQL about how many addresses of networks are used. */
import { selectIn } from '../attributes/children.ts'
import type { NetworkContext } from '../context.ts'
import type { NetworkRow, SubnetRow } from '../database.ts'

export interface Filters { networkIds?: string[]; names?: string[]; projects?: string[]; versions?: number[] }

export async function filteredNetworks(ctx: NetworkContext, filters: Filters): Promise<NetworkRow[]> {
  let query = ctx.db.selectFrom('networks').selectAll().orderBy('id')
  if (filters.networkIds !== undefined) query = query.where('id', 'in', filters.networkIds)
  if (filters.names !== undefined) query = query.where('name', 'in', filters.names)
  if (filters.projects !== undefined) query = query.where('project_id', 'in', filters.projects)
  return await query.execute()
}

export async function subnetsOfNetworks(ctx: NetworkContext, networkIds: readonly string[]): Promise<SubnetRow[]> {
  return networkIds.length === 0 ? [] : await selectIn<SubnetRow>(ctx, '*', 'subnets', 'network_id', networkIds, ' order by created_at, id')
}

/** Taken addresses by subnet. */
export async function countTaken(ctx: NetworkContext, subnetIds: readonly string[]): Promise<Map<string, number>> {
  const rows = subnetIds.length === 0 ? [] : await selectIn<{ subnet_id: string; used: number }>(ctx, 'subnet_id, count(*) as used', 'ip_allocations', 'subnet_id', subnetIds, ' group by subnet_id')
  return new Map(rows.map((r) => [r.subnet_id, Number(r.used)]))
}
