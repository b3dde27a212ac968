/** Changing endpoint groups and what projects see. Each change alters catalogs, so every memory of them goes. */
import { fromJson, toJson } from '#core/db/json.ts'
import { change } from '../changes.ts'
import type { IdentityContext } from '../context.ts'
import type { EndpointGroupRow } from '../database.ts'
import { errors } from '../errors.ts'
import type { Json } from '../wire/input.ts'
import { deleteEndpointGroup, deleteProjectEndpoint, deleteProjectEndpointGroup, insertEndpointGroup, insertProjectEndpoint, insertProjectEndpointGroup, updateEndpointGroup } from './endpoint-filter.store.ts'

const KEYS = ['service_id', 'region_id', 'interface']

function requireFilters(filters: Json): void {
  if (Object.keys(filters).some((key) => !KEYS.includes(key))) throw errors.ValidationError({ attribute: KEYS.join(' or '), target: 'endpoint_group' })
}

export async function createEndpointGroup(ctx: IdentityContext, value: Json): Promise<EndpointGroupRow> {
  const filters = value['filters'] as Json
  if (Object.keys(filters).length === 0) throw errors.InvalidRequest({ message: 'filters field is required and cannot be empty' })
  requireFilters(filters)
  const row = { id: ctx.ids.hex(), name: value['name'] as string, description: (value['description'] as string | null | undefined) ?? null, filters: toJson(filters) }
  await change(ctx, async (ctx) => await insertEndpointGroup(ctx, row))
  return row
}

export async function changeEndpointGroup(ctx: IdentityContext, group: EndpointGroupRow, value: Json): Promise<EndpointGroupRow> {
  if (value['filters'] !== undefined) requireFilters(value['filters'] as Json)
  const values = {
    name: (value['name'] as string | undefined) ?? group.name, description: 'description' in value ? (value['description'] as string | null) : group.description,
    filters: toJson(value['filters'] ?? fromJson<Json>(group.filters, {})),
  }
  await change(ctx, async (ctx) => await updateEndpointGroup(ctx, group.id, values))
  return { ...group, ...values }
}

export async function removeEndpointGroup(ctx: IdentityContext, group: EndpointGroupRow): Promise<void> {
  await change(ctx, async (ctx) => await deleteEndpointGroup(ctx, group.id))
}

export async function showToProject(ctx: IdentityContext, projectId: string, what: { endpointId: string } | { groupId: string }): Promise<void> {
  const taken = await change(ctx, async (ctx) => !('endpointId' in what ? await insertProjectEndpoint(ctx, projectId, what.endpointId) : await insertProjectEndpointGroup(ctx, projectId, what.groupId)))
  if (taken) throw errors.Conflict({ type: 'endpointId' in what ? 'project_endpoint' : 'project_endpoint_group', details: 'Duplicate entry' })
}

export async function hideFromProject(ctx: IdentityContext, projectId: string, what: { endpointId: string } | { groupId: string }): Promise<void> {
  await change(ctx, async (ctx) => {
    const gone = 'endpointId' in what ? await deleteProjectEndpoint(ctx, projectId, what.endpointId) : await deleteProjectEndpointGroup(ctx, projectId, what.groupId)
    if (!gone) throw notShown(projectId, what)
  })
}

export function notShown(projectId: string, what: { endpointId: string } | { groupId: string }) {
  return errors.EntityNotFound({
    message: 'endpointId' in what ? `Endpoint ${what.endpointId} not found in project ${projectId}` : 'Endpoint Group Project Association not found',
  })
}
