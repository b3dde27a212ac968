/** Services: list, change, forget. */
import type { RouteRequest } from '#core/http/route.ts'
import { listAggregatesWithHosts, zoneOfHost } from '../aggregates/aggregate.store.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { flagOr, readFlag } from '../schema/read-values.ts'
import { changeHost, findService, forgetService, type HostChange } from './change-service.ts'
import type { NamedServiceUpdate, ServiceUpdate } from './service.schema.ts'
import { canForceDown, namesByUuid } from './service.versions.ts'
import { serviceView } from './service.view.ts'
import { listServices, ofHost } from './services.ts'

export async function listServicesHandler(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const host = request.query.getAll('host').at(-1)
  const binary = request.query.getAll('binary').at(-1)
  const services = (await listServices(ctx)).filter((s) => (!host || s.host === host) && (!binary || s.binary === binary))
  return { services: services.map((service) => serviceView(service, namesByUuid(request.version))) }
}

/** Since 2.53. */
export async function updateService(ctx: ComputeContext, request: RouteRequest<ServiceUpdate>): Promise<object> {
  const id = request.params['id']!
  const service = await findService(ctx, id, true)
  if (service === undefined) throw errors.ServiceNotFound({ id })
  const row = await changeHost(ctx, service.host, service.binary, changeOf(request.body))
  const zone = zoneOfHost(ctx, await listAggregatesWithHosts(ctx), row.host)
  return { service: serviceView(ofHost(ctx, row, zone), true) }
}

function changeOf({ status, disabled_reason: reason, forced_down: down }: ServiceUpdate): HostChange {
  if (status === undefined && down === undefined) throw errors.NothingToUpdate()
  if (status === 'enabled' && reason !== undefined) throw errors.ReasonWhileEnabled()
  return {
    ...(status === undefined ? {} : { disabled: status === 'disabled' ? 1 : 0, disabled_reason: status === 'disabled' ? reason ?? null : null }),
    ...(down === undefined ? {} : { forced_down: readFlag(down) === true ? 1 : 0 }),
  }
}

/** Before 2.53 the path says what to do, and the body to whom. */
export async function actOnService(ctx: ComputeContext, request: RouteRequest<NamedServiceUpdate>): Promise<object> {
  const { host, binary, disabled_reason: reason, forced_down: down } = request.body
  const act = async (change: HostChange, shown: object): Promise<object> => {
    await changeHost(ctx, host, binary, change)
    return { service: { host, binary, ...shown } }
  }
  switch (request.params['id']) {
    case 'enable': return await act({ disabled: 0, disabled_reason: null }, { status: 'enabled' })
    case 'disable': return await act({ disabled: 1, disabled_reason: null }, { status: 'disabled' })
    case 'disable-log-reason':
      if (reason === undefined) throw errors.ServiceFieldMissing({ field: 'disabled reason' })
      return await act({ disabled: 1, disabled_reason: reason }, { status: 'disabled', disabled_reason: reason })
    case 'force-down': {
      if (!canForceDown(request.version)) throw errors.ServiceActionUnknown()
      if (down === undefined) throw errors.ServiceFieldMissing({ field: 'forced_down' })
      const forced = flagOr(down, false)
      return await act({ forced_down: forced ? 1 : 0 }, { forced_down: forced })
    }
    default: throw errors.ServiceActionUnknown()
  }
}

export async function deleteService(ctx: ComputeContext, request: RouteRequest): Promise<undefined> {
  await forgetService(ctx, request.params['id']!, namesByUuid(request.version))
}
