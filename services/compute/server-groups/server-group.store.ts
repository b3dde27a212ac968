/** All SQL about server groups. A server knows its group (`servers.server_group_id`); there is no list to go stale. */
import { fromJson } from '#core/db/database.ts'
import type { ComputeContext } from '../context.ts'

export interface ServerGroupRow {
  id: string
  project_id: string
  user_id: string
  name: string
  policy: 'affinity' | 'anti-affinity' | 'soft-affinity' | 'soft-anti-affinity'
  /** JSON: `{ max_server_per_host }`. */
  rules: string
  created_at: string
}

export async function getServerGroup(ctx: ComputeContext, id: string): Promise<ServerGroupRow | undefined> {
  return await ctx.db.selectFrom('server_groups').selectAll().where('id', '=', id).executeTakeFirst()
}

export function groupRules(row: ServerGroupRow): { max_server_per_host?: number } {
  return fromJson<{ max_server_per_host?: number }>(row.rules, {})
}

/** Servers of a group on each host, but for one. */
export async function groupMembersByHost(ctx: ComputeContext, groupId: string, exceptServerId: string): Promise<Map<string, number>> {
  const rows = await ctx.db.selectFrom('servers').select(['host', (eb) => eb.fn.countAll<number>().as('n')])
    .where('server_group_id', '=', groupId).where('deleted', '=', 0).where('id', '!=', exceptServerId).where('host', 'is not', null).groupBy('host').execute()
  return new Map(rows.map((row) => [row.host!, Number(row.n)]))
}

export async function countGroupMembers(ctx: ComputeContext, groupId: string): Promise<number> {
  const { n } = await ctx.db.selectFrom('servers').select((eb) => eb.fn.countAll<number>().as('n')).where('server_group_id', '=', groupId).where('deleted', '=', 0).executeTakeFirstOrThrow()
  return Number(n)
}
