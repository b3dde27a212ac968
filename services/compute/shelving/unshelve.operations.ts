/** Bringing shelved servers back: where they are, or on a host that is chosen anew. */
import { fromJson } from '#core/db/json.ts'
import { defineOperation, nothing, step, StepFailed } from '#core/operations/define.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ComputeContext } from '../context.ts'
import { agentOf, isHostFault } from '../hosts/agent-of.ts'
import { chooseHost, claimRoom, excludedHosts, leaveOutHost, type Chosen } from '../scheduler/choose-host.ts'
import { serverAtWork } from '../server-actions/guest-operation.ts'
import type { Destination } from '../servers/create-server.operation.ts'
import { imageMeta } from '../servers/image-check.ts'
import { faultOf } from '../servers/server-fault.ts'
import { serverSpec } from '../servers/server-spec.ts'
import { vifsOf, type ServerRow } from '../servers/server.row.ts'
import { POWER, type TaskState } from '../servers/server.states.ts'
import { getServer, moveServer } from '../servers/server.store.ts'
import { waitForWires } from '../servers/wait-for-wires.ts'
import type { ServerInput, Shelved } from './shelve.operations.ts'

export interface UnshelveInput { serverId: string; destination: Destination; shelved: Shelved }

const UNSHELVING: readonly TaskState[] = ['unshelving', 'spawning']

async function atWork(ctx: ComputeContext, serverId: string): Promise<ServerRow> {
  const server = await getServer(ctx, serverId)
  if (server === undefined || !UNSHELVING.includes(server.task_state as TaskState)) throw new StepFailed('ServerGone', `server ${serverId} is no longer at this work`)
  return server
}

const selectHost = step<UnshelveInput, ComputeContext>({
  name: 'select-host', title: 'choose a host',
  async do(ctx, { input, carried }) {
    return await chooseHost(ctx, await atWork(ctx, input.serverId), input.destination, excludedHosts(carried))
  },
  undo: nothing('choosing changes nothing'),
})

const claim = step<UnshelveInput, ComputeContext>({
  name: 'claim-resources', title: 'claim resources',
  async do(ctx, { input, results }) {
    const server = await atWork(ctx, input.serverId)
    const chosen = results['select-host'] as Chosen
    await claimRoom(ctx, server, chosen)
    await moveServer(ctx, server.id, { tasks: UNSHELVING }, { host: chosen.host, node: chosen.node, availability_zone: chosen.zone })
  },
  async undo(ctx, { input }) {
    await ctx.clients.placement.deleteAllocations(ctx, input.serverId)
    await moveServer(ctx, input.serverId, { vmStates: ['shelved_offloaded'] , tasks: UNSHELVING }, { host: null, node: null })
  },
})

const bindPorts = step<UnshelveInput, ComputeContext>({
  name: 'bind-ports', title: 'bring its ports to the host',
  async do(ctx, { input, results }) {
    const server = await atWork(ctx, input.serverId)
    const { host, zone } = results['select-host'] as Chosen
    for (const vif of vifsOf(server)) {
      const port = await ctx.clients.network.ports.update(ctx, 'service', vif.portId, { 'binding:host_id': host, device_id: server.id, device_owner: `compute:${zone}` })
      if (port['binding:vif_type'] === 'binding_failed') throw new StepFailed('PortBindingFailed', `Binding failed for port ${port.id}, please check neutron logs for more information.`)
    }
  },
  async undo(ctx, { input }) {
    const server = await getServer(ctx, input.serverId)
    for (const vif of server === undefined ? [] : vifsOf(server)) await ctx.clients.network.ports.update(ctx, 'service', vif.portId, { 'binding:host_id': '' })
  },
})

