/** Hosts that fail to build servers are avoided until they build one again. */
import { sql } from '#core/db/database.ts'
import type { ComputeContext } from '../context.ts'

export async function noteBuild(ctx: ComputeContext, host: string, result: 'failed' | 'done'): Promise<void> {
  await ctx.db.updateTable('hosts').set({ failed_builds: result === 'done' ? 0 : sql`failed_builds + 1` }).where('host', '=', host).execute()
}
