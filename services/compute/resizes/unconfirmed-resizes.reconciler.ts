/** Resizes that nobody confirmed in time are confirmed (`resizeConfirmWindowS`; 0 waits for the user). */
import { inTransaction } from '#core/db/database.ts'
import { defineReconciler } from '#core/reconcile/reconcile.ts'
import type { ComputeContext } from '../context.ts'
import { listResized } from '../servers/server-upkeep.store.ts'
import { moveServer } from '../servers/server.store.ts'
import { beforeResizeOf } from './before-resize.ts'
import { confirmResizeOperation } from './resize.operations.ts'

export const unconfirmedResizesReconciler = defineReconciler<ComputeContext>({
  name: 'unconfirmed-resizes', everyMs: 60_000,
  async run(ctx) {
    const windowMs = ctx.config.resizeConfirmWindowS * 1000
    if (windowMs === 0) return
    for (const row of await listResized(ctx)) {
      const before = beforeResizeOf(row)
      if (before === undefined || Date.parse(before.resizedAt) + windowMs > ctx.clock.now()) continue
      await inTransaction(ctx, async (tx) => {
        if (await moveServer(tx, row.id, { vmStates: ['resized'], tasks: [null] }, { task_state: 'resize_confirming' })) await tx.operations.submit(tx, confirmResizeOperation as never, { serverId: row.id, before })
      })
    }
  },
})
