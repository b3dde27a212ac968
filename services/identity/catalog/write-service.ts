/** Changing services and endpoints. */
import { flag, fromJson, toJson } from '#core/db/json.ts'
import { change } from '../changes.ts'
import type { IdentityContext } from '../context.ts'
import type { EndpointRow, ServiceRow } from '../database.ts'
import { errors } from '../errors.ts'
import { extraOf, type Json } from '../wire/input.ts'
import { isEndpointUrl } from './catalog.ts'
import { ENDPOINT_ATTRIBUTES, SERVICE_ATTRIBUTES } from './catalog.schema.ts'
import { deleteEndpoint, deleteService, getRegion, getService, insertEndpoint, insertRegion, insertService, updateEndpoint, updateService } from './catalog.store.ts'

export async function createService(ctx: IdentityContext, value: Json): Promise<ServiceRow> {
  const row: ServiceRow = {
    id: ctx.ids.hex(), type: value['type'] as string, name: (value['name'] as string | undefined) ?? '', enabled: flag(value['enabled'] !== false), extra: toJson(extraOf(value, SERVICE_ATTRIBUTES)),
  }
  await change(ctx, async (ctx) => await insertService(ctx, row))
  return row
}

export async function changeService(ctx: IdentityContext, service: ServiceRow, value: Json): Promise<ServiceRow> {
  const values = {
    type: (value['type'] as string | undefined) ?? service.type, name: (value['name'] as string | undefined) ?? service.name,
    enabled: 'enabled' in value ? flag(value['enabled'] as boolean) : service.enabled, extra: toJson({ ...fromJson<Json>(service.extra, {}), ...extraOf(value, SERVICE_ATTRIBUTES) }),
  }
  await change(ctx, async (ctx) => await updateService(ctx, service.id, values))
  return { ...service, ...values }
}

export async function removeService(ctx: IdentityContext, service: ServiceRow): Promise<void> {
  await change(ctx, async (ctx) => await deleteService(ctx, service.id))
}

export async function createEndpoint(ctx: IdentityContext, value: Json): Promise<EndpointRow> {
  if (!isEndpointUrl(value['url'] as string)) throw errors.URLValidationError({ url: value['url'] as string })
  const row: EndpointRow = {
    id: ctx.ids.hex(), service_id: value['service_id'] as string, region_id: regionIdOf(value) ?? null, interface: value['interface'] as string, url: value['url'] as string,
    enabled: flag(value['enabled'] !== false), extra: toJson(extraOf(value, ENDPOINT_ATTRIBUTES)),
  }
  await change(ctx, async (ctx) => {
    await requirePlaces(ctx, value)
    await insertEndpoint(ctx, row)
  })
  return row
}

export async function changeEndpoint(ctx: IdentityContext, endpoint: EndpointRow, value: Json): Promise<EndpointRow> {
  const values = {
    service_id: (value['service_id'] as string | undefined) ?? endpoint.service_id, region_id: regionIdOf(value) ?? endpoint.region_id, interface: (value['interface'] as string | undefined) ?? endpoint.interface,
    url: (value['url'] as string | undefined) ?? endpoint.url, enabled: 'enabled' in value ? flag(value['enabled'] as boolean) : endpoint.enabled,
    extra: toJson({ ...fromJson<Json>(endpoint.extra, {}), ...extraOf(value, ENDPOINT_ATTRIBUTES) }),
  }
  await change(ctx, async (ctx) => {
    await requirePlaces(ctx, value)
    await updateEndpoint(ctx, endpoint.id, values)
  })
  return { ...endpoint, ...values }
}

export async function removeEndpoint(ctx: IdentityContext, endpoint: EndpointRow): Promise<void> {
  await change(ctx, async (ctx) => await deleteEndpoint(ctx, endpoint.id))
}

/** `region` is the older spelling of `region_id`. */
function regionIdOf(value: Json): string | undefined {
  return (value['region_id'] ?? value['region']) as string | undefined
}

/** The region named the old way is made if it is not there; named by `region_id` it must exist. */
async function requirePlaces(ctx: IdentityContext, value: Json): Promise<void> {
  const regionId = regionIdOf(value)
  if (regionId !== undefined && await getRegion(ctx, regionId) === undefined) {
    if (value['region_id'] !== undefined) throw errors.ValidationError({ attribute: 'endpoint region_id', target: 'region table' })
    if (regionId.length > 255) throw errors.StringLengthExceeded({ string: regionId, type: 'region', length: 255 })
    await insertRegion(ctx, { id: regionId, description: '', parent_region_id: null, extra: '{}' })
  }
  const serviceId = value['service_id'] as string | undefined
  if (serviceId !== undefined && await getService(ctx, serviceId) === undefined) throw errors.ValidationError({ attribute: 'endpoint service_id', target: 'service table' })
}
