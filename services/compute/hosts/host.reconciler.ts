/** Tells placement what has changed about hosts. A host that could not be told is told at the next turn. */
import { defineReconciler } from '#core/reconcile/reconcile.ts'
import type { ComputeContext } from '../context.ts'
import { listHosts } from './host.store.ts'
import { syncHostToPlacement } from './placement-sync.ts'

export const hostsReconciler = defineReconciler<ComputeContext>({
  name: 'hosts', everyMs: 60_000,
  async run(ctx) {
    for (const row of await listHosts(ctx)) {
      try {
        await syncHostToPlacement(ctx, row)
      } catch (error) {
        ctx.log.warn({ err: error, host: row.host }, 'placement could not be told about a host; it is tried again')
      }
    }
  },
})
