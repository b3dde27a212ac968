/** /v3/groups and their users */
import { authorise } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { IdentityContext } from '../context.ts'
import type { GroupRow, UserRow } from '../database.ts'
import { errors } from '../errors.ts'
import { GroupCreate, GroupUpdate } from '../users/user.schema.ts'
import { readPasswordExpiry } from '../users/password-expiry-filter.ts'
import { getUser, listUsers } from '../users/user.store.ts'
import { userPath, userView } from '../users/user.view.ts'
import { applyFilters, exact, isTrue, readFilters } from '../wire/filters.ts'
import { bodyOf, checkInput, normalized, requireMatchingId } from '../wire/input.ts'
import { collection, member } from '../wire/links.ts'
import { getGroup, isMember, listGroups } from './group.store.ts'
import { groupView } from './group.view.ts'
import { addMember, changeGroup, createGroup, deleteGroup, notMember, removeMember } from './write-group.ts'

/** Permission is asked of what there is; only who has it learns that there is nothing. */
async function requireGroup(ctx: IdentityContext, rule: string, id: string): Promise<GroupRow> {
  const group = await getGroup(ctx, id)
  authorise(ctx, rule, { group_id: id, target: group === undefined ? {} : { group: { id: group.id, domain_id: group.domain_id } } })
  if (group === undefined) throw errors.GroupNotFound({ id })
  return group
}

async function requireMembership(ctx: IdentityContext, rule: string, request: RouteRequest): Promise<{ group: GroupRow; user: UserRow }> {
  const { group_id: groupId, user_id: userId } = request.params as { group_id: string; user_id: string }
  const [group, user] = [await getGroup(ctx, groupId), await getUser(ctx, userId)]
  const target = { ...(group === undefined ? {} : { group: { domain_id: group.domain_id } }), ...(user === undefined ? {} : { user: { id: user.id, domain_id: user.domain_id } }) }
  authorise(ctx, rule, { group_id: groupId, user_id: userId, target })
  if (group === undefined) throw errors.GroupNotFound({ id: groupId })
  if (user === undefined) throw errors.UserNotFound({ id: userId })
  return { group, user }
}

export async function listGroupsHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const ownDomain = ctx.identity.domain?.id
  authorise(ctx, 'identity:list_groups', { target: ownDomain === undefined ? {} : { group: { domain_id: ownDomain } } })
  const filters = readFilters(request.query, ['domain_id', 'name'])
  const rows = await listGroups(ctx, { domainId: exact(filters, 'domain_id') ?? ownDomain, name: exact(filters, 'name') })
  const visible = ownDomain === undefined ? rows : rows.filter((row) => row.domain_id === ownDomain)
  return collection(request, 'groups', applyFilters(visible.map(groupView), filters), (g) => `groups/${String(g['id'])}`)
}

export async function showGroup(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const group = await requireGroup(ctx, 'identity:get_group', request.params['group_id']!)
  return member(request, 'group', `groups/${group.id}`, groupView(group))
}

export async function createGroupHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const given = bodyOf(request, 'group')
  authorise(ctx, 'identity:create_group', { target: { group: given } })
  checkInput(GroupCreate, given)
  const value = normalized(given)
  value['domain_id'] ||= ctx.identity.domain?.id ?? 'default'
  const group = await createGroup(ctx, value)
  return member(request, 'group', `groups/${group.id}`, groupView(group))
}

export async function updateGroupHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const group = await requireGroup(ctx, 'identity:update_group', request.params['group_id']!)
  const value = bodyOf(request, 'group')
  checkInput(GroupUpdate, value)
  requireMatchingId(value, group.id)
  return member(request, 'group', `groups/${group.id}`, groupView(await changeGroup(ctx, group, value)))
}

export async function deleteGroupHandler(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  await deleteGroup(ctx, await requireGroup(ctx, 'identity:delete_group', request.params['group_id']!))
}

export async function listGroupUsers(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const group = await requireGroup(ctx, 'identity:list_users_in_group', request.params['group_id']!)
  const filters = readFilters(request.query, ['domain_id', 'enabled', 'name'])
  const enabled = exact(filters, 'enabled')
  const rows = await listUsers(ctx, {
    groupId: group.id, domainId: exact(filters, 'domain_id') ?? ctx.identity.domain?.id, name: exact(filters, 'name'), enabled: enabled === undefined ? undefined : isTrue(enabled),
    passwordExpires: readPasswordExpiry(request.query),
  })
  return collection(request, 'users', applyFilters(rows.map((row) => userView(ctx, row)), filters), userPath)
}

export async function checkMember(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  const { group, user } = await requireMembership(ctx, 'identity:check_user_in_group', request)
  if (!await isMember(ctx, user.id, group.id)) throw notMember(user.id, group.id)
}

export async function addMemberHandler(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  const { group, user } = await requireMembership(ctx, 'identity:add_user_to_group', request)
  await addMember(ctx, group.id, user.id)
}

export async function removeMemberHandler(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  const { group, user } = await requireMembership(ctx, 'identity:remove_user_from_group', request)
  await removeMember(ctx, group.id, user.id)
}
