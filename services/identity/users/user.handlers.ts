/** /v3/users */
import { authorise } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { requirePassword } from '../authentication/check-password.ts'
import type { IdentityContext } from '../context.ts'
import type { UserRow } from '../database.ts'
import { errors } from '../errors.ts'
import { listGroups } from '../groups/group.store.ts'
import { groupView } from '../groups/group.view.ts'
import { listProjects, listTags } from '../projects/project.store.ts'
import { projectView } from '../projects/project.view.ts'
import { reachable } from '../role-assignments/reachable.ts'
import { applyFilters, exact, isTrue, readFilters } from '../wire/filters.ts'
import { bodyOf, checkInput, normalized, requireMatchingId } from '../wire/input.ts'
import { collection, member } from '../wire/links.ts'
import { isInactive } from './account-state.ts'
import { deleteUser } from './delete-user.ts'
import { readPasswordExpiry } from './password-expiry-filter.ts'
import { PasswordChange, UserCreate, UserUpdate } from './user.schema.ts'
import { getUser, listUsers } from './user.store.ts'
import { userPath, userView } from './user.view.ts'
import { changeOwnPassword, changeUser, createUser } from './write-user.ts'

/** Permission is asked of what there is; only who has it learns that there is nothing. */
async function requireUser(ctx: IdentityContext, rule: string, id: string): Promise<UserRow> {
  const user = await getUser(ctx, id)
  authorise(ctx, rule, { user_id: id, target: user === undefined ? {} : { user: { id: user.id, domain_id: user.domain_id } } })
  if (user === undefined) throw errors.UserNotFound({ id })
  return user
}

export async function listUsersHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const ownDomain = ctx.identity.domain?.id
  authorise(ctx, 'identity:list_users', { target: ownDomain === undefined ? {} : { domain_id: ownDomain } })
  const filters = readFilters(request.query, ['domain_id', 'enabled', 'name'])
  // Nobody here comes from an identity provider.
  if (['idp_id', 'protocol_id', 'unique_id'].some((name) => request.query.has(name))) return collection(request, 'users', [])
  const enabled = exact(filters, 'enabled')
  const rows = await listUsers(ctx, {
    domainId: exact(filters, 'domain_id') ?? ownDomain, name: exact(filters, 'name'), enabled: enabled === undefined ? undefined : isTrue(enabled), passwordExpires: readPasswordExpiry(request.query),
  })
  const visible = ownDomain === undefined ? rows : rows.filter((row) => row.domain_id === ownDomain)
  return collection(request, 'users', applyFilters(visible.map((row) => userView(ctx, row)), filters), userPath)
}

export async function showUser(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const user = await requireUser(ctx, 'identity:get_user', request.params['user_id']!)
  return member(request, 'user', `users/${user.id}`, userView(ctx, user))
}

export async function createUserHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const given = bodyOf(request, 'user')
  authorise(ctx, 'identity:create_user', { target: { user: given } })
  checkInput(UserCreate, given)
  const value = normalized(given)
  value['domain_id'] ||= ctx.identity.domain?.id ?? 'default'
  const user = await createUser(ctx, value)
  return member(request, 'user', `users/${user.id}`, userView(ctx, user))
}

export async function updateUserHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const user = await requireUser(ctx, 'identity:update_user', request.params['user_id']!)
  const value = bodyOf(request, 'user')
  checkInput(UserUpdate, value)
  requireMatchingId(value, user.id)
  const changed = await changeUser(ctx, user, value)
  return member(request, 'user', `users/${user.id}`, userView(ctx, changed))
}

export async function deleteUserHandler(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  const user = await requireUser(ctx, 'identity:delete_user', request.params['user_id']!)
  await deleteUser(ctx, user.id)
}

/** Needs no token: the old password is the proof, and an expired one still counts. */
export async function changePassword(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  const value = checkInput(PasswordChange, bodyOf(request, 'user'))
  const user = await getUser(ctx, request.params['user_id']!)
  const active = user !== undefined && user.enabled === 1 && !isInactive(ctx, user) ? user : undefined
  await requirePassword(ctx, active, value.original_password, { expired: true })
  await changeOwnPassword(ctx, active!, value.password)
}

export async function listUserProjects(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const user = await requireUser(ctx, 'identity:list_user_projects', request.params['user_id']!)
  const filters = readFilters(request.query, ['domain_id', 'enabled', 'name'])
  const { projectIds } = await reachable(ctx, user.id)
  const rows = await listProjects(ctx, { ids: [...projectIds] })
  const tags = await listTags(ctx, rows.map((row) => row.id))
  const views = rows.map((row) => projectView(row, tags.get(row.id)))
  return collection(request, 'projects', applyFilters(views, filters, ['domain_id', 'enabled', 'name']), (p) => `projects/${String(p['id'])}`)
}

export async function listUserGroups(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const user = await requireUser(ctx, 'identity:list_groups_for_user', request.params['user_id']!)
  const filters = readFilters(request.query, ['name'])
  const rows = await listGroups(ctx, { userId: user.id, name: exact(filters, 'name'), domainId: ctx.identity.domain?.id })
  const views = rows.map((row) => ({ ...groupView(row), membership_expires_at: null }))
  return collection(request, 'groups', applyFilters(views, filters), (g) => `groups/${String((g as Record<string, unknown>)['id'])}`)
}
