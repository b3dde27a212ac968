/** SQL about subnets. */
import { selectIn } from '../attributes/children.ts'
import type { NetworkContext } from '../context.ts'
import type { NetworkRow, SubnetRow } from '../database.ts'

export async function getSubnet(ctx: NetworkContext, id: string): Promise<SubnetRow | undefined> {
  return await ctx.db.selectFrom('subnets').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function getSubnets(ctx: NetworkContext, ids: readonly string[]): Promise<SubnetRow[]> {
  return ids.length === 0 ? [] : await selectIn<SubnetRow>(ctx, '*', 'subnets', 'id', ids)
}

export async function subnetsOfNetwork(ctx: NetworkContext, networkId: string): Promise<SubnetRow[]> {
  return await ctx.db.selectFrom('subnets').selectAll().where('network_id', '=', networkId).orderBy('created_at').orderBy('id').execute()
}

/** Where floating IPs of these networks come from. */
export async function ipv4SubnetsOf(ctx: NetworkContext, networkIds: readonly string[]): Promise<SubnetRow[]> {
  return networkIds.length === 0 ? [] : await selectIn<SubnetRow>(ctx, '*', 'subnets', 'network_id', networkIds, ' and ip_version = 4 order by id')
}

export async function subnetsOfPool(ctx: NetworkContext, subnetpoolId: string): Promise<SubnetRow[]> {
  return await ctx.db.selectFrom('subnets').selectAll().where('subnetpool_id', '=', subnetpoolId).execute()
}

/** Owner and sharing of the networks that rows of subnets or ports are on. */
export async function networkOwners(ctx: NetworkContext, networkIds: readonly string[]): Promise<Map<string, Pick<NetworkRow, 'id' | 'project_id' | 'shared'>>> {
  if (networkIds.length === 0) return new Map()
  const rows = await selectIn<NetworkRow>(ctx, 'id, project_id, shared', 'networks', 'id', [...new Set(networkIds)])
  return new Map(rows.map((r) => [r.id, r]))
}

export async function insertSubnet(ctx: NetworkContext, row: SubnetRow): Promise<void> {
  await ctx.db.insertInto('subnets').values(row).execute()
}

export async function updateSubnetRow(ctx: NetworkContext, id: string, set: Partial<SubnetRow>): Promise<void> {
  if (Object.keys(set).length > 0) await ctx.db.updateTable('subnets').set(set).where('id', '=', id).execute()
}

/** Device owners of the ports that hold an address of this subnet. */
export async function ownersOnSubnet(ctx: NetworkContext, subnetId: string): Promise<{ port_id: string; device_owner: string; ip_address: string }[]> {
  return await ctx.db.selectFrom('ip_allocations').innerJoin('ports', 'ports.id', 'ip_allocations.port_id')
    .select(['ip_allocations.port_id', 'ports.device_owner', 'ip_allocations.ip_address']).where('ip_allocations.subnet_id', '=', subnetId).execute()
}

/** Removes subnets with the addresses still given from them. */
export async function deleteSubnetRows(ctx: NetworkContext, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await ctx.db.deleteFrom('ip_allocations').where('subnet_id', 'in', ids).execute()
  await ctx.db.deleteFrom('resource_tags').where('resource_id', 'in', ids).execute()
  await ctx.db.deleteFrom('subnets').where('id', 'in', ids).execute()
}
