/** Some calls answer what their operation has made. They wait for it, for as long as a client waits. */
import type { Kysely } from '#core/db/database.ts'
import { getOperation, type OperationTables } from '#core/operations/store.ts'
import type { OperationFailure } from '#core/operations/operations.ts'
import type { ComputeContext } from '../context.ts'

const PATIENCE_MS = 60_000
const LOOK_EVERY_MS = 10

/** The results of a finished operation, or why it failed; undefined when it is still under way. */
export async function awaitOperation(ctx: ComputeContext, id: string): Promise<{ results: Record<string, unknown> } | { failure: OperationFailure } | undefined> {
  const end = ctx.clock.now() + PATIENCE_MS
  for (;;) {
    const row = await getOperation(ctx.db as unknown as Kysely<OperationTables>, id)
    if (row?.state === 'done') return { results: JSON.parse(row.results) as Record<string, unknown> }
    if (row !== undefined && (row.state === 'failed' || row.state === 'cancelled')) return { failure: JSON.parse(row.failure ?? '{"kind":"Error","message":"it was given up","step":""}') as OperationFailure }
    if (ctx.clock.now() >= end) return undefined
    await new Promise<void>((resolve) => { ctx.clock.after(LOOK_EVERY_MS, resolve) })
  }
}