const spawn = step<UnshelveInput, ComputeContext>({
  name: 'spawn', title: 'start the guest from its image',
  async do(ctx, { input, results }) {
    await moveServer(ctx, input.serverId, { tasks: UNSHELVING }, { task_state: 'spawning' })
    const server = await atWork(ctx, input.serverId)
    const image = await ctx.clients.image.get(ctx, 'service', input.shelved.imageId)
    if (image === undefined || image.status !== 'active') throw new StepFailed('UnshelveException', `Error during unshelve instance ${server.id}: image ${input.shelved.imageId} it was kept as is gone`)
    const spec = await serverSpec(ctx, { ...server, image_meta: JSON.stringify(imageMeta(image)) })
    await agentOf(ctx, (results['select-host'] as Chosen).host).spawn({ spec, paused: spec.nics.length > 0 })
  },
  async undo(ctx, { input, results }) { await agentOf(ctx, (results['select-host'] as Chosen).host).destroy({ serverId: input.serverId }) },
})

const waitForNetwork = step<UnshelveInput, ComputeContext>({
  name: 'wait-for-network', title: 'wait for the network',
  async do(ctx, { input, startedAt }) { await waitForWires(ctx, input.serverId, startedAt) },
  undo: nothing('waiting changes nothing'),
})

const activate = step<UnshelveInput, ComputeContext>({
  name: 'activate', title: 'let the guest run',
  async do(ctx, { input, results }) {
    const server = await getServer(ctx, input.serverId)
    if (server === undefined || server.vm_state === 'active') return
    const { host } = results['select-host'] as Chosen
    if (vifsOf(server).length > 0) await agentOf(ctx, host).unpause({ serverId: server.id })
    await moveServer(ctx, server.id, { tasks: UNSHELVING }, { vm_state: 'active', task_state: null, power_state: POWER.running, launched_at: nowIso(ctx.clock), shelved: null })
  },
  async undo(ctx, { input }) {
    await moveServer(ctx, input.serverId, { vmStates: ['active'], tasks: [null] }, { vm_state: 'shelved_offloaded', task_state: 'unshelving', power_state: POWER.shutdown, shelved: JSON.stringify(input.shelved) })
  },
})

const dropImage = step<UnshelveInput, ComputeContext>({
  name: 'drop-image', title: 'drop the image it was kept as', again: { times: 8, delayMs: 250 },
  async do(ctx, { input }) { await ctx.clients.image.discard(ctx, 'service', input.shelved.imageId) },
  undo: nothing('the server runs from its own disk'),
})

export const unshelveOperation = defineOperation<UnshelveInput, ComputeContext>({
  name: 'compute.unshelve-server', version: 1, resource: { type: 'server', id: (input) => input.serverId }, steps: [selectHost, claim, bindPorts, spawn, waitForNetwork, activate, dropImage],
  retry: {
    when: (error) => isHostFault(error) || ['ClaimLost', 'PortBindingFailed'].includes((error as Error).name), from: 'select-host', times: 3,
    carry: leaveOutHost,
  },
  async onFailed(ctx, { input, failure }) { await moveServer(ctx, input.serverId, { tasks: UNSHELVING }, { task_state: null, fault: faultOf(ctx, failure) }) },
})

/** A shelved server that is still on its host. */
const startAgain = step<ServerInput & { shelved: Shelved }, ComputeContext>({
  name: 'start-guest', title: 'start the guest',
  async do(ctx, { input }) {
    const server = await serverAtWork(ctx, input.serverId, UNSHELVING)
    await agentOf(ctx, server.host!).start({ spec: await serverSpec(ctx, server) })
    await moveServer(ctx, server.id, { tasks: UNSHELVING }, { vm_state: 'active', task_state: null, power_state: POWER.running, shelved: null })
  },
  undo: nothing('the guest runs, or its host says why not'),
})

export const unshelveKeptOperation = defineOperation<UnshelveInput, ComputeContext>({
  name: 'compute.unshelve-kept-server', version: 1, resource: { type: 'server', id: (input) => input.serverId }, steps: [startAgain as never, dropImage],
  async onFailed(ctx, { input, failure }) { await moveServer(ctx, input.serverId, { tasks: UNSHELVING }, { task_state: null, fault: faultOf(ctx, failure) }) },
})

export function shelvedOf(row: Pick<ServerRow, 'shelved'>): Shelved | undefined {
  return fromJson<Shelved | undefined>(row.shelved, undefined)
}
