/**
 * Revisions: each change of a resource adds one to `revision_number`. `If-Match: revision_number=5` lets a change
 * through only while the resource is still at 5. The conditional UPDATE also puts concurrent changes of one resource
 * in a row.
 */
import { nowIso } from '#core/time/clock.ts'
import { sql } from '#core/db/database.ts'
import type { NetworkContext } from '../context.ts'
import { errors } from '../errors.ts'
import { loose, type Resource } from './attribute.ts'

/** The revision a request insists on. */
export function readIfMatch(headers: Record<string, string | undefined>): number | undefined {
  const given = headers['if-match']
  if (given === undefined) return undefined
  const tags = given.split(',').map((t) => t.trim().replace(/^(W\/)?"(.*)"$/, '$2')).filter((t) => t.startsWith('revision_number='))
  if (tags.length > 1) throw errors.BadRequest({ resource: 'if-match', msg: 'Multiple revision_number etags are not supported.' })
  if (tags.length === 0) return undefined
  const text = tags[0]!.slice('revision_number='.length)
  if (!/^\s*-?\d+\s*$/.test(text)) throw errors.BadRequest({ resource: 'if-match', msg: 'Revision number etag must be in the format of revision_number=<int>' })
  return Number(text)
}

/** Adds one to the revision of a resource; fails when it is not at `expected`, or gone. */
export async function reviseOrFail(ctx: NetworkContext, resource: Resource, id: string, expected: number | undefined): Promise<void> {
  let update = loose(ctx).updateTable(resource.table).set({ revision_number: sql`revision_number + 1`, updated_at: nowIso(ctx.clock) } as never).where('id', '=', id)
  if (expected !== undefined) update = update.where('revision_number', '=', expected)
  const { numUpdatedRows } = await update.executeTakeFirst()
  if (numUpdatedRows > 0n) return
  const row = await loose(ctx).selectFrom(resource.table).select('revision_number').where('id', '=', id).executeTakeFirst()
  if (row === undefined) throw resource.notFound(id)
  throw errors.RevisionNumberConstraintFailed({ expected: expected!, current: row['revision_number'] as number })
}

/** Adds one to the revision of something that changed because a part of it did. */
export async function revise(ctx: NetworkContext, table: Resource['table'], id: string): Promise<boolean> {
  const { numUpdatedRows } = await loose(ctx).updateTable(table).set({ revision_number: sql`revision_number + 1`, updated_at: nowIso(ctx.clock) } as never).where('id', '=', id).executeTakeFirst()
  return numUpdatedRows > 0n
}

/** The columns every new row starts with. */
export function newRow(ctx: NetworkContext, item: Record<string, unknown>, id?: string): { id: string; project_id: string; description: string; created_at: string; updated_at: string; revision_number: number; tagged: 0 } {
  const now = nowIso(ctx.clock)
  return {
    id: id ?? ctx.ids.uuid(), project_id: (item['project_id'] as string | undefined) ?? '', description: (item['description'] as string | undefined) ?? '',
    created_at: now, updated_at: now, revision_number: 1, tagged: 0,
  }
}
