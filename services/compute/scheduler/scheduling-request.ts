/** Makes the scheduler's question out of a server's row and where its user wants it. */
import { fromJson } from '#core/db/json.ts'
import type { ComputeContext } from '../context.ts'
import { getServerGroup, groupMembersByHost, groupRules } from '../server-groups/server-group.store.ts'
import { flavorOf, imageOf, type ServerRow } from '../servers/server.row.ts'
import { listServersById } from '../servers/server.store.ts'
import type { GroupWish, SchedulingRequest } from './request.ts'

type Where = Pick<SchedulingRequest, 'zone' | 'forcedHost' | 'forcedNode' | 'requestedHost' | 'requestedNode'>

export async function schedulingRequest(ctx: ComputeContext, row: ServerRow, where: Where, excluded: Record<string, string>): Promise<SchedulingRequest> {
  const hints = fromJson<Record<string, unknown>>(row.scheduler_hints, {})
  const sameHost = idsOf(hints['same_host'])
  const differentHost = idsOf(hints['different_host'])
  return {
    serverId: row.id, projectId: row.project_id, flavor: flavorOf(row), image: imageOf(row), ...where, sameHost, differentHost,
    hostsOfServers: await hostsOf(ctx, [...sameHost, ...differentHost]), group: row.server_group_id === null ? null : await groupWish(ctx, row.server_group_id, row.id), excluded,
  }
}

function idsOf(hint: unknown): string[] {
  return [hint].flat().filter((id) => typeof id === 'string')
}

async function hostsOf(ctx: ComputeContext, ids: string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  return new Map((await listServersById(ctx, ids)).flatMap((row) => (row.host === null ? [] : [[row.id, row.host] as const])))
}

async function groupWish(ctx: ComputeContext, id: string, serverId: string): Promise<GroupWish | null> {
  const group = await getServerGroup(ctx, id)
  if (group === undefined) return null
  return { id, policy: group.policy, maxPerHost: groupRules(group).max_server_per_host ?? 1, members: await groupMembersByHost(ctx, id, serverId) }
}
