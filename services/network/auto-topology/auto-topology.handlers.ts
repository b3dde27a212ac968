/** The topology made for a project that names none. */
import { authorise } from '#core/http/context.ts'
import { readFields } from '../attributes/list-query.ts'
import { isAdmin, ownProject, type ApiRequestOf, type NetworkContext } from '../context.ts'
import { errors } from '../errors.ts'
import { topologyOf } from './auto-topology.store.ts'
import { buildTopology, removeTopology, requirements } from './build-topology.ts'

export async function showAutoTopology(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  const projectId = readProject(ctx, request)
  authorise(ctx, 'get_auto_allocated_topology', { project_id: projectId, tenant_id: projectId })
  const fields = readFields(request.query)
  if (fields !== undefined && !fields.has('dry-run')) throw errors.BadRequest({ resource: 'auto_allocate', msg: 'Unrecognized field' })
  if (fields !== undefined) await requirements(ctx)
  const id = fields !== undefined ? 'dry-run=pass' : ((await topologyOf(ctx, projectId)) ?? (await buildTopology(ctx, projectId)))
  return { auto_allocated_topology: { id, tenant_id: projectId, project_id: projectId } }
}

export async function deleteAutoTopology(ctx: NetworkContext, request: ApiRequestOf): Promise<undefined> {
  const projectId = readProject(ctx, request)
  authorise(ctx, 'delete_auto_allocated_topology', { project_id: projectId, tenant_id: projectId })
  await removeTopology(ctx, projectId)
  return undefined
}

function readProject(ctx: NetworkContext, request: ApiRequestOf): string {
  const asked = request.params['id']!
  const projectId = asked === 'None' ? ownProject(ctx) : asked
  if (projectId !== ownProject(ctx) && !isAdmin(ctx)) throw errors.NotAuthorized()
  return projectId
}
