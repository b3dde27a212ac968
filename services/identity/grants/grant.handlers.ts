/**
 * Grants: a role for a user or group on a project, a domain or the system, also in the inherited form under
 * /v3/OS-INHERIT. All of them are the same few handlers; the path says who and where.
 */
import { authorise } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { IdentityContext } from '../context.ts'
import type { AssignmentRow } from '../database.ts'
import { errors } from '../errors.ts'
import { getGroup } from '../groups/group.store.ts'
import { getDomain, getProject } from '../projects/project.store.ts'
import { hasAssignment, listAssignments } from '../role-assignments/assignment.store.ts'
import { requireRole } from '../roles/require-role.ts'
import { roleGraph } from '../roles/role-graph.ts'
import { rolePath, roleView } from '../roles/role.view.ts'
import { getUser } from '../users/user.store.ts'
import { collection } from '../wire/links.ts'
import { createGrant, deleteGrant } from './write-grant.ts'

const SYSTEM = 'system'

/** Rules of grants on the system are named for the actor, the others are shared. */
function ruleFor(verb: 'check' | 'list' | 'create' | 'revoke', request: RouteRequest): string {
  const { params } = request
  if ('project_id' in params || 'domain_id' in params) return verb === 'list' ? 'identity:list_grants' : `identity:${verb}_grant`
  return `identity:${verb}_system_grant${verb === 'list' ? 's' : ''}_for_${'user_id' in params ? 'user' : 'group'}`
}

type Grant = Omit<AssignmentRow, 'role_id'> & { role_id?: string }

/** Who and where, as they exist, with the caller's permission. On revoking, the actor may be gone already. */
async function grantOf(ctx: IdentityContext, verb: 'check' | 'list' | 'create' | 'revoke', request: RouteRequest): Promise<Grant> {
  const { role_id: roleId, user_id: userId, group_id: groupId, project_id: projectId, domain_id: domainId } = request.params
  const target: Record<string, object> = {}
  if (roleId !== undefined) target['role'] = await requireRole(ctx, roleId)
  await addActor(ctx, target, { userId, groupId }, verb === 'revoke')
  await addPlace(ctx, target, { projectId, domainId })
  authorise(ctx, ruleFor(verb, request), { ...request.params, target })
  return {
    actor_type: userId === undefined ? 'group' : 'user', actor_id: (userId ?? groupId)!,
    target_type: projectId !== undefined ? 'project' : domainId !== undefined ? 'domain' : 'system', target_id: projectId ?? domainId ?? SYSTEM,
    inherited: request.path.replace(/\/$/, '').endsWith('/inherited_to_projects') ? 1 : 0, role_id: roleId,
  }
}

async function addActor(ctx: IdentityContext, target: Record<string, object>, { userId, groupId }: { userId?: string; groupId?: string }, mayBeGone: boolean): Promise<void> {
  if (userId !== undefined) {
    const user = await getUser(ctx, userId)
    if (user !== undefined) target['user'] = { id: user.id, domain_id: user.domain_id }
    else if (!mayBeGone) throw errors.UserNotFound({ id: userId })
    return
  }
  const group = await getGroup(ctx, groupId!)
  if (group !== undefined) target['group'] = { id: group.id, domain_id: group.domain_id }
  else if (!mayBeGone) throw errors.GroupNotFound({ id: groupId! })
}

async function addPlace(ctx: IdentityContext, target: Record<string, object>, { projectId, domainId }: { projectId?: string; domainId?: string }): Promise<void> {
  if (projectId !== undefined) {
    const project = await getProject(ctx, projectId)
    if (project === undefined) throw errors.ProjectNotFound({ id: projectId })
    target['project'] = { id: project.id, domain_id: project.domain_id }
  } else if (domainId !== undefined) {
    if (await getDomain(ctx, domainId) === undefined) throw errors.DomainNotFound({ id: domainId })
    target['domain'] = { id: domainId }
  }
}

export async function listGrants(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const grant = await grantOf(ctx, 'list', request)
  const who = grant.actor_type === 'user' ? { userId: grant.actor_id } : { groupIds: [grant.actor_id] }
  const rows = await listAssignments(ctx, { ...who, targetType: grant.target_type, targetIds: [grant.target_id], inherited: grant.inherited === 1 })
  const { roles } = await roleGraph(ctx)
  return collection(request, 'roles', rows.flatMap((row) => roles.get(row.role_id) ?? []).map(roleView), rolePath)
}

export async function checkGrant(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  const grant = await grantOf(ctx, 'check', request) as AssignmentRow
  if (!await hasAssignment(ctx, grant)) throw errors.RoleAssignmentNotFound({ roleId: grant.role_id, actorId: grant.actor_id, targetId: grant.target_id })
}

export async function createGrantHandler(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  await createGrant(ctx, await grantOf(ctx, 'create', request) as AssignmentRow)
}

export async function revokeGrant(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  await deleteGrant(ctx, await grantOf(ctx, 'revoke', request) as AssignmentRow)
}
