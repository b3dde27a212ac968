/** Changing regions: the tree stays a tree, and a region with endpoints in it stays. */
import { fromJson, toJson } from '#core/db/json.ts'
import { change } from '../changes.ts'
import type { IdentityContext } from '../context.ts'
import type { RegionRow } from '../database.ts'
import { errors } from '../errors.ts'
import { extraOf, type Json } from '../wire/input.ts'
import { REGION_ATTRIBUTES } from './catalog.schema.ts'
import { deleteRegions, getRegion, insertRegion, listEndpoints, listRegions, updateRegion } from './catalog.store.ts'

export async function createRegion(ctx: IdentityContext, id: string, value: Json): Promise<RegionRow> {
  const parentId = (value['parent_region_id'] as string | null | undefined) ?? null
  const row: RegionRow = { id, description: (value['description'] as string | null | undefined) ?? '', parent_region_id: parentId, extra: toJson(extraOf(value, REGION_ATTRIBUTES)) }
  await change(ctx, async (ctx) => {
    if (await getRegion(ctx, id) !== undefined) throw taken(id)
    if (parentId !== null && await getRegion(ctx, parentId) === undefined) throw errors.RegionNotFound({ id: parentId })
    if (!await insertRegion(ctx, row)) throw taken(id)
  })
  return row
}

function taken(id: string) {
  return errors.Conflict({ type: 'region', details: `Duplicate ID, ${id}.` })
}

export async function changeRegion(ctx: IdentityContext, region: RegionRow, value: Json): Promise<RegionRow> {
  const parentId = 'parent_region_id' in value ? (value['parent_region_id'] as string | null) : region.parent_region_id
  const values = {
    description: 'description' in value ? ((value['description'] as string | null) ?? '') : region.description, parent_region_id: parentId,
    extra: toJson({ ...fromJson<Json>(region.extra, {}), ...extraOf(value, REGION_ATTRIBUTES) }),
  }
  await change(ctx, async (ctx) => {
    const parents = new Map((await listRegions(ctx)).map((r) => [r.id, r.parent_region_id]))
    if (parentId !== null && !parents.has(parentId)) throw errors.RegionNotFound({ id: parentId })
    for (let at: string | null | undefined = parentId; at !== null && at !== undefined; at = parents.get(at)) {
      if (at === region.id) throw errors.CircularRegionHierarchyError({ id: parentId! })
    }
    await updateRegion(ctx, region.id, values)
  })
  return { ...region, ...values }
}

/** The region and those below it. */
export async function deleteRegion(ctx: IdentityContext, region: RegionRow): Promise<void> {
  await change(ctx, async (ctx) => {
    const all = await listRegions(ctx)
    const ids = [region.id]
    for (const id of ids) ids.push(...all.filter((r) => r.parent_region_id === id && !ids.includes(r.id)).map((r) => r.id))
    if ((await listEndpoints(ctx, { regionIds: ids })).length > 0) throw errors.RegionDeletionError({ id: region.id })
    await deleteRegions(ctx, ids)
  })
}
