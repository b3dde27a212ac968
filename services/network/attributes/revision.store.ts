/**
 * SQL about revisions. An UPDATE that counts one on (or only touches the row) also holds it until the transaction
 * ends, so that concurrent changes of one resource come one after the other.
 */
import { sql } from '#core/db/database.ts'
import { nowIso } from '#core/time/clock.ts'
import type { NetworkContext } from '../context.ts'
import type { NetworkTables } from '../database.ts'
import { loose } from './attribute.ts'

/** A table of rows that have a revision. */
export type RevisedTable = keyof NetworkTables

/** Counts a change (of `by` parts); false when the row is gone. */
export async function revise(ctx: NetworkContext, table: RevisedTable, id: string, by = 1): Promise<boolean> {
  const { numUpdatedRows } = await loose(ctx).updateTable(table).set({ revision_number: sql`revision_number + ${by}`, updated_at: nowIso(ctx.clock) } as never).where('id', '=', id).executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Counts a change of each of these. */
export async function reviseAll(ctx: NetworkContext, table: RevisedTable, ids: readonly string[], by = 1): Promise<void> {
  if (ids.length === 0) return
  await loose(ctx).updateTable(table).set({ revision_number: sql`revision_number + ${by}`, updated_at: nowIso(ctx.clock) } as never).where('id', 'in', ids as string[]).execute()
}

/** Counts a change if the row is at `expected`; false when it is not, or gone. */
export async function reviseAt(ctx: NetworkContext, table: RevisedTable, id: string, expected: number): Promise<boolean> {
  const { numUpdatedRows } = await loose(ctx).updateTable(table).set({ revision_number: sql`revision_number + 1`, updated_at: nowIso(ctx.clock) } as never)
    .where('id', '=', id).where('revision_number', '=', expected).executeTakeFirst()
  return numUpdatedRows > 0n
}

export async function revisionOf(ctx: NetworkContext, table: RevisedTable, id: string): Promise<number | undefined> {
  const row = await loose(ctx).selectFrom(table).select('revision_number').where('id', '=', id).executeTakeFirst()
  return row?.['revision_number'] as number | undefined
}

/** Holds the row without a change of it: who is about to do the same waits here, and then finds it done. False when it is gone. */
export async function holdRow(ctx: NetworkContext, table: RevisedTable, id: string): Promise<boolean> {
  const { numUpdatedRows } = await loose(ctx).updateTable(table).set({ revision_number: sql`revision_number` } as never).where('id', '=', id).executeTakeFirst()
  return numUpdatedRows > 0n
}
