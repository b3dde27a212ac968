/** All SQL about server groups. A server knows its group (`servers.server_group_id`); there is no list to go stale. */
import { fromJson } from '#core/db/json.ts'
import type { ComputeContext } from '../context.ts'
import { NEXT_REVISION } from '../servers/server.store.ts'

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

/** Groups of a project, or of all when it is undefined, oldest first. */
export async function listServerGroups(ctx: ComputeContext, projectId: string | undefined, offset: number, limit: number): Promise<ServerGroupRow[]> {
  const all = ctx.db.selectFrom('server_groups').selectAll().orderBy('created_at').orderBy('id').limit(limit).offset(offset)
  return await (projectId === undefined ? all : all.where('project_id', '=', projectId)).execute()
}

/** Ids of the servers in each of the groups. */
export async function listGroupMembers(ctx: ComputeContext, groups: string[]): Promise<(group: string) => string[]> {
  if (groups.length === 0) return () => []
  const rows = await ctx.db.selectFrom('servers').select(['id', 'server_group_id']).where('server_group_id', 'in', groups).where('deleted', '=', 0).orderBy('number').execute()
  const members = Map.groupBy(rows, (row) => row.server_group_id)
  return (group) => members.get(group)?.map((row) => row.id) ?? []
}

export async function insertServerGroup(ctx: ComputeContext, row: ServerGroupRow): Promise<void> {
  await ctx.db.insertInto('server_groups').values(row).execute()
}

/** Servers of the group go on without it. Answers whether there was one. */
export async function deleteServerGroup(ctx: ComputeContext, id: string): Promise<boolean> {
  const { numDeletedRows } = await ctx.db.deleteFrom('server_groups').where('id', '=', id).executeTakeFirst()
  await ctx.db.updateTable('servers').set({ server_group_id: null, revision: NEXT_REVISION }).where('server_group_id', '=', id).execute()
  return numDeletedRows > 0n
}
