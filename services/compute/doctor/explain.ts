/** Why a server or a compute host is as it is: what the tables know, in words. */
import { listOperations, type OperationRow, type OperationTables } from '#core/operations/store.ts'
import type { Kysely } from '#core/db/database.ts'
import type { OperationFailure } from '#core/operations/operations.ts'
import type { Explanation } from '#core/service/explain.ts'
import type { ComputeContext } from '../context.ts'
import { findAnyHost, getHost, isHostUp, type HostRow } from '../hosts/host.store.ts'
import type { Explanation as Scheduling } from '../scheduler/explanation.ts'
import { beforeResizeOf } from '../resizes/before-resize.ts'
import { flavorOf, imageOf, vifsOf, type ServerFault, type ServerRow } from '../servers/server.row.ts'
import { statusOf } from '../servers/server.states.ts'
import { getServerEvenDeleted } from '../servers/server.store.ts'
import { adviseRoom } from './advise-room.ts'
import { explainHost, hostText } from './explain-host.ts'

const REASONS_SHOWN = 10

export async function explain(ctx: ComputeContext, id: string): Promise<Explanation | undefined> {
  const server = await getServerEvenDeleted(ctx, id)
  if (server !== undefined) return await explainServer(ctx, server)
  const host = await findAnyHost(ctx, id)
  return host === undefined ? undefined : await explainHost(ctx, host)
}

interface Known { server: ServerRow; host: HostRow | undefined; unfinished: OperationRow[]; failure: OperationFailure | undefined }

async function explainServer(ctx: ComputeContext, server: ServerRow): Promise<Explanation> {
  const operations = await listOperations(ctx.db as unknown as Kysely<OperationTables>, { resourceId: server.id })
  const last = operations.at(-1)
  const known: Known = {
    server, host: server.host === null ? undefined : await getHost(ctx, server.host), unfinished: operations.filter((o) => o.state === 'running' || o.state === 'unwinding'),
    failure: last?.state === 'failed' && last.failure !== null ? JSON.parse(last.failure) as OperationFailure : undefined,
  }
  const problem = server.deleted === 1 ? undefined : problemOf(ctx, known)
  const vifs = vifsOf(server)
  return {
    type: 'server', id: server.id, name: server.display_name, status: server.deleted === 1 ? 'DELETED' : statusOf(server.vm_state, server.task_state), projectId: server.project_id,
    facts: factsOf(ctx, known), ...(problem === undefined ? {} : { problem }), advice: server.deleted === 1 ? [] : await adviceOf(ctx, known, problem),
    related: [...vifs.map((vif) => ({ type: 'port', id: vif.portId })), ...(server.image_ref === '' ? [] : [{ type: 'image', id: server.image_ref }]), ...(server.host === null ? [] : [{ type: 'compute host', id: server.host }])],
  }
}

function factsOf(ctx: ComputeContext, { server, host, unfinished }: Known): Explanation['facts'] {
  const flavor = flavorOf(server)
  const image = imageOf(server)
  const facts: Explanation['facts'] = [
    ['host', server.host === null ? 'none' : host === undefined ? `${server.host} (unknown)` : hostText(ctx, host)],
    ['flavor', `${flavor.name} (${flavor.vcpus} VCPU, ${flavor.ram} MiB memory, ${flavor.disk} GiB disk)`],
    ['image', server.image_ref === '' ? 'none' : `${server.image_ref}${image.name === null ? '' : ` (${image.name})`}`],
    ['addresses', vifsOf(server).flatMap((vif) => [...vif.fixedIps, ...vif.floatingIps].map((ip) => `${ip.address} on ${vif.label}`)).join(', ') || 'none'],
    ['created', server.created_at],
  ]
  if (server.launched_at !== null) facts.push(['launched', server.launched_at])
  if (server.deleted_at !== null) facts.push(['deleted', server.deleted_at])
  if (server.task_state !== null) facts.push(['task', server.task_state])
  for (const operation of unfinished) facts.push(['under way', `${operation.name}${operation.current_step === null ? '' : `, at ${operation.current_step} since ${operation.step_started_at}`}`])
  if (server.locked_by !== null) facts.push(['locked', `by ${server.locked_by}${server.locked_reason === null ? '' : `: ${server.locked_reason}`}`])
  return facts
}

function problemOf(ctx: ComputeContext, { server, host, unfinished, failure }: Known): string | undefined {
  if (server.vm_state === 'error' || failure !== undefined) {
    const fault = server.fault === null ? undefined : JSON.parse(server.fault) as ServerFault
    const refusals = schedulingOf(failure)?.refusals ?? []
    const shown = refusals.slice(0, REASONS_SHOWN).map((r) => `${r.host}: ${r.reason} (${r.filter})`)
    const more = refusals.length > REASONS_SHOWN ? `; and ${refusals.length - REASONS_SHOWN} more` : ''
    const message = failure?.message ?? fault?.message ?? 'It was put into ERROR by hand.'
    return shown.length === 0 ? message : `${message} Host by host: ${shown.join('; ')}${more}`
  }
  if (host !== undefined && !isHostUp(ctx, host)) return `Its host ${host.host} is silent: what is shown may be old.`
  if ((server.task_state !== null || server.vm_state === 'building') && unfinished.length === 0) return `It says ${server.task_state ?? 'building'}, and nothing is being done with it.`
  return undefined
}

function schedulingOf(failure: OperationFailure | undefined): Scheduling | undefined {
  return (failure?.data as { explanation?: Scheduling } | null | undefined)?.explanation
}

async function adviceOf(ctx: ComputeContext, { server, host, failure }: Known, problem: string | undefined): Promise<string[]> {
  if (problem === undefined) return adviceForState(server)
  if (host !== undefined && !isHostUp(ctx, host)) return [`Look after the compute agent on ${host.host}; nacre why ${host.host} tells more.`]
  switch (failure?.kind) {
    case 'NoValidHost': return await adviseRoom(ctx, server, schedulingOf(failure)?.refusals ?? [])
    case 'PortBindingFailed': case 'VirtualInterfaceCreateException': return ['See whether the network agent of the host is alive: openstack network agent list', ...retry(server)]
    case 'ImageUnacceptable': return ['Use another image, or one in another format: openstack image show', ...retry(server)]
    case 'FlavorDiskTooSmall': return ['Use a flavor with more disk: openstack flavor list', ...retry(server)]
    case 'Cancelled': return []
    default: return server.vm_state === 'error' ? retry(server) : failure === undefined ? ['nacre doctor --repair'] : [`Try again; nacre logs ${server.id} shows what the host said.`]
  }
}

function retry(server: ServerRow): string[] {
  return server.host === null ? [`Delete it and create it again: openstack server delete ${server.id}`]
    : [`Start it anew: openstack server reboot --hard ${server.id}`, `nacre logs ${server.id}`]
}

function adviceForState(server: ServerRow): string[] {
  if (beforeResizeOf(server) !== undefined && server.task_state === null) return [`Keep the new size: openstack server resize confirm ${server.id}`, `Or go back: openstack server resize revert ${server.id}`]
  if (server.task_state !== null) return []
  switch (server.vm_state) {
    case 'stopped': return [`openstack server start ${server.id}`]
    case 'paused': return [`openstack server unpause ${server.id}`]
    case 'suspended': return [`openstack server resume ${server.id}`]
    case 'rescued': return [`openstack server unrescue ${server.id}`]
    case 'shelved': case 'shelved_offloaded': return [`openstack server unshelve ${server.id}`]
    case 'soft-delete': return [`openstack server restore ${server.id}`]
    default: return []
  }
}
