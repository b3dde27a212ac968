/** /v3/policies and /v3/policies/{id}/OS-ENDPOINT-POLICY */
import { authorise } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { Type } from '#core/schema/schema.ts'
import { getRegion, getService, listEndpoints, listRegions } from '../catalog/catalog.store.ts'
import { endpointPath, endpointView } from '../catalog/catalog.view.ts'
import { requireEndpoint } from '../catalog/require-endpoint.ts'
import type { IdentityContext } from '../context.ts'
import type { PolicyRow } from '../database.ts'
import { errors } from '../errors.ts'
import { applyFilters, exact, readFilters } from '../wire/filters.ts'
import { bodyOf, checkInput, normalized } from '../wire/input.ts'
import { collection, member } from '../wire/links.ts'
import { attachedPolicy, getPolicy, listAttachments, listPolicies, type Attachment } from './policy.store.ts'
import { policyView } from './policy.view.ts'
import { attach, changePolicy, createPolicy, detach, removePolicy } from './write-policy.ts'

const PolicyType = Type.String({ maxLength: 255 })
const PolicyCreate = Type.Object({ blob: Type.String(), type: PolicyType })
const PolicyUpdate = Type.Object({ blob: Type.Optional(Type.String()), type: Type.Optional(PolicyType) }, { minProperties: 1 })

async function requirePolicy(ctx: IdentityContext, request: RouteRequest): Promise<PolicyRow> {
  const id = request.params['policy_id']!
  const policy = await getPolicy(ctx, id)
  if (policy === undefined) throw errors.PolicyNotFound({ id })
  return policy
}

export async function listPoliciesHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const filters = readFilters(request.query, ['type'])
  const views = (await listPolicies(ctx, exact(filters, 'type'))).map(policyView)
  return collection(request, 'policies', applyFilters(views, filters), (p) => `policies/${String(p['id'])}`)
}

export async function showPolicy(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const policy = await requirePolicy(ctx, request)
  return member(request, 'policy', `policies/${policy.id}`, policyView(policy))
}

export async function createPolicyHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:create_policy')
  const given = bodyOf(request, 'policy')
  checkInput(PolicyCreate, given)
  const policy = await createPolicy(ctx, normalized(given))
  return member(request, 'policy', `policies/${policy.id}`, policyView(policy))
}

export async function updatePolicyHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:update_policy')
  const value = bodyOf(request, 'policy')
  checkInput(PolicyUpdate, value)
  const policy = await changePolicy(ctx, await requirePolicy(ctx, request), value)
  return member(request, 'policy', `policies/${policy.id}`, policyView(policy))
}

export async function deletePolicyHandler(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  await removePolicy(ctx, await requirePolicy(ctx, request))
}

/** What the path names: an endpoint, a service, or a service in a region. All of it must exist. */
async function attachmentOf(ctx: IdentityContext, request: RouteRequest): Promise<Attachment> {
  const { endpoint_id: endpointId, service_id: serviceId, region_id: regionId } = request.params
  if (endpointId !== undefined) await requireEndpoint(ctx, endpointId)
  if (serviceId !== undefined && await getService(ctx, serviceId) === undefined) throw errors.ServiceNotFound({ id: serviceId })
  if (regionId !== undefined && await getRegion(ctx, regionId) === undefined) throw errors.RegionNotFound({ id: regionId })
  return { endpoint_id: endpointId ?? '', service_id: serviceId ?? '', region_id: regionId ?? '' }
}

export async function checkAttachment(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  const policy = await requirePolicy(ctx, request)
  if (await attachedPolicy(ctx, await attachmentOf(ctx, request)) !== policy.id) throw errors.PolicyAssociationNotFound()
}

export async function createAttachment(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  const policy = await requirePolicy(ctx, request)
  await attach(ctx, policy, await attachmentOf(ctx, request))
}

export async function deleteAttachment(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  const policy = await requirePolicy(ctx, request)
  await detach(ctx, policy, await attachmentOf(ctx, request))
}

/** Endpoints a policy reaches; an attachment to a region reaches the regions below it. */
export async function listPolicyEndpoints(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const policy = await requirePolicy(ctx, request)
  const [attachments, regions, endpoints] = [await listAttachments(ctx, policy.id), await listRegions(ctx), await listEndpoints(ctx, {})]
  const found = attachments.flatMap((a) => {
    if (a.endpoint_id !== '') return endpoints.filter((e) => e.id === a.endpoint_id)
    const within = [a.region_id]
    for (const id of within) within.push(...regions.filter((r) => r.parent_region_id === id && !within.includes(r.id)).map((r) => r.id))
    return endpoints.filter((e) => e.service_id === a.service_id && (a.region_id === '' || within.includes(e.region_id ?? '')))
  })
  return collection(request, 'endpoints', found.map(endpointView), endpointPath)
}

/** The policy of an endpoint: its own, else that of its service in the nearest region upwards, else that of its service. */
export async function showEndpointPolicy(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const endpoint = await requireEndpoint(ctx, request.params['endpoint_id']!)
  const parents = new Map((await listRegions(ctx)).map((r) => [r.id, r.parent_region_id]))
  let id = await attachedPolicy(ctx, { endpoint_id: endpoint.id, service_id: '', region_id: '' })
  for (let region = endpoint.region_id; id === undefined && region !== null; region = parents.get(region) ?? null) {
    id = await attachedPolicy(ctx, { endpoint_id: '', service_id: endpoint.service_id, region_id: region })
  }
  id ??= await attachedPolicy(ctx, { endpoint_id: '', service_id: endpoint.service_id, region_id: '' })
  const policy = id === undefined ? undefined : await getPolicy(ctx, id)
  if (policy === undefined) throw errors.EntityNotFound({ message: `No policy is associated with endpoint ${endpoint.id}.` })
  return member(request, 'policy', `endpoints/${policy.id}`, policyView(policy))
}
