/**
 * How a server comes to be, in durable steps:
 *
 *     select-host → claim-resources → bind-port (each) → spawn (paused) → wait-for-network → activate
 *
 * The guest starts paused and goes on when the network says its ports are wired: no first DHCP request is lost. A
 * host that fails is left out and the next is tried; when none is left the server goes to ERROR with the reasons.
 */
import { defineOperation, each, nothing, step, StepFailed, type Step } from '#core/operations/define.ts'
import { toJson } from '#core/db/json.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ComputeContext } from '../context.ts'
import { agentOf, isHostFault } from '../hosts/agent-of.ts'
import { noteBuild } from '../hosts/host.store.ts'
import { chooseHost, claimRoom, excludedHosts, leaveOutHost, type Chosen } from '../scheduler/choose-host.ts'
import { securityGroupNames } from './network-cache.ts'
import type { NicRequest } from './requested-networks.ts'
import { bindPort, ensurePort, removePort, unbindPort, vifOf, type BoundPort, type Port } from './server-ports.ts'
import { faultOf } from './server-fault.ts'
import { serverSpec } from './server-spec.ts'
import type { ServerRow, Vif } from './server.row.ts'
import { POWER, type TaskState } from './server.states.ts'
import { getServer, moveServer } from './server.store.ts'
import { waitForWires } from './wait-for-wires.ts'

/** Where the user wants it: a zone, a host past the filters, or a host through them. */
export interface Destination { zone: string | null; forcedHost: string | null; forcedNode: string | null; requestedHost: string | null; requestedNode: string | null }

export interface CreateServerInput {
  serverId: string
  nics: NicRequest[]
  /** Ids; null leaves the choice to network. */
  securityGroups: string[] | null
  destination: Destination
  files: { path: string; contents: string }[]
  /** Only where the config drive shows it. */
  adminPass: string | null
}

interface Bound { port: BoundPort }

const BUILDING: readonly (TaskState | null)[] = ['scheduling', 'networking', 'block_device_mapping', 'spawning', null]

/** The server while it is being built; anything else means that somebody took it away. */
async function building(ctx: ComputeContext, serverId: string): Promise<ServerRow> {
  const row = await getServer(ctx, serverId)
  if (row === undefined || row.vm_state !== 'building' || !BUILDING.includes(row.task_state)) throw new StepFailed('ServerGone', `server ${serverId} is no longer being built`)
  return row
}

async function advance(ctx: ComputeContext, serverId: string, set: Partial<ServerRow>): Promise<void> {
  if (!(await moveServer(ctx, serverId, { vmStates: ['building'], tasks: BUILDING }, set))) throw new StepFailed('ServerGone', `server ${serverId} is no longer being built`)
}

const selectHost = step<CreateServerInput, ComputeContext>({
  name: 'select-host', title: 'choose a host',
  async do(ctx, { input, carried }) {
    const row = await building(ctx, input.serverId)
    const excluded = excludedHosts(carried)
    if (Object.keys(excluded).length >= ctx.config.maxSchedulingAttempts) {
      throw new StepFailed('NoValidHost', `Exceeded maximum number of retries. Exhausted all hosts available for retrying build failures for instance ${row.id}.`, { data: { details: Object.entries(excluded).map(([host, why]) => `${host}: ${why}`).join('\n') } })
    }
    return await chooseHost(ctx, row, input.destination, excluded)
  },
  undo: nothing('choosing changes nothing'),
})

const claimResources = step<CreateServerInput, ComputeContext>({
  name: 'claim-resources', title: 'claim resources',
  async do(ctx, { input, results }) {
    const row = await building(ctx, input.serverId)
    const chosen = results['select-host'] as Chosen
    await claimRoom(ctx, row, chosen)
    await advance(ctx, row.id, { host: chosen.host, node: chosen.node, availability_zone: chosen.zone, task_state: 'networking' })
  },
  async undo(ctx, { input }) {
    await ctx.clients.placement.deleteAllocations(ctx, input.serverId)
    await moveServer(ctx, input.serverId, { vmStates: ['building'], tasks: BUILDING }, { host: null, node: null, network_info: '[]', task_state: 'scheduling' })
  },
})

function nicKey(nic: NicRequest): string {
  return String(nic.index)
}

