/**
 * Reads what a search over trees needs: for each group who has room, from that the trees that could serve all groups,
 * and these whole. The search itself (`tree-search.ts`) then asks no database.
 */
import type { PlacementContext } from '../context.ts'
import { isGranular, type CandidateRequest, type RequestGroup } from './candidate-request.ts'
import { listAnchors, listFits, listMembers, listRootsMatching, listServing, listTreeProviders, listTreeStocks, readTraitSets } from './candidate.store.ts'
import { NOTHING, type Found, type Landscape, type Provider } from './landscape.ts'
import { searchLandscape, type Place, type Supply } from './tree-search.ts'

type Anchors = Landscape['anchors']

/** Stops at `limit` candidates where one is given. */
export async function searchTrees(ctx: PlacementContext, request: CandidateRequest, sharing: string[], limit: number | undefined): Promise<Found> {
  const anchors = await readAnchors(ctx, sharing)
  const supplies: Supply[] = []
  for (const group of request.groups) supplies.push(await readSupply(ctx, group))
  const roots = await viableRoots(ctx, request, supplies, anchors)
  if (roots.size === 0) return NOTHING
  const providers = await readTrees(ctx, [...roots.union(rootsOfSharing(supplies, anchors))])
  return searchLandscape({ providers, anchors }, request, supplies, roots, limit)
}

async function readAnchors(ctx: PlacementContext, sharing: string[]): Promise<Anchors> {
  const rows = sharing.length === 0 ? [] : await listAnchors(ctx, sharing)
  const byProvider = Map.groupBy(rows, (row) => row.provider_uuid)
  return new Map(sharing.map((uuid) => [uuid, new Set(byProvider.get(uuid)?.map((row) => row.root_uuid))]))
}

async function readSupply(ctx: PlacementContext, group: RequestGroup): Promise<Supply> {
  if (isGranular(group)) return { group, whole: await listServing(ctx, group), parts: new Map() }
  const parts = new Map<string, Place[]>(Array.from(group.resources.keys(), (name) => [name, []]))
  for (const fit of await listFits(ctx, group)) parts.get(fit.resource_class)!.push(fit)
  return {
    group, whole: [], parts,
    members: group.memberOf.length === 0 ? undefined : await listMembers(ctx, group.memberOf),
    outsiders: group.forbiddenAggregates.length === 0 ? undefined : await listMembers(ctx, [group.forbiddenAggregates]),
  }
}

/** Roots of the trees that have, or are shared, something for each part of each group. */
async function viableRoots(ctx: PlacementContext, request: CandidateRequest, supplies: Supply[], anchors: Anchors): Promise<Set<string>> {
  const needs = supplies.flatMap(({ group, whole, parts }) => (isGranular(group) ? [whole] : [...parts.values()]))
  const reached = needs.map((places) => new Set(places.flatMap(({ uuid, root }) => [root, ...(anchors.get(uuid) ?? [])])))
  const roots = reached.reduce((all, some) => all.intersection(some))
  if (roots.size === 0 || request.rootRequired.length + request.rootForbidden.length === 0) return roots
  const filter = { requiredTraits: request.rootRequired.map((trait) => [trait]), forbiddenTraits: request.rootForbidden, memberOf: [], forbiddenAggregates: [] }
  return roots.intersection(new Set(await listRootsMatching(ctx, filter)))
}

function rootsOfSharing(supplies: Supply[], anchors: Anchors): Set<string> {
  const places = supplies.flatMap(({ whole, parts }) => [whole, ...parts.values()].flat())
  return new Set(places.filter((place) => anchors.has(place.uuid)).map((place) => place.root))
}

async function readTrees(ctx: PlacementContext, roots: string[]): Promise<Map<string, Provider>> {
  const rows = await listTreeProviders(ctx, roots)
  const traitsOf = await readTraitSets(ctx, rows.map((row) => row.trait_set))
  const providers = new Map(rows.map((row): [string, Provider] =>
    [row.uuid, { uuid: row.uuid, parent: row.parent_uuid, root: row.root_uuid, stocks: [], traits: traitsOf(row.trait_set) }]))
  for (const row of await listTreeStocks(ctx, roots)) providers.get(row.provider_uuid)?.stocks.push(row)
  return providers
}
