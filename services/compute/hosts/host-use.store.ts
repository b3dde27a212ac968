/** What each project uses of a host. */
import { sql } from '#core/db/database.ts'
import type { ComputeContext } from '../context.ts'

export interface ProjectShare { project: string; cpu: number; memory_mb: number; disk_gb: number }

export async function listSharesOfHost(ctx: ComputeContext, host: string): Promise<ProjectShare[]> {
  const rows = await ctx.db.selectFrom('servers').where('host', '=', host).where('deleted', '=', 0).groupBy('project_id').orderBy('project_id').select((eb) => [
    'project_id as project', eb.fn.sum<number>('vcpus').as('cpu'), eb.fn.sum<number>('memory_mb').as('memory_mb'), sql<number>`sum(root_gb + ephemeral_gb)`.as('disk_gb'),
  ]).execute()
  return rows.map((row) => ({ project: row.project, cpu: Number(row.cpu), memory_mb: Number(row.memory_mb), disk_gb: Number(row.disk_gb) }))
}
