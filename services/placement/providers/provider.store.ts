/** All SQL about resource providers. */
import type { PlacementContext } from '../context.ts'
import type { ProviderTable } from '../database.ts'
import { hasRoom, inTreeOf, matches } from '../filters/provider-conditions.store.ts'
import type { Amounts, ProviderFilter } from '../filters/provider-filter.ts'

export interface ProviderListFilter extends ProviderFilter {
  name?: string
  uuid?: string
  inTree?: string
  resources: Amounts
}

export async function findProvider(ctx: PlacementContext, uuid: string): Promise<ProviderTable | undefined> {
  return await ctx.db.selectFrom('resource_providers').selectAll().where('uuid', '=', uuid).executeTakeFirst()
}

export async function findProviders(ctx: PlacementContext, uuids: string[]): Promise<ProviderTable[]> {
  return await ctx.db.selectFrom('resource_providers').selectAll().where('uuid', 'in', uuids).execute()
}

export async function listProviders(ctx: PlacementContext, filter: ProviderListFilter): Promise<ProviderTable[]> {
  let query = ctx.db.selectFrom('resource_providers as p').selectAll('p').orderBy('p.name')
  if (filter.name) query = query.where('p.name', '=', filter.name)
  if (filter.uuid) query = query.where('p.uuid', '=', filter.uuid)
  if (filter.inTree) query = query.where(inTreeOf('p.root_uuid', filter.inTree))
  for (const condition of matches('p.uuid', filter)) query = query.where(condition)
  for (const [name, amount] of filter.resources) query = query.where(hasRoom('p.uuid', name, amount))
  return await query.execute()
}

export async function insertProvider(ctx: PlacementContext, row: ProviderTable): Promise<void> {
  await ctx.db.insertInto('resource_providers').values(row).execute()
}

export async function updateProviderRow(ctx: PlacementContext, uuid: string, change: Partial<ProviderTable>): Promise<void> {
  await ctx.db.updateTable('resource_providers').set(change).where('uuid', '=', uuid).execute()
}

/** Removes the provider with its inventories, traits and aggregates; answers whether it was there. */
export async function deleteProviderRow(ctx: PlacementContext, uuid: string): Promise<boolean> {
  const { numDeletedRows } = await ctx.db.deleteFrom('resource_providers').where('uuid', '=', uuid).executeTakeFirst()
  return numDeletedRows > 0n
}

export async function hasChildren(ctx: PlacementContext, uuid: string): Promise<boolean> {
  return (await ctx.db.selectFrom('resource_providers').select('uuid').where('parent_uuid', '=', uuid).limit(1).execute()).length > 0
}

export async function listTree(ctx: PlacementContext, root: string): Promise<Pick<ProviderTable, 'uuid' | 'parent_uuid'>[]> {
  return await ctx.db.selectFrom('resource_providers').select(['uuid', 'parent_uuid']).where('root_uuid', '=', root).execute()
}

export async function setRoot(ctx: PlacementContext, uuids: string[], root: string): Promise<void> {
  await ctx.db.updateTable('resource_providers').set({ root_uuid: root }).where('uuid', 'in', uuids).execute()
}

/** Moves the generation on, if it still is what the writer saw; answers whether it was. */
export async function advanceGeneration(ctx: PlacementContext, uuid: string, seen: number): Promise<boolean> {
  const { numUpdatedRows } = await ctx.db.updateTable('resource_providers')
    .set({ generation: seen + 1 }).where('uuid', '=', uuid).where('generation', '=', seen).executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Moves generations on whatever they are: for claims, which the amounts themselves guard. */
export async function touchProviders(ctx: PlacementContext, uuids: string[]): Promise<void> {
  await ctx.db.updateTable('resource_providers').set((eb) => ({ generation: eb('generation', '+', 1) })).where('uuid', 'in', uuids).execute()
}
