/** /v3/services and /v3/endpoints */
import { authorise } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { IdentityContext } from '../context.ts'
import type { ServiceRow } from '../database.ts'
import { errors } from '../errors.ts'
import { applyFilters, exact, readFilters } from '../wire/filters.ts'
import { givenOf, checkInput, normalized, requireMatchingId } from '../wire/input.ts'
import { collection, member } from '../wire/links.ts'
import { EndpointCreate, EndpointUpdate, ServiceCreate, ServiceUpdate } from './catalog.schema.ts'
import { getService, listEndpoints, listServices } from './catalog.store.ts'
import { endpointPath, endpointView, serviceView } from './catalog.view.ts'
import { requireEndpoint } from './require-endpoint.ts'
import { changeEndpoint, changeService, createEndpoint, createService, removeEndpoint, removeService } from './write-service.ts'

async function requireService(ctx: IdentityContext, request: RouteRequest): Promise<ServiceRow> {
  const id = request.params['service_id']!
  const service = await getService(ctx, id)
  if (service === undefined) throw errors.ServiceNotFound({ id })
  return service
}

export async function listServicesHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const filters = readFilters(request.query, ['type', 'name'])
  const rows = await listServices(ctx, { type: exact(filters, 'type'), name: exact(filters, 'name') })
  return collection(request, 'services', applyFilters(rows.map(serviceView), filters), (s) => `services/${String(s['id'])}`)
}

export async function showService(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const service = await requireService(ctx, request)
  return member(request, 'service', `services/${service.id}`, serviceView(service))
}

export async function createServiceHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:create_service')
  const given = givenOf(request, 'service')
  checkInput(ServiceCreate, given)
  const service = await createService(ctx, normalized(given))
  return member(request, 'service', `services/${service.id}`, serviceView(service))
}

export async function updateServiceHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:update_service')
  const value = givenOf(request, 'service')
  checkInput(ServiceUpdate, value)
  requireMatchingId(value, request.params['service_id']!)
  const service = await changeService(ctx, await requireService(ctx, request), value)
  return member(request, 'service', `services/${service.id}`, serviceView(service))
}

export async function deleteServiceHandler(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  await removeService(ctx, await requireService(ctx, request))
}

export async function listEndpointsHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const filters = readFilters(request.query, ['interface', 'service_id', 'region_id'])
  const rows = await listEndpoints(ctx, { interface: exact(filters, 'interface'), serviceId: exact(filters, 'service_id'), regionId: exact(filters, 'region_id') })
  return collection(request, 'endpoints', applyFilters(rows.map(endpointView), filters), endpointPath)
}

export async function showEndpoint(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const endpoint = await requireEndpoint(ctx, request.params['endpoint_id']!)
  return member(request, 'endpoint', `endpoints/${endpoint.id}`, endpointView(endpoint))
}

export async function createEndpointHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:create_endpoint')
  const given = givenOf(request, 'endpoint')
  checkInput(EndpointCreate, given)
  const endpoint = await createEndpoint(ctx, normalized(given))
  return member(request, 'endpoint', `endpoints/${endpoint.id}`, endpointView(endpoint))
}

export async function updateEndpointHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:update_endpoint')
  const value = givenOf(request, 'endpoint')
  checkInput(EndpointUpdate, value)
  requireMatchingId(value, request.params['endpoint_id']!)
  const endpoint = await changeEndpoint(ctx, await requireEndpoint(ctx, request.params['endpoint_id']!), value)
  return member(request, 'endpoint', `endpoints/${endpoint.id}`, endpointView(endpoint))
}

export async function deleteEndpointHandler(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  await removeEndpoint(ctx, await requireEndpoint(ctx, request.params['endpoint_id']!))
}
