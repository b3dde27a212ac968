/** All SQL about flavors. */
import type { Kysely, SelectQueryBuilder } from '#core/db/database.ts'
import { flag } from '#core/db/json.ts'
import { prepared } from '#core/db/prepared.ts'
import { applyPage, MAX_LIMIT, type SortKey } from '#core/listing/listing.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ComputeContext } from '../context.ts'
import { takeNumbers } from '../counter.store.ts'
import type { ComputeTables } from '../database.ts'

export interface FlavorRow {
  id: string
  /** What `os-migrations` calls it; taken once, never again. */
  number: number | null
  flavorid: string
  name: string
  memory_mb: number
  vcpus: number
  root_gb: number
  ephemeral_gb: number
  /** MiB. */
  swap: number
  rxtx_factor: number
  is_public: number
  disabled: number
  description: string | null
  /** JSON object of text. */
  extra_specs: string
  created_at: string
  updated_at: string | null
}
export interface FlavorProjectRow { flavorid: string; project_id: string }

/** Which flavors: all, or those the project sees (public and granted), or only private ones. */
export interface FlavorFilter {
  visibility: 'all' | 'public-or-granted' | 'private'
  projectId: string | undefined
  enabledOnly: boolean
  minRam?: number
  minDisk?: number
}

const flavorById = prepared((db: Kysely<ComputeTables>, value) => db.selectFrom('flavors').selectAll().where('flavorid', '=', value('flavorid')))

export async function getFlavor(ctx: ComputeContext, flavorid: string): Promise<FlavorRow | undefined> {
  return (await flavorById(ctx.db, { flavorid })).rows[0]
}

/** A flavor as this project may use it: private ones only when granted. */
export async function isGranted(ctx: ComputeContext, flavorid: string, projectId: string | undefined): Promise<boolean> {
  const row = await ctx.db.selectFrom('flavor_projects').select('flavorid').where('flavorid', '=', flavorid).where('project_id', '=', projectId ?? '').executeTakeFirst()
  return row !== undefined
}

interface FlavorPage { sort: SortKey[]; marker: FlavorRow | undefined; limit: number }
type FlavorValue = (name: 'projectId' | 'minRam' | 'minDisk' | 'limit') => never

function selectFlavors(db: Kysely<ComputeTables>, value: FlavorValue, filter: FlavorFilter, page: FlavorPage): SelectQueryBuilder<ComputeTables, 'flavors', FlavorRow> {
  let query = db.selectFrom('flavors').selectAll() as SelectQueryBuilder<ComputeTables, 'flavors', FlavorRow>
  if (filter.visibility === 'private') query = query.where('is_public', '=', 0)
  if (filter.visibility === 'public-or-granted') {
    query = query.where((eb) => eb.or([
      eb('is_public', '=', 1),
      eb('flavorid', 'in', eb.selectFrom('flavor_projects').select('flavor_projects.flavorid').where('flavor_projects.project_id', '=', value('projectId'))),
    ]))
  }
  if (filter.enabledOnly) query = query.where('disabled', '=', 0)
  if (filter.minRam !== undefined) query = query.where('memory_mb', '>=', value('minRam'))
  if (filter.minDisk !== undefined) query = query.where('root_gb', '>=', value('minDisk'))
  return applyPage(query, page.sort, page.marker as unknown as Record<string, unknown> | undefined, undefined).limit(value('limit'))
}

const firstPage = prepared<ComputeTables, FlavorRow, { filter: FlavorFilter; page: FlavorPage }>((db, value, { filter, page }) => selectFlavors(db, value, filter, page))

export async function listFlavors(ctx: ComputeContext, filter: FlavorFilter, page: FlavorPage): Promise<FlavorRow[]> {
  const values = { projectId: filter.projectId ?? '', minRam: filter.minRam, minDisk: filter.minDisk, limit: Math.min(page.limit, MAX_LIMIT) }
  if (page.marker !== undefined) return await selectFlavors(ctx.db, (name) => values[name] as never, filter, page).execute()
  const shape = [filter.visibility, filter.enabledOnly, filter.minRam === undefined, filter.minDisk === undefined, ...page.sort.flatMap((key) => [key.column, key.direction])].join(' ')
  return (await firstPage(ctx.db, values, shape, { filter, page })).rows
}

/** All that the project may make servers with. */
export async function listUsableFlavors(ctx: ComputeContext, projectId: string): Promise<FlavorRow[]> {
  return await ctx.db.selectFrom('flavors').selectAll().where('disabled', '=', 0)
    .where((eb) => eb.or([eb('is_public', '=', 1), eb('flavorid', 'in', eb.selectFrom('flavor_projects').select('flavor_projects.flavorid').where('project_id', '=', projectId))])).execute()
}

/** Inside a transaction: a number taken for a flavor that is not made after all is given back. */
export async function insertFlavor(ctx: ComputeContext, row: Omit<FlavorRow, 'id' | 'number' | 'created_at' | 'updated_at' | 'disabled' | 'is_public'> & { is_public: boolean }): Promise<FlavorRow> {
  const whole: FlavorRow = { ...row, id: ctx.ids.uuid(), number: await takeNumbers(ctx, 'flavors'), is_public: flag(row.is_public), disabled: 0, created_at: nowIso(ctx.clock), updated_at: null }
  await ctx.db.insertInto('flavors').values(whole).execute()
  return whole
}

export async function flavorWithName(ctx: ComputeContext, name: string): Promise<boolean> {
  return (await ctx.db.selectFrom('flavors').select('id').where('name', '=', name).executeTakeFirst()) !== undefined
}

export async function updateFlavor(ctx: ComputeContext, flavorid: string, set: Partial<Pick<FlavorRow, 'description' | 'extra_specs'>>): Promise<void> {
  await ctx.db.updateTable('flavors').set({ ...set, updated_at: nowIso(ctx.clock) }).where('flavorid', '=', flavorid).execute()
}

/** The number of a flavor, or null when it has been deleted since. */
export async function flavorNumber(ctx: ComputeContext, flavorid: string): Promise<number | null> {
  return (await getFlavor(ctx, flavorid))?.number ?? null
}

/** Answers whether there was one. */
export async function deleteFlavor(ctx: ComputeContext, flavorid: string): Promise<boolean> {
  await ctx.db.deleteFrom('flavor_projects').where('flavorid', '=', flavorid).execute()
  const gone = await ctx.db.deleteFrom('flavors').where('flavorid', '=', flavorid).executeTakeFirst()
  return gone.numDeletedRows > 0n
}

export async function listFlavorProjects(ctx: ComputeContext, flavorid: string): Promise<string[]> {
  const rows = await ctx.db.selectFrom('flavor_projects').select('project_id').where('flavorid', '=', flavorid).orderBy('project_id').execute()
  return rows.map((r) => r.project_id)
}

export async function addFlavorProject(ctx: ComputeContext, flavorid: string, projectId: string): Promise<void> {
  await ctx.db.insertInto('flavor_projects').values({ flavorid, project_id: projectId }).execute()
}

export async function removeFlavorProject(ctx: ComputeContext, flavorid: string, projectId: string): Promise<boolean> {
  const gone = await ctx.db.deleteFrom('flavor_projects').where('flavorid', '=', flavorid).where('project_id', '=', projectId).executeTakeFirst()
  return gone.numDeletedRows > 0n
}
