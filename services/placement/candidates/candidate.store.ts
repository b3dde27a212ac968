/** All SQL of the search for candidates. Filtering is done here; what comes back is only what may be part of an answer. */
import { sql } from 'kysely'
import type { PlacementContext } from '../context.ts'
import type { ProviderTable } from '../database.ts'
import { fitsAny, inTreeOf, matches } from '../filters/provider-conditions.store.ts'
import type { ProviderFilter } from '../filters/provider-filter.ts'
import { SHARES_VIA_AGGREGATE } from '../traits/standard-traits.ts'
import type { RequestGroup } from './candidate-request.ts'
import type { Stock } from './landscape.ts'

export type StockRow = Stock & { provider_uuid: string }
export type FlatStockRow = StockRow & { trait_set: string }
export type TreeProviderRow = Pick<ProviderTable, 'uuid' | 'parent_uuid' | 'root_uuid' | 'trait_set'>
export interface Fit { uuid: string; root: string; resource_class: string }

const STOCK = ['i.provider_uuid', 'i.resource_class', 'i.total', 'i.reserved', 'i.allocation_ratio', 'i.max_unit', 'i.used'] as const

/** Whether any provider has a parent: most clouds have none, and a simpler search then does. */
export async function existTrees(ctx: PlacementContext): Promise<boolean> {
  return (await ctx.db.selectFrom('resource_providers').select('uuid').where('parent_uuid', 'is not', null).limit(1).execute()).length > 0
}

export async function listSharing(ctx: PlacementContext): Promise<string[]> {
  const rows = await ctx.db.selectFrom('trait_sets as s').innerJoin('resource_providers as p', 'p.trait_set', 's.trait_set')
    .select('p.uuid').where('s.trait', '=', SHARES_VIA_AGGREGATE).execute()
  return rows.map((row) => row.uuid)
}

/** For each sharing provider the roots of all providers that are in an aggregate with it. */
export async function listAnchors(ctx: PlacementContext, sharing: string[]): Promise<{ provider_uuid: string; root_uuid: string }[]> {
  return await ctx.db.selectFrom('provider_aggregates as own').innerJoin('provider_aggregates as other', 'other.aggregate_uuid', 'own.aggregate_uuid')
    .innerJoin('resource_providers as p', 'p.uuid', 'other.provider_uuid')
    .select(['own.provider_uuid', 'p.root_uuid']).distinct().where('own.provider_uuid', 'in', sharing).execute()
}

export async function listRootsMatching(ctx: PlacementContext, filter: ProviderFilter): Promise<string[]> {
  let query = ctx.db.selectFrom('resource_providers as p').select('p.uuid').where('p.parent_uuid', 'is', null)
  for (const condition of matches('p.uuid', filter)) query = query.where(condition)
  return (await query.execute()).map((row) => row.uuid)
}

/** Providers that can serve the whole group. Its tree is not looked at here. */
function servingAlone(ctx: PlacementContext, group: RequestGroup) {
  let query = ctx.db.selectFrom('inventories as i').select('i.provider_uuid').where(fitsAny(group.resources))
    .groupBy('i.provider_uuid').having(sql<number>`count(*)`, '=', group.resources.size)
  for (const condition of matches('i.provider_uuid', group)) query = query.where(condition)
  return query
}

/** Where there are no trees: providers that can serve the group, with all they have. */
export async function listFlatStocks(ctx: PlacementContext, group: RequestGroup, rootFilter: ProviderFilter, limit: number | undefined): Promise<FlatStockRow[]> {
  let serving = servingAlone(ctx, group).orderBy('i.provider_uuid')
  for (const condition of matches('i.provider_uuid', rootFilter)) serving = serving.where(condition)
  if (group.inTree !== undefined) serving = serving.where('i.provider_uuid', '=', group.inTree)
  if (limit !== undefined) serving = serving.limit(limit)
  return await ctx.db.selectFrom(serving.as('serving')).innerJoin('resource_providers as p', 'p.uuid', 'serving.provider_uuid')
    .innerJoin('inventories as i', 'i.provider_uuid', 'serving.provider_uuid').select([...STOCK, 'p.trait_set']).execute()
}

/** Each provider that has room for one of the group's classes, with that class. */
export async function listFits(ctx: PlacementContext, group: RequestGroup): Promise<Fit[]> {
  let query = ctx.db.selectFrom('inventories as i').innerJoin('resource_providers as p', 'p.uuid', 'i.provider_uuid')
    .select(['i.provider_uuid as uuid', 'p.root_uuid as root', 'i.resource_class']).where(fitsAny(group.resources))
  if (group.inTree !== undefined) query = query.where(inTreeOf('p.root_uuid', group.inTree))
  return await query.execute()
}

/** Each provider that can serve the whole group, also one that asks for no resources. */
export async function listServing(ctx: PlacementContext, group: RequestGroup): Promise<{ uuid: string; root: string }[]> {
  let query = ctx.db.selectFrom('resource_providers as p').select(['p.uuid', 'p.root_uuid as root'])
  if (group.resources.size > 0) query = query.where('p.uuid', 'in', servingAlone(ctx, group))
  else for (const condition of matches('p.uuid', group)) query = query.where(condition)
  if (group.inTree !== undefined) query = query.where(inTreeOf('p.root_uuid', group.inTree))
  return await query.execute()
}

/** Which providers are in all of the aggregates asked for. */
export async function listMembers(ctx: PlacementContext, memberOf: string[][]): Promise<Set<string>> {
  let query = ctx.db.selectFrom('resource_providers as p').select('p.uuid')
  for (const condition of matches('p.uuid', { requiredTraits: [], forbiddenTraits: [], memberOf, forbiddenAggregates: [] })) query = query.where(condition)
  return new Set((await query.execute()).map((row) => row.uuid))
}

/** Many values in pieces that both engines take as parameters. */
async function inPieces<T>(values: string[], read: (piece: string[]) => Promise<T[]>): Promise<T[]> {
  const rows: T[] = []
  for (let at = 0; at < values.length; at += 5000) rows.push(...await read(values.slice(at, at + 5000)))
  return rows
}

export async function listTreeProviders(ctx: PlacementContext, roots: string[]): Promise<TreeProviderRow[]> {
  return await inPieces(roots, (piece) => ctx.db.selectFrom('resource_providers as p').select(['p.uuid', 'p.parent_uuid', 'p.root_uuid', 'p.trait_set'])
    .where('p.root_uuid', 'in', piece).execute())
}

export async function listTreeStocks(ctx: PlacementContext, roots: string[]): Promise<StockRow[]> {
  return await inPieces(roots, (piece) => ctx.db.selectFrom('resource_providers as p').innerJoin('inventories as i', 'i.provider_uuid', 'p.uuid')
    .select(STOCK).where('p.root_uuid', 'in', piece).execute())
}

/** What is in each of the sets: usually a handful for a whole cloud. */
export async function readTraitSets(ctx: PlacementContext, sets: Iterable<string>): Promise<(set: string) => readonly string[]> {
  const names = [...new Set(sets)]
  const rows = await inPieces(names, (piece) => ctx.db.selectFrom('trait_sets').selectAll().where('trait_set', 'in', piece).orderBy('trait').execute())
  const traits = new Map<string, string[]>(names.map((name) => [name, []]))
  for (const row of rows) traits.get(row.trait_set)!.push(row.trait)
  return (set) => traits.get(set) ?? []
}
