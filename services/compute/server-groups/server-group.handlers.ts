/** Server groups: list, show, make, remove. */
import { authorise, may } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { createServerGroup, removeServerGroup } from './change-server-group.ts'
import type { ServerGroupCreate } from './server-group.schema.ts'
import { getServerGroup, groupRules, listGroupMembers, listServerGroups, type ServerGroupRow } from './server-group.store.ts'
import { serverGroupView } from './server-group.view.ts'

const RULE = 'os_compute_api:os-server-groups'
const MAX_OFFSET = 0x7fff_ffff

/** Administrators may ask for the groups of all projects; others who do get their own. */
export async function listServerGroupsHandler(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const { query } = request
  const all = query.has('all_projects') && may(ctx, `${RULE}:index:all_projects`, {})
  const limit = Math.min(Number(query.get('limit') ?? ctx.config.maxLimit) || ctx.config.maxLimit, ctx.config.maxLimit)
  const rows = await listServerGroups(ctx, all ? undefined : ctx.identity.project?.id ?? '', Math.min(Number(query.get('offset') ?? 0), MAX_OFFSET), limit)
  const membersOf = await listGroupMembers(ctx, rows.map((row) => row.id))
  return { server_groups: rows.map((row) => serverGroupView(row, groupRules(row), membersOf(row.id))) }
}

export async function showServerGroup(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const row = await find(ctx, request, 'show')
  const membersOf = await listGroupMembers(ctx, [row.id])
  return { server_group: serverGroupView(row, groupRules(row), membersOf(row.id)) }
}

export async function createServerGroupHandler(ctx: ComputeContext, request: RouteRequest<ServerGroupCreate>): Promise<object> {
  const row = await createServerGroup(ctx, request.body.server_group)
  return { server_group: serverGroupView(row, groupRules(row), []) }
}

export async function deleteServerGroupHandler(ctx: ComputeContext, request: RouteRequest): Promise<undefined> {
  const row = await find(ctx, request, 'delete')
  await removeServerGroup(ctx, row.id)
}

async function find(ctx: ComputeContext, request: RouteRequest, rule: 'show' | 'delete'): Promise<ServerGroupRow> {
  const id = request.params['id']!
  const row = await getServerGroup(ctx, id)
  if (row === undefined) throw errors.ServerGroupNotFound({ id })
  authorise(ctx, `${RULE}:${rule}`, { project_id: row.project_id })
  return row
}
