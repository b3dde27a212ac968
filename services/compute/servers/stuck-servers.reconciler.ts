/**
 * Servers that say something is being done with them while nothing is: the operation was lost (a row changed by hand,
 * a restore from a backup). They get their task taken away, or go to ERROR where it is not known how they are.
 */
import { defineReconciler } from '#core/reconcile/reconcile.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ComputeContext } from '../context.ts'
import { deleteServerOperation } from './delete-server.operation.ts'
import { listStuckServers, type StuckServer } from './server-upkeep.store.ts'
import { moveServer } from './server.store.ts'

/** Younger changes are left alone: their operation may be about to be written. */
const GRACE_MS = 60_000

export const stuckServersReconciler = defineReconciler<ComputeContext>({
  name: 'stuck-servers', everyMs: 120_000,
  async run(ctx) {
    for (const server of await listStuckServers(ctx, new Date(ctx.clock.now() - GRACE_MS).toISOString())) {
      ctx.log.warn({ resourceId: server.id, task: server.task_state }, 'nothing is being done with a server that says so')
      await freeStuckServer(ctx, server)
    }
  },
})

export async function freeStuckServer(ctx: ComputeContext, server: StuckServer): Promise<void> {
  if (server.task_state === 'deleting') {
    await ctx.operations.submit(ctx, deleteServerOperation as never, { serverId: server.id })
    return
  }
  const fault = JSON.stringify({ code: 500, message: `The work on the server (${server.task_state ?? 'building'}) was lost; try again, or reset its state`, details: null, created: nowIso(ctx.clock) })
  const set = server.vm_state === 'building' ? { vm_state: 'error' as const, task_state: null, fault } : { task_state: null, fault }
  await moveServer(ctx, server.id, { vmStates: [server.vm_state], tasks: [server.task_state] }, set)
}
