/** /v3/OS-EP-FILTER */
import { authorise } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { Type } from '#core/schema/schema.ts'
import { listEndpoints } from '../catalog/catalog.store.ts'
import { endpointPath, endpointView } from '../catalog/catalog.view.ts'
import { requireEndpoint } from '../catalog/require-endpoint.ts'
import type { IdentityContext } from '../context.ts'
import type { EndpointGroupRow } from '../database.ts'
import { errors } from '../errors.ts'
import { getProject, listProjects, listTags } from '../projects/project.store.ts'
import { projectView } from '../projects/project.view.ts'
import { applyFilters, exact, readFilters } from '../wire/filters.ts'
import { bodyOf, checkInput, requireMatchingId } from '../wire/input.ts'
import { collection, member } from '../wire/links.ts'
import { Description, Name, Nullable } from '../wire/types.schema.ts'
import { getEndpointGroup, listEndpointGroups, listEndpointProjectIds, listGroupProjectIds, listProjectEndpointIds } from './endpoint-filter.store.ts'
import { filtersOf, groupPath, groupView } from './endpoint-group.view.ts'
import { endpointsOfProject, matchesFilters } from './project-endpoints.ts'
import { changeEndpointGroup, createEndpointGroup, hideFromProject, notShown, removeEndpointGroup, showToProject } from './write-endpoint-filter.ts'

const Filters = Type.Object({})
const GroupCreate = Type.Object({ description: Type.Optional(Nullable(Description)), filters: Filters, name: Name })
const GroupUpdate = Type.Object({ description: Type.Optional(Nullable(Description)), filters: Type.Optional(Filters), name: Type.Optional(Name) }, { minProperties: 1 })

async function requireGroup(ctx: IdentityContext, request: RouteRequest): Promise<EndpointGroupRow> {
  const id = request.params['endpoint_group_id']!
  const group = await getEndpointGroup(ctx, id)
  if (group === undefined) throw errors.EndpointGroupNotFound({ id })
  return group
}

async function requireProjectId(ctx: IdentityContext, request: RouteRequest): Promise<string> {
  const id = request.params['project_id']!
  if (await getProject(ctx, id) === undefined) throw errors.ProjectNotFound({ id })
  return id
}

export async function listGroupsHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const filters = readFilters(request.query, ['name'])
  return collection(request, 'endpoint_groups', applyFilters((await listEndpointGroups(ctx, { name: exact(filters, 'name') })).map(groupView), filters), groupPath)
}

export async function showGroup(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const view = groupView(await requireGroup(ctx, request))
  return member(request, 'endpoint_group', groupPath(view), view)
}

export async function createGroup(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:create_endpoint_group')
  const value = bodyOf(request, 'endpoint_group')
  checkInput(GroupCreate, value)
  const view = groupView(await createEndpointGroup(ctx, value))
  return member(request, 'endpoint_group', groupPath(view), view)
}

export async function updateGroup(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:update_endpoint_group')
  const value = bodyOf(request, 'endpoint_group')
  checkInput(GroupUpdate, value)
  requireMatchingId(value, request.params['endpoint_group_id']!)
  const view = groupView(await changeEndpointGroup(ctx, await requireGroup(ctx, request), value))
  return member(request, 'endpoint_group', groupPath(view), view)
}

export async function deleteGroup(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  await removeEndpointGroup(ctx, await requireGroup(ctx, request))
}

async function projectsView(ctx: IdentityContext, request: RouteRequest, ids: string[]): Promise<object> {
  const rows = await listProjects(ctx, { ids })
  const tags = await listTags(ctx, ids)
  return collection(request, 'projects', rows.map((row) => projectView(row, tags.get(row.id))), (p) => `projects/${String(p['id'])}`)
}

export async function listEndpointProjects(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const endpoint = await requireEndpoint(ctx, request.params['endpoint_id']!)
  return await projectsView(ctx, request, await listEndpointProjectIds(ctx, endpoint.id))
}

export async function listGroupProjects(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const group = await requireGroup(ctx, request)
  return await projectsView(ctx, request, await listGroupProjectIds(ctx, group.id))
}

export async function listGroupEndpoints(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const filters = filtersOf(await requireGroup(ctx, request))
  return collection(request, 'endpoints', (await listEndpoints(ctx, {})).filter((e) => matchesFilters(e, filters)).map(endpointView), endpointPath)
}

export async function listProjectEndpoints(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const seen = await endpointsOfProject(ctx, await requireProjectId(ctx, request))
  return collection(request, 'endpoints', (await listEndpoints(ctx, {})).filter((e) => seen?.has(e.id) === true).map(endpointView), endpointPath)
}

export async function listProjectGroups(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const projectId = await requireProjectId(ctx, request)
  return collection(request, 'endpoint_groups', (await listEndpointGroups(ctx, { projectId })).map(groupView), groupPath)
}

async function pairOf(ctx: IdentityContext, request: RouteRequest): Promise<{ projectId: string; what: { endpointId: string } | { groupId: string } }> {
  const endpointId = request.params['endpoint_id']
  const what = endpointId === undefined ? { groupId: (await requireGroup(ctx, request)).id } : { endpointId: (await requireEndpoint(ctx, endpointId)).id }
  return { projectId: await requireProjectId(ctx, request), what }
}

export async function addToProject(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  const { projectId, what } = await pairOf(ctx, request)
  await showToProject(ctx, projectId, what)
}

export async function removeFromProject(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  const { projectId, what } = await pairOf(ctx, request)
  await hideFromProject(ctx, projectId, what)
}

export async function checkEndpointInProject(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  const { projectId, what } = await pairOf(ctx, request)
  if (!(await listProjectEndpointIds(ctx, projectId)).includes((what as { endpointId: string }).endpointId)) throw notShown(projectId, what)
}

export async function showGroupInProject(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const { projectId, what } = await pairOf(ctx, request)
  const { groupId } = what as { groupId: string }
  if (!(await listGroupProjectIds(ctx, groupId)).includes(projectId)) throw notShown(projectId, what)
  return { project_endpoint_group: { endpoint_group_id: groupId, project_id: projectId, links: { self: `/OS-EP-FILTER/endpoint_groups/${groupId}/projects/${projectId}` } } }
}
