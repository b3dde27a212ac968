/** SQL about regions, services and endpoints. */
import { writeUnlessTaken } from '#core/db/database.ts'
import { flag } from '#core/db/json.ts'
import type { IdentityContext } from '../context.ts'
import type { EndpointRow, RegionRow, ServiceRow } from '../database.ts'

export async function listRegions(ctx: IdentityContext, parentId?: string): Promise<RegionRow[]> {
  let query = ctx.db.selectFrom('regions').selectAll()
  if (parentId !== undefined) query = query.where('parent_region_id', '=', parentId)
  return await query.orderBy('id').execute()
}

export async function getRegion(ctx: IdentityContext, id: string): Promise<RegionRow | undefined> {
  return await ctx.db.selectFrom('regions').selectAll().where('id', '=', id).executeTakeFirst()
}

/** False when the id is taken. */
export async function insertRegion(ctx: IdentityContext, row: RegionRow): Promise<boolean> {
  return await writeUnlessTaken(ctx.db.insertInto('regions').values(row))
}

export async function updateRegion(ctx: IdentityContext, id: string, values: Partial<RegionRow>): Promise<void> {
  await ctx.db.updateTable('regions').set(values).where('id', '=', id).execute()
}

export async function deleteRegions(ctx: IdentityContext, ids: string[]): Promise<void> {
  await ctx.db.deleteFrom('policy_associations').where('region_id', 'in', ids).execute()
  await ctx.db.deleteFrom('regions').where('id', 'in', ids).execute()
}

export async function listServices(ctx: IdentityContext, where: { type?: string; name?: string; enabled?: boolean }): Promise<ServiceRow[]> {
  let query = ctx.db.selectFrom('services').selectAll()
  if (where.type !== undefined) query = query.where('type', '=', where.type)
  if (where.name !== undefined) query = query.where('name', '=', where.name)
  if (where.enabled !== undefined) query = query.where('enabled', '=', flag(where.enabled))
  return await query.orderBy('type').orderBy('id').execute()
}

export async function getService(ctx: IdentityContext, id: string): Promise<ServiceRow | undefined> {
  return await ctx.db.selectFrom('services').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function insertService(ctx: IdentityContext, row: ServiceRow): Promise<void> {
  await ctx.db.insertInto('services').values(row).execute()
}

export async function updateService(ctx: IdentityContext, id: string, values: Partial<ServiceRow>): Promise<void> {
  await ctx.db.updateTable('services').set(values).where('id', '=', id).execute()
}

/** The service and its endpoints. Run inside a transaction. */
export async function deleteService(ctx: IdentityContext, id: string): Promise<void> {
  for (const endpoint of await listEndpoints(ctx, { serviceId: id })) await deleteEndpoint(ctx, endpoint.id)
  await ctx.db.deleteFrom('policy_associations').where('service_id', '=', id).execute()
  await ctx.db.deleteFrom('services').where('id', '=', id).execute()
}

export async function listEndpoints(ctx: IdentityContext, where: { serviceId?: string; interface?: string; regionId?: string; regionIds?: string[] }): Promise<EndpointRow[]> {
  let query = ctx.db.selectFrom('endpoints').selectAll()
  if (where.serviceId !== undefined) query = query.where('service_id', '=', where.serviceId)
  if (where.interface !== undefined) query = query.where('interface', '=', where.interface)
  if (where.regionId !== undefined) query = query.where('region_id', '=', where.regionId)
  if (where.regionIds !== undefined) query = query.where('region_id', 'in', where.regionIds)
  return await query.orderBy('service_id').orderBy('interface').orderBy('id').execute()
}

export async function getEndpoint(ctx: IdentityContext, id: string): Promise<EndpointRow | undefined> {
  return await ctx.db.selectFrom('endpoints').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function insertEndpoint(ctx: IdentityContext, row: EndpointRow): Promise<void> {
  await ctx.db.insertInto('endpoints').values(row).execute()
}

export async function updateEndpoint(ctx: IdentityContext, id: string, values: Partial<EndpointRow>): Promise<void> {
  await ctx.db.updateTable('endpoints').set(values).where('id', '=', id).execute()
}

/** The endpoint and what is attached to it. Run inside a transaction. */
export async function deleteEndpoint(ctx: IdentityContext, id: string): Promise<void> {
  await ctx.db.deleteFrom('project_endpoints').where('endpoint_id', '=', id).execute()
  await ctx.db.deleteFrom('policy_associations').where('endpoint_id', '=', id).execute()
  await ctx.db.deleteFrom('endpoints').where('id', '=', id).execute()
}
