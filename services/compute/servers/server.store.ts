/** SQL about single servers: reading, inserting, and conditional changes. Lists are in `server-list.store.ts`. */
import { sql, type Kysely } from '#core/db/database.ts'
import { prepared } from '#core/db/prepared.ts'
import { nowIso } from '#core/time/clock.ts'
import { compareAndSet } from '#core/states/states.ts'
import type { ComputeContext } from '../context.ts'
import type { ComputeTables } from '../database.ts'
import type { ServerRow } from './server.row.ts'
import type { TaskState, VmState } from './server.states.ts'

const livingById = prepared((db: Kysely<ComputeTables>, value) => db.selectFrom('servers').selectAll().where('id', '=', value('id')).where('deleted', '=', 0))

/** A server that is not deleted. */
export async function getServer(ctx: ComputeContext, id: string): Promise<ServerRow | undefined> {
  return (await livingById(ctx.db, { id })).rows[0]
}

export async function getServerEvenDeleted(ctx: ComputeContext, id: string): Promise<ServerRow | undefined> {
  return await ctx.db.selectFrom('servers').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function listServersById(ctx: ComputeContext, ids: readonly string[]): Promise<ServerRow[]> {
  return ids.length === 0 ? [] : await ctx.db.selectFrom('servers').selectAll().where('id', 'in', ids).where('deleted', '=', 0).execute()
}

export async function insertServers(ctx: ComputeContext, rows: readonly ServerRow[]): Promise<void> {
  for (const row of rows) await ctx.db.insertInto('servers').values(row).execute()
}

/** Every change of a server counts: lists remember what a server of a revision looks like. */
export const NEXT_REVISION = sql<number>`revision + 1`

/** Changes columns whatever the state. */
export async function updateServer(ctx: ComputeContext, id: string, set: Partial<ServerRow>): Promise<void> {
  await moveServer(ctx, id, {}, set)
}

export interface Guard { vmStates?: readonly VmState[]; tasks?: readonly (TaskState | null)[] | 'any' }

/** Changes columns if the server is in one of these states; answers whether it was. */
export async function moveServer(ctx: ComputeContext, id: string, guard: Guard, set: Partial<ServerRow>): Promise<boolean> {
  const wanted: Record<string, unknown> = { deleted: 0 }
  if (guard.vmStates !== undefined) wanted['vm_state'] = guard.vmStates
  if (guard.tasks !== undefined && guard.tasks !== 'any') wanted['task_state'] = guard.tasks
  return await compareAndSet(ctx, 'servers', { id }, wanted, { ...set, revision: NEXT_REVISION, updated_at: nowIso(ctx.clock) })
}

/** Servers on a host: for reconcilers. */
export async function listServersOnHost(ctx: ComputeContext, host: string): Promise<Pick<ServerRow, 'id' | 'vm_state' | 'task_state' | 'power_state' | 'node'>[]> {
  return await ctx.db.selectFrom('servers').select(['id', 'vm_state', 'task_state', 'power_state', 'node']).where('host', '=', host).where('deleted', '=', 0).execute()
}

/** Servers being built on each host. */
export async function buildingByHost(ctx: ComputeContext): Promise<Map<string, number>> {
  const rows = await ctx.db.selectFrom('servers').select(['host', (eb) => eb.fn.countAll<number>().as('n')])
    .where('deleted', '=', 0).where('vm_state', '=', 'building').where('host', 'is not', null).groupBy('host').execute()
  return new Map(rows.map((row) => [row.host!, Number(row.n)]))
}
