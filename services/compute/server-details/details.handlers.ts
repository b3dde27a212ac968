/** Small views of a server: addresses, diagnostics, the guest's password, topology, volumes. */
import type { RouteRequest } from '#core/http/route.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { agentOf, isNoSuchGuest } from '../hosts/agent-of.ts'
import { requireHost } from '../server-actions/start-work.ts'
import { findServer } from '../servers/find-server.ts'
import { updateServer } from '../servers/server.store.ts'
import { vifsOf } from '../servers/server.row.ts'
import { addressesOf } from '../servers/server.view.ts'
import { detailRules } from './details.versions.ts'

function plain(list: object[]): object[] {
  return list.map((entry) => { const { version, addr } = entry as { version: number; addr: string }; return { version, addr } })
}

export async function listAddresses(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const server = await findServer(ctx, request.params['id']!, 'os_compute_api:ips:index')
  return { addresses: Object.fromEntries(Object.entries(addressesOf(vifsOf(server))).map(([label, list]) => [label, plain(list)])) }
}

export async function showAddresses(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const server = await findServer(ctx, request.params['id']!, 'os_compute_api:ips:show')
  const label = request.params['label']!
  const addresses = addressesOf(vifsOf(server))
  if (!Object.hasOwn(addresses, label)) throw errors.NotFound({ message: 'Instance is not a member of specified network' })
  return { [label]: plain(addresses[label]!) }
}

export async function showDiagnostics(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const server = await findServer(ctx, request.params['id']!, 'os_compute_api:os-server-diagnostics')
  const host = await requireHost(ctx, server)
  const figures = await agentOf(ctx, host).diagnostics({ serverId: server.id }).catch((error: unknown) => {
    throw isNoSuchGuest(error) ? errors.ServerNotReady({ id: server.id }, { cause: error }) : error
  })
  return detailRules(request.version).standardDiagnostics ? { ...figures, driver: knownDriver(figures['driver']) } : olderDiagnostics(figures)
}

/** Names the API has for drivers. Another one shows the figures of the first, whose shape all of ours have. */
function knownDriver(name: unknown): string {
  const known = ['libvirt', 'xenapi', 'vmwareapi', 'ironic', 'hyperv']
  return typeof name === 'string' && known.includes(name) ? name : known[0]!
}

interface Figures { memory_details?: { maximum?: number; used?: number }; cpu_details?: { time?: number }[]; nic_details?: Record<string, number>[]; disk_details?: Record<string, number>[] }

/** Until 2.47 the keys were the hypervisor's own. */
function olderDiagnostics(figures: Record<string, unknown>): object {
  const { memory_details: memory, cpu_details: cpus = [], nic_details: nics = [], disk_details: disks = [] } = figures as Figures
  const flat: Record<string, number> = { memory: (memory?.maximum ?? 0) * 1024 }
  for (const [at, cpu] of cpus.entries()) flat[`cpu${at}_time`] = cpu.time ?? 0
  for (const [at, disk] of disks.entries()) {
    const name = `vd${String.fromCharCode(97 + at)}`
    Object.assign(flat, { [`${name}_read`]: disk['read_bytes'] ?? 0, [`${name}_read_req`]: disk['read_requests'] ?? 0, [`${name}_write`]: disk['write_bytes'] ?? 0, [`${name}_write_req`]: disk['write_requests'] ?? 0, [`${name}_errors`]: disk['errors_count'] ?? -1 })
  }
  for (const [at, nic] of nics.entries()) {
    for (const way of ['rx', 'tx']) {
      const name = `vnet${at}_${way}`
      Object.assign(flat, { [name]: nic[`${way}_octets`] ?? 0, [`${name}_drop`]: nic[`${way}_drop`] ?? 0, [`${name}_errors`]: nic[`${way}_errors`] ?? 0, [`${name}_packets`]: nic[`${way}_packets`] ?? 0 })
    }
  }
  return flat
}

export async function showPassword(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const server = await findServer(ctx, request.params['id']!, 'os_compute_api:os-server-password:show')
  return { password: server.password ?? '' }
}

export async function clearPassword(ctx: ComputeContext, request: RouteRequest): Promise<void> {
  const server = await findServer(ctx, request.params['id']!, 'os_compute_api:os-server-password:clear')
  await updateServer(ctx, server.id, { password: null })
}

/** Guests here have no NUMA topology of their own. */
export async function showTopology(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  await findServer(ctx, request.params['id']!, 'compute:server:topology:index')
  return { nodes: [], pagesize_kb: null }
}

export async function listVolumeAttachments(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  await findServer(ctx, request.params['id']!, 'os_compute_api:os-volumes-attachments:index')
  return { volumeAttachments: [] }
}

export async function showVolumeAttachment(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const server = await findServer(ctx, request.params['id']!, 'os_compute_api:os-volumes-attachments:show')
  throw errors.NotFound({ message: `Instance ${server.id} is not attached to volume ${request.params['volume']}` })
}

export async function attachVolume(ctx: ComputeContext, request: RouteRequest<{ volumeAttachment: { volumeId: string } }>): Promise<object> {
  await findServer(ctx, request.params['id']!, 'os_compute_api:os-volumes-attachments:create')
  throw errors.NotFound({ message: `Volume ${request.body.volumeAttachment.volumeId} could not be found.` })
}
