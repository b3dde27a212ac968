/** Rows of deleted servers are dropped after a while, with their action log. */
import { defineReconciler } from '#core/reconcile/reconcile.ts'
import type { ComputeContext } from '../context.ts'
import { forgetServers, listDeletedBefore } from './server-upkeep.store.ts'

const BATCH = 200

export const deletedServersReconciler = defineReconciler<ComputeContext>({
  name: 'deleted-servers', everyMs: 3_600_000,
  async run(ctx) {
    const before = new Date(ctx.clock.now() - ctx.config.deletedServersKeptDays * 86_400_000).toISOString()
    for (;;) {
      const ids = await listDeletedBefore(ctx, before, BATCH)
      if (ids.length === 0) return
      await forgetServers(ctx, ids)
    }
  },
})
