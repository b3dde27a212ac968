/**
 * Shelving: a server is stopped and kept as an image; offloading frees its host; unshelving brings it back, on any
 * host. Its ports and addresses stay its own all the while.
 *
 *     active ─ stop, upload ─▶ shelved ─ destroy, unbind, free ─▶ shelved_offloaded
 *     active ◀─ start ──────────┘                                     │
 *     active ◀─ select-host, claim, bind, spawn, wait, activate ◀─────┘
 */
import { inTransaction } from '#core/db/database.ts'
import { toJson } from '#core/db/json.ts'
import { defineOperation, nothing, step } from '#core/operations/define.ts'
import type { ComputeContext } from '../context.ts'
import { agentOf } from '../hosts/agent-of.ts'
import { serverAtWork } from '../server-actions/guest-operation.ts'
import { faultOf } from '../servers/server-fault.ts'
import { serverSpec } from '../servers/server-spec.ts'
import { vifsOf } from '../servers/server.row.ts'
import { POWER, type TaskState } from '../servers/server.states.ts'
import { getServer, moveServer } from '../servers/server.store.ts'

export interface ShelveInput { serverId: string; imageId: string; diskFormat: string; wasStopped: boolean }
export interface ServerInput { serverId: string }

/** What a shelved server is kept as. */
export interface Shelved { imageId: string; wasStopped: boolean }

const SHELVING: readonly TaskState[] = ['shelving', 'shelving_image_pending_upload', 'shelving_image_uploading']
const OFFLOADING: readonly TaskState[] = ['shelving_offloading']
const NEVER_BACK = nothing('it goes on until it is done')
const AGAIN = { times: 8, delayMs: 250 }

const stopGuest = step<ShelveInput, ComputeContext>({
  name: 'stop-guest', title: 'stop the guest',
  async do(ctx, { input }) {
    const server = await serverAtWork(ctx, input.serverId, SHELVING)
    await agentOf(ctx, server.host!).stop({ serverId: server.id, timeoutS: ctx.config.shutdownTimeoutS })
  },
  async undo(ctx, { input }) {
    const server = await getServer(ctx, input.serverId)
    if (server?.host != null && !input.wasStopped && server.task_state !== 'deleting') await agentOf(ctx, server.host).start({ spec: await serverSpec(ctx, server) })
  },
})

const upload = step<ShelveInput, ComputeContext>({
  name: 'upload', title: 'keep its disk as an image',
  async do(ctx, { input }) {
    const server = await serverAtWork(ctx, input.serverId, SHELVING)
    await moveServer(ctx, server.id, { tasks: SHELVING }, { task_state: 'shelving_image_uploading' })
    await agentOf(ctx, server.host!).snapshot({ serverId: server.id, imageId: input.imageId, diskFormat: input.diskFormat })
  },
  async undo(ctx, { input }) { await ctx.clients.image.discard(ctx, 'service', input.imageId) },
})

const settleShelved = step<ShelveInput, ComputeContext>({
  name: 'settle', title: 'write down the result',
  async do(ctx, { input }) {
    const shelved: Shelved = { imageId: input.imageId, wasStopped: input.wasStopped }
    const offload = ctx.config.shelvedOffloadTimeS === 0
    await inTransaction(ctx, async (tx) => {
      const moved = await moveServer(tx, input.serverId, { tasks: SHELVING }, { vm_state: 'shelved', task_state: offload ? 'shelving_offloading' : null, power_state: POWER.shutdown, shelved: toJson(shelved) })
      if (moved && offload) await tx.operations.submit(tx, offloadOperation as never, { serverId: input.serverId })
    })
  },
  undo: nothing('last step'),
})

export const shelveOperation = defineOperation<ShelveInput, ComputeContext>({
  name: 'compute.shelve-server', version: 1, resource: { type: 'server', id: (input) => input.serverId }, steps: [stopGuest, upload, settleShelved],
  async onFailed(ctx, { input, failure }) { await moveServer(ctx, input.serverId, { tasks: SHELVING }, { task_state: null, fault: faultOf(ctx, failure) }) },
})

const destroyGuest = step<ServerInput, ComputeContext>({
  name: 'destroy-guest', title: 'remove the guest', again: AGAIN,
  async do(ctx, { input }) {
    const server = await serverAtWork(ctx, input.serverId, OFFLOADING)
    await agentOf(ctx, server.host!).destroy({ serverId: server.id })
  },
  undo: NEVER_BACK,
})

const unbindPorts = step<ServerInput, ComputeContext>({
  name: 'unbind-ports', title: 'take its ports off the host', again: AGAIN,
  async do(ctx, { input }) {
    const server = await serverAtWork(ctx, input.serverId, OFFLOADING)
    for (const vif of vifsOf(server)) await ctx.clients.network.ports.update(ctx, 'service', vif.portId, { 'binding:host_id': '' })
  },
  undo: NEVER_BACK,
})

const freeClaim = step<ServerInput, ComputeContext>({
  name: 'free-claim', title: 'give its resources back', again: AGAIN,
  async do(ctx, { input }) { await ctx.clients.placement.deleteAllocations(ctx, input.serverId) },
  undo: NEVER_BACK,
})

const settleOffloaded = step<ServerInput, ComputeContext>({
  name: 'settle', title: 'write down the result',
  async do(ctx, { input }) {
    await moveServer(ctx, input.serverId, { tasks: OFFLOADING }, { vm_state: 'shelved_offloaded', task_state: null, power_state: POWER.shutdown, host: null, node: null })
  },
  undo: NEVER_BACK,
})

export const offloadOperation = defineOperation<ServerInput, ComputeContext>({
  name: 'compute.shelve-offload-server', version: 1, resource: { type: 'server', id: (input) => input.serverId }, steps: [destroyGuest, unbindPorts, freeClaim, settleOffloaded],
  async onFailed(ctx, { input, failure }) { await moveServer(ctx, input.serverId, { tasks: OFFLOADING }, { task_state: null, fault: faultOf(ctx, failure) }) },
})
