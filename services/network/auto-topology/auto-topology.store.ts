/** SQL about the topologies made for projects. */
import type { NetworkContext } from '../context.ts'
import type { AutoTopologyRow } from '../database.ts'

/** The network made before; a network deleted since by hand does not count. */
export async function topologyOf(ctx: NetworkContext, projectId: string): Promise<string | undefined> {
  const row = await ctx.db.selectFrom('auto_topologies').innerJoin('networks', 'networks.id', 'auto_topologies.network_id').select('auto_topologies.network_id').where('auto_topologies.project_id', '=', projectId).executeTakeFirst()
  return row?.network_id
}

export async function getTopology(ctx: NetworkContext, projectId: string): Promise<AutoTopologyRow | undefined> {
  return await ctx.db.selectFrom('auto_topologies').selectAll().where('project_id', '=', projectId).executeTakeFirst()
}

/** Whoever has the row builds; the others wait for the key, and find what was built. */
export async function claimTopology(ctx: NetworkContext, projectId: string): Promise<void> {
  await deleteTopologyRow(ctx, projectId)
  await ctx.db.insertInto('auto_topologies').values({ project_id: projectId, network_id: '', router_id: '' }).execute()
}

export async function recordTopology(ctx: NetworkContext, made: AutoTopologyRow): Promise<void> {
  await ctx.db.updateTable('auto_topologies').set({ network_id: made.network_id, router_id: made.router_id }).where('project_id', '=', made.project_id).execute()
}

export async function deleteTopologyRow(ctx: NetworkContext, projectId: string): Promise<void> {
  await ctx.db.deleteFrom('auto_topologies').where('project_id', '=', projectId).execute()
}