function bindStep(nic: NicRequest): Step<CreateServerInput, ComputeContext> {
  return {
    name: `bind-port:${nic.index}`, title: `plug into ${nic.label}`,
    async do(ctx, { input, results }) {
      const row = await building(ctx, input.serverId)
      const { host, zone } = results['select-host'] as Chosen
      const owner = { serverId: row.id, projectId: row.project_id, host, zone, hostname: row.hostname }
      const port = nic.portId === null ? await ensurePort(ctx, owner, nic, nicKey(nic), input.securityGroups) : await bindPort(ctx, owner, nic.portId)
      if (port['binding:vif_type'] === 'binding_failed') {
        throw new StepFailed('PortBindingFailed', `Binding failed for port ${port.id}, please check neutron logs for more information.`)
      }
      return { port: slim(port) } satisfies Bound
    },
    async undo(ctx, { input, result }) {
      if (nic.portId !== null) await unbindPort(ctx, nic.portId)
      else await removePort(ctx, input.serverId, nic.networkId, nicKey(nic), (result as Bound | undefined)?.port.id)
    },
  }
}

/** What later steps need of a port: results are small. */
function slim(port: Port): BoundPort {
  const { id, network_id, mac_address, fixed_ips, security_groups } = port
  return { id, network_id, mac_address, fixed_ips, security_groups, 'binding:vif_type': port['binding:vif_type'] }
}

function boundPorts(input: CreateServerInput, results: Record<string, unknown>): { nic: NicRequest; port: BoundPort }[] {
  return input.nics.map((nic) => ({ nic, port: (results[`bind-port:${nic.index}`] as Bound).port }))
}

async function vifsFrom(ctx: ComputeContext, bound: { nic: NicRequest; port: BoundPort }[]): Promise<Vif[]> {
  const groups = await securityGroupNames(ctx, bound.flatMap(({ port }) => port.security_groups))
  return bound.map(({ nic, port }) => vifOf(port, { label: nic.label, mtu: nic.mtu, tag: nic.tag, preserve: nic.portId !== null }, { groups }))
}

const spawn = step<CreateServerInput, ComputeContext>({
  name: 'spawn', title: 'start the guest',
  async do(ctx, { input, results }) {
    const { host } = results['select-host'] as Chosen
    const networkInfo = toJson(await vifsFrom(ctx, boundPorts(input, results)))
    await advance(ctx, input.serverId, { task_state: 'spawning', network_info: networkInfo })
    const row = await building(ctx, input.serverId)
    const spec = await serverSpec(ctx, row, { adminPass: input.adminPass, files: input.files })
    try {
      await agentOf(ctx, host).spawn({ spec, paused: input.nics.length > 0 })
    } catch (error) {
      if (isHostFault(error)) await noteBuild(ctx, host, 'failed')
      throw error
    }
  },
  async undo(ctx, { input, results }) {
    await agentOf(ctx, (results['select-host'] as Chosen).host).destroy({ serverId: input.serverId })
  },
})

const waitForNetwork = step<CreateServerInput, ComputeContext>({
  name: 'wait-for-network', title: 'wait for the network',
  async do(ctx, { input, startedAt }) { return { wired: input.nics.length === 0 ? 0 : await waitForWires(ctx, input.serverId, startedAt) } },
  undo: nothing('waiting changes nothing'),
})

const activate = step<CreateServerInput, ComputeContext>({
  name: 'activate', title: 'let the guest run',
  async do(ctx, { input, results }) {
    const { host, failedBuilds } = results['select-host'] as Chosen
    if (input.nics.length > 0) await agentOf(ctx, host).unpause({ serverId: input.serverId })
    if (failedBuilds > 0) await noteBuild(ctx, host, 'done')
    const row = await getServer(ctx, input.serverId)
    if (row?.vm_state === 'active') return
    await advance(ctx, input.serverId, { vm_state: 'active', task_state: null, power_state: POWER.running, launched_at: nowIso(ctx.clock), progress: 0 })
  },
  async undo(ctx, { input }) {
    await moveServer(ctx, input.serverId, { vmStates: ['active'], tasks: [null] }, { vm_state: 'building', task_state: 'spawning', launched_at: null })
  },
})

export const createServerOperation = defineOperation<CreateServerInput, ComputeContext>({
  name: 'compute.create-server', version: 1, secrets: ['adminPass', 'files'], resource: { type: 'server', id: (input) => input.serverId },
  steps: [selectHost, claimResources, each('bind-ports', (input) => input.nics.map(bindStep)), spawn, waitForNetwork, activate],
  retry: {
    when: (error) => isHostFault(error) || ['ClaimLost', 'PortBindingFailed', 'VirtualInterfaceCreateException'].includes((error as Error).name),
    from: 'select-host', times: 16,
    carry: leaveOutHost,
  },
  async onFailed(ctx, { input, failure }) {
    await moveServer(ctx, input.serverId, { vmStates: ['building'], tasks: BUILDING }, { vm_state: 'error', task_state: null, host: null, node: null, fault: faultOf(ctx, failure), network_info: '[]' })
  },
})
