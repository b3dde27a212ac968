/** Flavors: list, show, make, describe, delete. */
import { may } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { Static } from '#core/schema/schema.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { linksOf, nextPage } from '../links.ts'
import { readPage } from '../paging.ts'
import { readFlag } from '../schema/read-values.ts'
import type { FlavorCreate, FlavorUpdate } from './flavor.schema.ts'
import { deleteFlavor, getFlavor, listFlavors, updateFlavor, type FlavorFilter, type FlavorRow } from './flavor.store.ts'
import { flavorBrief, flavorDetail } from './flavor.view.ts'
import { makeFlavor } from './make-flavor.ts'
import { visibleFlavor } from './visible-flavor.ts'

function showsExtraSpecs(ctx: ComputeContext): boolean {
  return may(ctx, 'os_compute_api:os-flavor-extra-specs:index')
}

export async function listFlavorsBrief(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const links = linksOf(ctx, request)
  const { rows, next } = await readFlavors(ctx, request, 'flavors')
  return { flavors: rows.map((row) => flavorBrief(links, row)), ...next }
}

export async function listFlavorsDetail(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const links = linksOf(ctx, request)
  const specs = showsExtraSpecs(ctx)
  const { rows, next } = await readFlavors(ctx, request, 'flavors/detail')
  return { flavors: rows.map((row) => flavorDetail(links, row, specs)), ...next }
}

async function readFlavors(ctx: ComputeContext, request: RouteRequest, collection: string): Promise<{ rows: FlavorRow[]; next: object }> {
  const { query } = request
  const { limit, marker } = readPage(ctx, query)
  const key = query.getAll('sort_key').at(-1) || 'flavorid'
  const direction = query.getAll('sort_dir').at(-1) === 'desc' ? 'desc' : 'asc'
  const markerRow = marker === undefined ? undefined : await getFlavor(ctx, marker)
  if (marker !== undefined && markerRow === undefined) throw errors.MarkerNotFound({ marker })
  const column = key === 'vcpu_weight' ? 'vcpus' : key
  const sort = column === 'id' ? [{ column, direction } as const] : [{ column, direction } as const, { column: 'created_at', direction } as const, { column: 'id', direction } as const]
  const rows = await listFlavors(ctx, flavorFilter(ctx, query), { sort, marker: markerRow, limit })
  const last = rows.at(-1)
  const next = rows.length === limit && last !== undefined ? { flavors_links: nextPage(linksOf(ctx, request), collection, request.rawQuery, last.flavorid) } : {}
  return { rows, next }
}

function flavorFilter(ctx: ComputeContext, query: URLSearchParams): FlavorFilter {
  const filter: FlavorFilter = { visibility: 'public-or-granted', projectId: ctx.identity.project?.id, enabledOnly: true }
  if (may(ctx, 'context_is_admin')) {
    filter.enabledOnly = false
    filter.visibility = readVisibility(query.get('is_public'))
  }
  for (const [name, key] of [['minRam', 'minRam'], ['minDisk', 'minDisk']] as const) {
    const text = query.get(name)
    if (text === null) continue
    if (!/^\s*[+-]?\d+\s*$/.test(text)) throw errors.BadRequest({ message: `Invalid ${name} filter [${text}]` })
    filter[key] = Number(text)
  }
  return filter
}

function readVisibility(text: string | null): FlavorFilter['visibility'] {
  if (text === null) return 'public-or-granted'
  if (text.toLowerCase() === 'none') return 'all'
  const value = readFlag(text)
  if (value === undefined) throw errors.BadRequest({ message: `Invalid is_public filter [${text}]` })
  return value ? 'public-or-granted' : 'private'
}

export async function showFlavor(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const row = await visibleFlavor(ctx, request.params['id']!)
  return { flavor: flavorDetail(linksOf(ctx, request), row, showsExtraSpecs(ctx)) }
}

export async function createFlavor(ctx: ComputeContext, request: RouteRequest<Static<typeof FlavorCreate>>): Promise<object> {
  const row = await makeFlavor(ctx, request.body.flavor)
  return { flavor: flavorDetail(linksOf(ctx, request), row, showsExtraSpecs(ctx)) }
}

export async function describeFlavor(ctx: ComputeContext, request: RouteRequest<Static<typeof FlavorUpdate>>): Promise<object> {
  const id = request.params['id']!
  if (await getFlavor(ctx, id) === undefined) throw errors.FlavorNotFound({ id })
  await updateFlavor(ctx, id, { description: request.body.flavor.description })
  return await showFlavor(ctx, request as unknown as RouteRequest)
}

export async function removeFlavor(ctx: ComputeContext, request: RouteRequest): Promise<void> {
  const id = request.params['id']!
  if (!(await deleteFlavor(ctx, id))) throw errors.FlavorNotFound({ id })
}
