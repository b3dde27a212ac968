/**
 * All SQL about images, their properties and tags. What every request reads is written as text: building such a query
 * from parts costs more than running it.
 */
import { CompiledQuery } from 'kysely'
import { inTransaction, unlessTaken, upsert, type Insertable } from '#core/db/database.ts'
import { compareAndSet } from '#core/states/states.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ImageContext } from '../context.ts'
import type { ImageRow, ImagesTable } from '../database.ts'
import type { Image } from './image.view.ts'

export async function findImage(ctx: ImageContext, id: string): Promise<ImageRow | undefined> {
  return (await ctx.db.executeQuery<ImageRow>(CompiledQuery.raw('select * from images where id = ? and deleted_at is null', [id]))).rows[0]
}

export async function isMember(ctx: ImageContext, imageId: string, project: string): Promise<boolean> {
  return await ctx.db.selectFrom('image_members').select('member').where('image_id', '=', imageId).where('member', '=', project).executeTakeFirst() !== undefined
}

/** A property, or (without a name) a tag. */
interface DetailRow { image_id: string; name: string | null; value: string }

/** Rows with their properties and tags: one query, however many rows. */
export async function withDetails(ctx: ImageContext, rows: ImageRow[]): Promise<Image[]> {
  if (rows.length === 0) return []
  const ids = rows.map((r) => r.id)
  const images = rows.map((row): Image => ({ row, properties: namedValues(), tags: [] }))
  const byId = new Map(images.map((image) => [image.row.id, image]))
  for (const { image_id: id, name, value } of await detailRows(ctx, ids)) {
    const image = byId.get(id)!
    if (name === null) image.tags.push(value)
    else image.properties[name] = value
  }
  return images
}

async function detailRows(ctx: ImageContext, ids: string[]): Promise<DetailRow[]> {
  const among = `(${ids.map(() => '?').join(', ')})`
  const text = `select image_id, name, value from image_properties where image_id in ${among} union all select image_id, null, value from image_tags where image_id in ${among}`
  return (await ctx.db.executeQuery<DetailRow>(CompiledQuery.raw(text, [...ids, ...ids]))).rows
}

export async function withDetail(ctx: ImageContext, row: ImageRow): Promise<Image> {
  return (await withDetails(ctx, [row]))[0]!
}

/** False when the id is taken, be it by an image long deleted. */
export async function insertImage(ctx: ImageContext, row: Insertable<ImagesTable>, properties: Record<string, string>, tags: string[]): Promise<boolean> {
  const done = await unlessTaken(() => inTransaction(ctx, async (ctx) => {
    await ctx.db.insertInto('images').values(row).execute()
    const named = Object.entries(properties).map(([name, value]) => ({ image_id: row.id, name, value }))
    if (named.length > 0) await ctx.db.insertInto('image_properties').values(named).execute()
    if (tags.length > 0) await ctx.db.insertInto('image_tags').values(tags.map((value) => ({ image_id: row.id, value }))).execute()
    return true
  }))
  return done === true
}

export interface ImageChange { set: Partial<Insertable<ImagesTable>>; properties: Record<string, string>; dropped: string[]; tags?: string[] }

/** Writes a change unless the status has moved on meanwhile; answers whether it did. */
export async function saveImage(ctx: ImageContext, row: ImageRow, change: ImageChange): Promise<boolean> {
  return await inTransaction(ctx, async (ctx) => {
    const saved = await compareAndSet(ctx, 'images', { id: row.id }, { status: row.status, deleted_at: null }, { ...change.set, updated_at: nowIso(ctx.clock) })
    if (!saved) return false
    if (change.dropped.length > 0) await ctx.db.deleteFrom('image_properties').where('image_id', '=', row.id).where('name', 'in', change.dropped).execute()
    await setProperties(ctx, row.id, change.properties)
    if (change.tags !== undefined) {
      await ctx.db.deleteFrom('image_tags').where('image_id', '=', row.id).execute()
      if (change.tags.length > 0) await ctx.db.insertInto('image_tags').values(change.tags.map((value) => ({ image_id: row.id, value }))).execute()
    }
    return true
  })
}

/** Sets custom properties, those the service keeps for itself among them. */
export async function setProperties(ctx: ImageContext, imageId: string, properties: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(properties)) await upsert(ctx.db, 'image_properties', { image_id: imageId, name, value }, ['image_id', 'name'])
}

export async function dropProperties(ctx: ImageContext, imageId: string, names: string[]): Promise<void> {
  await ctx.db.deleteFrom('image_properties').where('image_id', '=', imageId).where('name', 'in', names).execute()
}

/** Marks an image deleted, with all that hangs on it; false when it is protected or gone by now. */
export async function markDeleted(ctx: ImageContext, id: string): Promise<boolean> {
  return await inTransaction(ctx, async (ctx) => {
    const now = nowIso(ctx.clock)
    const gone = await compareAndSet(ctx, 'images', { id }, { deleted_at: null, protected: 0 }, { status: 'deleted', deleted_at: now, updated_at: now, upload_id: null, lease_until: null })
    if (!gone) return false
    for (const table of ['image_properties', 'image_tags', 'image_members'] as const) await ctx.db.deleteFrom(table).where('image_id', '=', id).execute()
    return true
  })
}

export async function countTags(ctx: ImageContext, imageId: string): Promise<number> {
  const found = await ctx.db.selectFrom('image_tags').select((eb) => eb.fn.countAll<number>().as('n')).where('image_id', '=', imageId).executeTakeFirstOrThrow()
  return Number(found.n)
}

export async function hasTag(ctx: ImageContext, imageId: string, value: string): Promise<boolean> {
  return await ctx.db.selectFrom('image_tags').select('value').where('image_id', '=', imageId).where('value', '=', value).executeTakeFirst() !== undefined
}

export async function addTag(ctx: ImageContext, imageId: string, value: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await upsert(ctx.db, 'image_tags', { image_id: imageId, value }, ['image_id', 'value'])
    await touchImage(ctx, imageId)
  })
}

export async function dropTag(ctx: ImageContext, imageId: string, value: string): Promise<boolean> {
  return await inTransaction(ctx, async (ctx) => {
    const dropped = await ctx.db.deleteFrom('image_tags').where('image_id', '=', imageId).where('value', '=', value).executeTakeFirst()
    if (dropped.numDeletedRows === 0n) return false
    await touchImage(ctx, imageId)
    return true
  })
}

async function touchImage(ctx: ImageContext, imageId: string): Promise<void> {
  await ctx.db.updateTable('images').set({ updated_at: nowIso(ctx.clock) }).where('id', '=', imageId).execute()
}

/** Bytes a project stores, one image left out. */
export async function storedBytes(ctx: ImageContext, owner: string, exceptId: string): Promise<number> {
  const found = await ctx.db.selectFrom('images').select((eb) => eb.fn.sum<number>('size').as('total'))
    .where('owner', '=', owner).where('deleted_at', 'is', null).where('id', '!=', exceptId).executeTakeFirst()
  return Number(found?.total ?? 0)
}

/** A map whose keys clients choose: no name means anything to the language. */
export function namedValues(from: Iterable<[string, string]> = []): Record<string, string> {
  const values = Object.create(null) as Record<string, string>
  for (const [name, value] of from) values[name] = value
  return values
}
