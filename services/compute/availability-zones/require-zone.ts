/** The zone somebody asks for: it must have a service that is enabled, and the host they name must lie in it. */
import { listAggregatesWithHosts, zoneOfHost } from '../aggregates/aggregate.store.ts'
import { listServices } from '../compute-services/services.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'

export async function requireZone(ctx: ComputeContext, zone: string): Promise<void> {
  const services = await listServices(ctx)
  if (!services.some((service) => service.zone === zone && !service.disabled)) throw errors.BadRequest({ message: 'The requested availability zone is not available' })
}

export async function requireHostInZone(ctx: ComputeContext, host: string, zone: string): Promise<void> {
  if (zoneOfHost(ctx, await listAggregatesWithHosts(ctx), host) !== zone) throw errors.Conflict({ message: `Host "${host}" is not in the availability zone "${zone}".` })
}
