/** SQL about which projects see which endpoints: one by one, and through groups of endpoints chosen by their attributes. */
import { writeUnlessTaken } from '#core/db/database.ts'
import type { IdentityContext } from '../context.ts'
import type { EndpointGroupRow } from '../database.ts'

export async function listEndpointGroups(ctx: IdentityContext, where: { name?: string; projectId?: string }): Promise<EndpointGroupRow[]> {
  let query = ctx.db.selectFrom('endpoint_groups').selectAll('endpoint_groups')
  if (where.name !== undefined) query = query.where('name', '=', where.name)
  if (where.projectId !== undefined) {
    query = query.innerJoin('project_endpoint_groups as p', 'p.endpoint_group_id', 'endpoint_groups.id').where('p.project_id', '=', where.projectId)
  }
  return await query.orderBy('endpoint_groups.id').execute()
}

export async function getEndpointGroup(ctx: IdentityContext, id: string): Promise<EndpointGroupRow | undefined> {
  return await ctx.db.selectFrom('endpoint_groups').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function insertEndpointGroup(ctx: IdentityContext, row: EndpointGroupRow): Promise<void> {
  await ctx.db.insertInto('endpoint_groups').values(row).execute()
}

export async function updateEndpointGroup(ctx: IdentityContext, id: string, values: Partial<EndpointGroupRow>): Promise<void> {
  await ctx.db.updateTable('endpoint_groups').set(values).where('id', '=', id).execute()
}

/** Run inside a transaction. */
export async function deleteEndpointGroup(ctx: IdentityContext, id: string): Promise<void> {
  await ctx.db.deleteFrom('project_endpoint_groups').where('endpoint_group_id', '=', id).execute()
  await ctx.db.deleteFrom('endpoint_groups').where('id', '=', id).execute()
}

export async function listProjectEndpointIds(ctx: IdentityContext, projectId: string): Promise<string[]> {
  return (await ctx.db.selectFrom('project_endpoints').select('endpoint_id').where('project_id', '=', projectId).execute()).map((row) => row.endpoint_id)
}

export async function listEndpointProjectIds(ctx: IdentityContext, endpointId: string): Promise<string[]> {
  return (await ctx.db.selectFrom('project_endpoints').select('project_id').where('endpoint_id', '=', endpointId).execute()).map((row) => row.project_id)
}

export async function listGroupProjectIds(ctx: IdentityContext, groupId: string): Promise<string[]> {
  return (await ctx.db.selectFrom('project_endpoint_groups').select('project_id').where('endpoint_group_id', '=', groupId).execute()).map((row) => row.project_id)
}

/** Everything there is: for the memory, so that a catalog costs no query. */
export async function listAllFilters(ctx: IdentityContext): Promise<{ endpoints: { project_id: string; endpoint_id: string }[]; groups: { project_id: string; filters: string }[] }> {
  return {
    endpoints: await ctx.db.selectFrom('project_endpoints').selectAll().execute(),
    groups: await ctx.db.selectFrom('project_endpoint_groups as p').innerJoin('endpoint_groups as g', 'g.id', 'p.endpoint_group_id').select(['p.project_id', 'g.filters']).execute(),
  }
}

/** False when it is there already. */
export async function insertProjectEndpoint(ctx: IdentityContext, projectId: string, endpointId: string): Promise<boolean> {
  return await writeUnlessTaken(ctx.db.insertInto('project_endpoints').values({ project_id: projectId, endpoint_id: endpointId }))
}

/** False when it is there already. */
export async function insertProjectEndpointGroup(ctx: IdentityContext, projectId: string, groupId: string): Promise<boolean> {
  return await writeUnlessTaken(ctx.db.insertInto('project_endpoint_groups').values({ project_id: projectId, endpoint_group_id: groupId }))
}

/** Whether there was one. */
export async function deleteProjectEndpoint(ctx: IdentityContext, projectId: string, endpointId: string): Promise<boolean> {
  const { numDeletedRows } = await ctx.db.deleteFrom('project_endpoints').where('project_id', '=', projectId).where('endpoint_id', '=', endpointId).executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}

/** Whether there was one. */
export async function deleteProjectEndpointGroup(ctx: IdentityContext, projectId: string, groupId: string): Promise<boolean> {
  const { numDeletedRows } = await ctx.db.deleteFrom('project_endpoint_groups').where('project_id', '=', projectId).where('endpoint_group_id', '=', groupId).executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}
