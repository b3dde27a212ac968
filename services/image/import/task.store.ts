/** All SQL about tasks. */
import { compareAndSet } from '#core/states/states.ts'
import { nowIso } from '#core/time/clock.ts'
import { applyPage, type SortKey } from '#core/listing/listing.ts'
import type { Insertable } from '#core/db/database.ts'
import type { ImageContext } from '../context.ts'
import type { TasksTable } from '../database.ts'

/** Records of finished tasks are kept this long: upstream's `task_time_to_live`. */
const KEPT_MS = 48 * 3_600_000

export async function insertTask(ctx: ImageContext, row: Insertable<TasksTable>): Promise<void> {
  await ctx.db.insertInto('tasks').values(row).execute()
}

export async function findTask(ctx: ImageContext, id: string): Promise<TasksTable | undefined> {
  return await ctx.db.selectFrom('tasks').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function listTasks(ctx: ImageContext, asked: { filters: Map<string, string>; sort: SortKey[]; marker?: TasksTable; limit: number }): Promise<TasksTable[]> {
  if (asked.limit === 0) return []
  let query = ctx.db.selectFrom('tasks').selectAll()
  for (const column of ['status', 'type', 'owner', 'image_id'] as const) {
    const value = asked.filters.get(column)
    if (value !== undefined) query = query.where(column, '=', value)
  }
  return await applyPage(query, asked.sort, asked.marker as unknown as Record<string, unknown>, asked.limit).execute()
}

export async function tasksOfImage(ctx: ImageContext, imageId: string): Promise<TasksTable[]> {
  return await ctx.db.selectFrom('tasks').selectAll().where('image_id', '=', imageId).orderBy('created_at').orderBy('id').execute()
}

export async function beginTask(ctx: ImageContext, id: string): Promise<void> {
  await compareAndSet(ctx, 'tasks', { id }, { status: 'pending' }, { status: 'processing', updated_at: nowIso(ctx.clock) })
}

export async function endTask(ctx: ImageContext, id: string, status: 'success' | 'failure', parts: { message?: string; result?: unknown } = {}): Promise<void> {
  await compareAndSet(ctx, 'tasks', { id }, { status: ['pending', 'processing'] }, {
    status, message: parts.message ?? '', result: parts.result === undefined ? null : JSON.stringify(parts.result),
    updated_at: nowIso(ctx.clock), expires_at: new Date(ctx.clock.now() + KEPT_MS).toISOString(),
  })
}

export async function dropExpiredTasks(ctx: ImageContext): Promise<void> {
  await ctx.db.deleteFrom('tasks').where('expires_at', '<', nowIso(ctx.clock)).execute()
}
