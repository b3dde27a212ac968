/** What the reconcilers ask of servers: those to take up again, and those to forget. */
import { UNFINISHED } from '#core/operations/store.ts'
import type { ComputeContext } from '../context.ts'
import type { ServerRow } from './server.row.ts'

export type StuckServer = Pick<ServerRow, 'id' | 'vm_state' | 'task_state'>

/** Servers under way without an unfinished operation, unchanged since `before` where that is given. */
export async function listStuckServers(ctx: ComputeContext, before: string | undefined): Promise<StuckServer[]> {
  let query = ctx.db.selectFrom('servers').select(['id', 'vm_state', 'task_state']).where('deleted', '=', 0)
    .where((eb) => eb.or([eb('task_state', 'is not', null), eb('vm_state', '=', 'building')]))
    .where((eb) => eb.not(eb.exists(eb.selectFrom('operations').select('operations.id').whereRef('operations.resource_id', '=', 'servers.id').where('operations.state', 'in', UNFINISHED))))
  if (before !== undefined) query = query.where('updated_at', '<', before)
  return await query.execute()
}

/** Resizes that wait for their confirmation. */
export async function listResized(ctx: ComputeContext): Promise<Pick<ServerRow, 'id' | 'before_resize'>[]> {
  return await ctx.db.selectFrom('servers').select(['id', 'before_resize']).where('vm_state', '=', 'resized').where('task_state', 'is', null).where('deleted', '=', 0).execute()
}

/** Which of these were servers, and are deleted. */
export async function deletedAmong(ctx: ComputeContext, ids: readonly string[]): Promise<string[]> {
  const rows = await ctx.db.selectFrom('servers').select('id').where('id', 'in', ids).where('deleted', '=', 1).execute()
  return rows.map((row) => row.id)
}

export async function listDeletedBefore(ctx: ComputeContext, before: string, limit: number): Promise<string[]> {
  const rows = await ctx.db.selectFrom('servers').select('id').where('deleted', '=', 1).where('deleted_at', '<', before).limit(limit).execute()
  return rows.map((row) => row.id)
}

/** Drops rows of servers, with all operations on them. */
export async function forgetServers(ctx: ComputeContext, ids: readonly string[]): Promise<void> {
  const operations = ctx.db.selectFrom('operations').select('operations.id').where('resource_id', 'in', ids)
  await ctx.db.deleteFrom('operation_steps').where('operation_id', 'in', operations).execute()
  await ctx.db.deleteFrom('operations').where('resource_id', 'in', ids).execute()
  await ctx.db.deleteFrom('servers').where('id', 'in', ids).execute()
}
