/** The servers that lived in a period, page by page. */
import type { ComputeContext } from '../context.ts'
import type { ServerRow } from '../servers/server.row.ts'

export type UsedServer = Pick<ServerRow, 'id' | 'project_id' | 'display_name' | 'flavor' | 'vcpus' | 'memory_mb' | 'root_gb' | 'ephemeral_gb' | 'vm_state' | 'launched_at' | 'terminated_at'>

/** Instants in the stored form. */
export interface Period { start: string; stop: string }

interface Page { limit: number; marker: string | undefined }

/** Servers launched before the end of the period and not gone before its start. Undefined when the marker is unknown. */
export async function listUsedServers(ctx: ComputeContext, period: Period, projectId: string | undefined, page: Page): Promise<UsedServer[] | undefined> {
  let query = ctx.db.selectFrom('servers')
    .select(['id', 'project_id', 'display_name', 'flavor', 'vcpus', 'memory_mb', 'root_gb', 'ephemeral_gb', 'vm_state', 'launched_at', 'terminated_at'])
    .where('launched_at', '<', period.stop).where((eb) => eb.or([eb('terminated_at', 'is', null), eb('terminated_at', '>', period.start)]))
    .orderBy('project_id').orderBy('id').limit(page.limit)
  if (projectId !== undefined) query = query.where('project_id', '=', projectId)
  if (page.marker !== undefined) {
    const last = await ctx.db.selectFrom('servers').select(['id', 'project_id']).where('id', '=', page.marker).executeTakeFirst()
    if (last === undefined) return undefined
    query = query.where((eb) => eb.or([eb('project_id', '>', last.project_id), eb.and([eb('project_id', '=', last.project_id), eb('id', '>', last.id)])]))
  }
  return await query.execute()
}
