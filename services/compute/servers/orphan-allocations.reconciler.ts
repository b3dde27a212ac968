/**
 * Claims in placement of servers that are no more: given back. A claim is made before its server is told of its host
 * and freed before the row goes, so one without a living server is a leftover of an accident.
 */
import { defineReconciler } from '#core/reconcile/reconcile.ts'
import type { ComputeContext } from '../context.ts'
import { listHosts } from '../hosts/host.store.ts'
import { deletedAmong } from './server-upkeep.store.ts'

const BATCH = 500

export const orphanAllocationsReconciler = defineReconciler<ComputeContext>({
  name: 'orphan-allocations', everyMs: 600_000,
  async run(ctx) {
    for (const host of await listHosts(ctx)) {
      if (host.placement_digest === null) continue
      const consumers = Object.keys(await ctx.clients.placement.providerAllocations(ctx, host.node_id))
      for (let at = 0; at < consumers.length; at += BATCH) await freeOrphans(ctx, consumers.slice(at, at + BATCH))
    }
  },
})

/** Only consumers that were servers here: others (volumes, other clouds) are not ours to judge. */
async function freeOrphans(ctx: ComputeContext, consumers: string[]): Promise<void> {
  for (const id of await deletedAmong(ctx, consumers)) {
    ctx.log.warn({ resourceId: id }, 'a claim of a deleted server was left in placement; it is given back')
    await ctx.clients.placement.deleteAllocations(ctx, id)
  }
}
