/** /v3/projects */
import { authorise } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { IdentityContext } from '../context.ts'
import { applyFilters, exact, isTrue, readFilters } from '../wire/filters.ts'
import { bodyOf, checkInput, normalized, requireMatchingId } from '../wire/input.ts'
import { collection, member } from '../wire/links.ts'
import { createProject } from './create-project.ts'
import { deleteProject } from './delete-project.ts'
import { hierarchyOf } from './project-hierarchy.ts'
import { PROJECT_ATTRIBUTES, ProjectCreate, ProjectUpdate } from './project.schema.ts'
import { listProjects, listTags } from './project.store.ts'
import { projectView } from './project.view.ts'
import { requireProject } from './require-project.ts'
import { changeProject } from './update-project.ts'

const FILTERS = ['domain_id', 'enabled', 'name', 'parent_id', 'is_domain']

export async function listProjectsHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const ownDomain = ctx.identity.domain?.id
  authorise(ctx, 'identity:list_projects', { target: ownDomain === undefined ? {} : { domain_id: ownDomain } })
  const filters = readFilters(request.query, FILTERS)
  const enabled = exact(filters, 'enabled')
  const isDomain = exact(filters, 'is_domain')
  const rows = await listProjects(ctx, {
    domainId: exact(filters, 'domain_id'), name: exact(filters, 'name'), parentId: exact(filters, 'parent_id'),
    enabled: enabled === undefined ? undefined : isTrue(enabled), isDomain: isDomain === undefined ? false : isTrue(isDomain),
  })
  const visible = ownDomain === undefined ? rows : rows.filter((row) => row.domain_id === ownDomain)
  const tags = await listTags(ctx, visible.map((row) => row.id))
  const views = applyFilters(visible.map((row) => projectView(row, tags.get(row.id))), filters)
  return collection(request, 'projects', views.filter((view) => hasTags(view['tags'] as string[], request.query)), (p) => `projects/${String(p['id'])}`)
}

/** `tags` all of them, `tags-any` one of them, and their opposites. */
function hasTags(tags: string[], query: URLSearchParams): boolean {
  const wanted = (name: string): string[] | undefined => query.get(name)?.split(',')
  const [all, any, notAll, notAny] = [wanted('tags'), wanted('tags-any'), wanted('not-tags'), wanted('not-tags-any')]
  return (all === undefined || all.every((t) => tags.includes(t))) && (any === undefined || any.some((t) => tags.includes(t)))
    && (notAll === undefined || !notAll.every((t) => tags.includes(t))) && (notAny === undefined || !notAny.some((t) => tags.includes(t)))
}

export async function showProject(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const project = await requireProject(ctx, 'identity:get_project', request.params['project_id']!)
  const tags = await listTags(ctx, [project.id])
  return member(request, 'project', `projects/${project.id}`, { ...projectView(project, tags.get(project.id)), ...await hierarchyOf(ctx, request, project) })
}

export async function createProjectHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const given = bodyOf(request, 'project')
  authorise(ctx, 'identity:create_project', { target: { project: given } })
  checkInput(ProjectCreate, given)
  const value = normalized(given)
  if (value['is_domain'] !== true) value['domain_id'] ||= ctx.identity.domain?.id ?? 'default'
  const { row, tags } = await createProject(ctx, { id: ctx.ids.hex(), value, known: PROJECT_ATTRIBUTES })
  return member(request, 'project', `projects/${row.id}`, projectView(row, tags))
}

export async function updateProjectHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const project = await requireProject(ctx, 'identity:update_project', request.params['project_id']!)
  const value = bodyOf(request, 'project')
  checkInput(ProjectUpdate, value)
  requireMatchingId(value, project.id)
  const { row, tags } = await changeProject(ctx, project, value, PROJECT_ATTRIBUTES)
  return member(request, 'project', `projects/${row.id}`, projectView(row, tags))
}

export async function deleteProjectHandler(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  await deleteProject(ctx, await requireProject(ctx, 'identity:delete_project', request.params['project_id']!))
}
