/** /v3/regions */
import { authorise } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { IdentityContext } from '../context.ts'
import type { RegionRow } from '../database.ts'
import { errors } from '../errors.ts'
import { applyFilters, exact, readFilters } from '../wire/filters.ts'
import { givenOf, checkInput, normalized, requireMatchingId } from '../wire/input.ts'
import { collection, member } from '../wire/links.ts'
import { RegionCreate, RegionUpdate } from './catalog.schema.ts'
import { getRegion, listRegions } from './catalog.store.ts'
import { regionView } from './catalog.view.ts'
import { changeRegion, createRegion, deleteRegion } from './write-region.ts'

async function requireRegion(ctx: IdentityContext, id: string): Promise<RegionRow> {
  const region = await getRegion(ctx, id)
  if (region === undefined) throw errors.RegionNotFound({ id })
  return region
}

export async function listRegionsHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const filters = readFilters(request.query, ['parent_region_id'])
  const rows = await listRegions(ctx, exact(filters, 'parent_region_id'))
  return collection(request, 'regions', applyFilters(rows.map(regionView), filters), (r) => `regions/${String(r['id'])}`)
}

export async function showRegion(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const region = await requireRegion(ctx, request.params['region_id']!)
  return member(request, 'region', `regions/${region.id}`, regionView(region))
}

export async function createRegionHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:create_region')
  const given = givenOf(request, 'region')
  const { id } = checkInput(RegionCreate, given)
  const inPath = request.params['region_id']
  if (inPath !== undefined && 'id' in given && id !== inPath) {
    throw errors.InvalidRequest({ message: `Conflicting region IDs specified: "${inPath}" != "${String(id)}"` })
  }
  const region = await createRegion(ctx, checkInput(RegionCreate.properties.id, inPath ?? id ?? '') || ctx.ids.hex(), normalized(given))
  return member(request, 'region', `regions/${region.id}`, regionView(region))
}

export async function updateRegionHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:update_region')
  const value = givenOf(request, 'region')
  checkInput(RegionUpdate, value)
  requireMatchingId(value, request.params['region_id']!)
  const region = await requireRegion(ctx, request.params['region_id']!)
  return member(request, 'region', `regions/${region.id}`, regionView(await changeRegion(ctx, region, value)))
}

export async function deleteRegionHandler(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  await deleteRegion(ctx, await requireRegion(ctx, request.params['region_id']!))
}
