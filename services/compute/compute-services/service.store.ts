/**
 * All SQL about services besides compute hosts. Scheduling and conducting are parts of this program, not processes;
 * operators look for them all the same, and each process that does this work keeps a row for both.
 */
import { inTransaction, writeUnlessTaken } from '#core/db/database.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ComputeContext } from '../context.ts'
import { takeNumbers } from '../counter.store.ts'

export interface ControlServiceRow {
  id: string
  number: number
  /** `nova-scheduler`, `nova-conductor`. */
  kind: string
  host: string
  last_seen_at: string
}

const CONTROL_KINDS = ['nova-scheduler', 'nova-conductor'] as const

export async function listControlServices(ctx: ComputeContext): Promise<ControlServiceRow[]> {
  return await ctx.db.selectFrom('control_services').selectAll().orderBy('number').execute()
}

/** Writes down that this process is alive. Numbers come from the same row of numbers as those of hosts. */
export async function saveControlServices(ctx: ComputeContext, host: string): Promise<void> {
  const last_seen_at = nowIso(ctx.clock)
  await inTransaction(ctx, async (ctx) => {
    for (const kind of CONTROL_KINDS) {
      const known = await ctx.db.updateTable('control_services').set({ last_seen_at }).where('host', '=', host).where('kind', '=', kind).executeTakeFirst()
      if (known.numUpdatedRows > 0n) continue
      // Taken meanwhile: this process was just written down, and keeps the id it got.
      await writeUnlessTaken(ctx.db.insertInto('control_services').values({ id: ctx.ids.uuid(), number: await takeNumbers(ctx, 'hosts'), kind, host, last_seen_at }))
    }
  })
}

export async function deleteControlService(ctx: ComputeContext, id: string): Promise<void> {
  await ctx.db.deleteFrom('control_services').where('id', '=', id).execute()
}

export async function deleteHostRow(ctx: ComputeContext, id: string): Promise<void> {
  await ctx.db.deleteFrom('hosts').where('id', '=', id).execute()
}
