/** Hosts, for versions up to 2.42; later ones use services and hypervisors. */
import type { RouteRequest } from '#core/http/route.ts'
import { changeHost } from '../compute-services/change-service.ts'
import { COMPUTE, listServices } from '../compute-services/services.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { readHostFacts } from '../hypervisors/host-facts.ts'
import { amounts } from '../hypervisors/hypervisor.view.ts'
import { listSharesOfHost, type ProjectShare } from './host-use.store.ts'
import type { HostUpdate } from './host.schema.ts'
import { getHost, type HostRow } from './host.store.ts'

export async function listOsHosts(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const zone = request.query.getAll('zone').at(-1)
  const services = (await listServices(ctx)).filter((service) => !service.disabled && (!zone || service.zone === zone))
  return { hosts: services.map((service) => ({ host_name: service.host, service: service.binary.replace('nova-', ''), zone: service.zone })) }
}

/** What the host has, what is used of it, what its servers may use, and what those of each project may. */
export async function showOsHost(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const row = await find(ctx, request)
  const all = amounts((await readHostFacts(ctx))(row))
  const shares = await listSharesOfHost(ctx, row.host)
  const sum = (key: 'cpu' | 'memory_mb' | 'disk_gb'): number => shares.reduce((total, share) => total + share[key], 0)
  const resources: ProjectShare[] = [
    { project: '(total)', cpu: all.vcpus, memory_mb: all.memory_mb, disk_gb: all.local_gb },
    { project: '(used_now)', cpu: all.vcpus_used, memory_mb: all.memory_mb_used, disk_gb: all.local_gb_used },
    { project: '(used_max)', cpu: sum('cpu'), memory_mb: sum('memory_mb'), disk_gb: sum('disk_gb') },
    ...shares,
  ]
  return { host: resources.map((resource) => ({ resource: { host: row.host, ...resource } })) }
}

/** Only the status can be changed: a hypervisor of this kind has no maintenance mode. */
export async function updateOsHost(ctx: ComputeContext, request: RouteRequest<HostUpdate>): Promise<object> {
  const row = await find(ctx, request)
  const { status, maintenance_mode: maintenance } = request.body
  if (maintenance !== undefined) throw errors.FeatureNotSupported()
  if (status === undefined) return { host: row.host }
  const enabled = status.toLowerCase() === 'enable'
  await changeHost(ctx, row.host, COMPUTE, { disabled: enabled ? 0 : 1, ...(enabled ? { disabled_reason: null } : {}) })
  return { host: row.host, status: enabled ? 'enabled' : 'disabled' }
}

/** Hosts are not switched on and off from here. */
export async function refusePowerAction(ctx: ComputeContext, request: RouteRequest): Promise<never> {
  await find(ctx, request)
  throw errors.FeatureNotSupported()
}

async function find(ctx: ComputeContext, request: RouteRequest<unknown>): Promise<HostRow> {
  const host = request.params['id']!
  const row = await getHost(ctx, host)
  if (row === undefined) throw errors.HostNotFound({ host })
  return row
}
