/** Rows of deleted servers are dropped after a while, with their action log. */
import { defineReconciler } from '#core/reconcile/reconcile.ts'
import type { ComputeContext } from '../context.ts'

const BATCH = 200

export const deletedServersReconciler = defineReconciler<ComputeContext>({
  name: 'deleted-servers', everyMs: 3_600_000,
  async run(ctx) {
    const before = new Date(ctx.clock.now() - ctx.config.deletedServersKeptDays * 86_400_000).toISOString()
    for (;;) {
      const rows = await ctx.db.selectFrom('servers').select('id').where('deleted', '=', 1).where('deleted_at', '<', before).limit(BATCH).execute()
      if (rows.length === 0) return
      const ids = rows.map((row) => row.id)
      const operations = ctx.db.selectFrom('operations').select('operations.id').where('resource_id', 'in', ids)
      await ctx.db.deleteFrom('operation_steps').where('operation_id', 'in', operations).execute()
      await ctx.db.deleteFrom('operations').where('resource_id', 'in', ids).execute()
      await ctx.db.deleteFrom('servers').where('id', 'in', ids).execute()
    }
  },
})
