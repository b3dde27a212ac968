/** /v3/role_assignments */
import { authorise } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { IdentityContext } from '../context.ts'
import { errors } from '../errors.ts'
import { getProject, listProjects } from '../projects/project.store.ts'
import { isSet } from '../wire/filters.ts'
import { collection } from '../wire/links.ts'
import { namesFor } from './assignment-names.ts'
import { assignmentView } from './assignment.view.ts'
import type { Assignment } from './expand.ts'
import { findAssignments, type Question } from './find-assignments.ts'

export async function listRoleAssignments(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const { query } = request
  const ownDomain = ctx.identity.domain?.id
  if (isSet(query, 'include_subtree')) await authoriseTree(ctx, query)
  else authorise(ctx, 'identity:list_role_assignments', { target: ownDomain === undefined ? {} : { domain_id: ownDomain } })
  const found = await findAssignments(ctx, readQuestion(query))
  const visible = ownDomain === undefined ? found : await inDomain(ctx, found, ownDomain)
  const names = isSet(query, 'include_names') ? await namesFor(ctx, visible) : undefined
  return collection(request, 'role_assignments', visible.map((a) => assignmentView(request.baseUrl, a, names)))
}

async function authoriseTree(ctx: IdentityContext, query: URLSearchParams): Promise<void> {
  const id = query.get('scope.project.id')
  const project = id ? await getProject(ctx, id) : undefined
  if (id && project === undefined) throw errors.ProjectNotFound({ id })
  authorise(ctx, 'identity:list_role_assignments_for_tree', { target: project === undefined ? {} : { project: { id: project.id, domain_id: project.domain_id } } })
  if (!id) throw errors.InvalidRequest({ message: 'scope.project.id must be specified if include_subtree is also specified' })
}

function readQuestion(query: URLSearchParams): Question {
  const value = (name: string): string | undefined => query.get(name) || undefined
  const [domainId, projectId, system, userId, groupId] = [value('scope.domain.id'), value('scope.project.id'), value('scope.system'), value('user.id'), value('group.id')]
  const refuse = (message: string): never => { throw errors.InvalidRequest({ message }) }
  if (domainId !== undefined && projectId !== undefined) refuse('Specify a domain or project, not both')
  if (domainId !== undefined && system !== undefined) refuse('Specify system or domain, not both')
  if (projectId !== undefined && system !== undefined) refuse('Specify system or project, not both')
  if (userId !== undefined && groupId !== undefined) refuse('Specify a user or group, not both')
  const inheritedTo = query.get('scope.OS-INHERIT:inherited_to')
  const inherited = inheritedTo === null ? undefined : inheritedTo === 'projects'
  const effective = isSet(query, 'effective')
  if (effective && groupId !== undefined) refuse('Combining effective and group filter will always result in an empty list.')
  if (effective && inherited === true && domainId !== undefined) refuse('Combining effective, domain and inherited filters will always result in an empty list.')
  return { roleId: value('role.id'), userId, groupId, domainId, projectId, system: system === 'all', inherited, effective, includeSubtree: isSet(query, 'include_subtree') }
}

/** What a token of a domain may see: assignments on the domain and on its projects. */
async function inDomain(ctx: IdentityContext, assignments: Assignment[], domainId: string): Promise<Assignment[]> {
  const projects = new Set((await listProjects(ctx, { domainId })).map((project) => project.id))
  return assignments.filter((a) => a.domainId === domainId || (a.projectId !== undefined && projects.has(a.projectId)))
}
