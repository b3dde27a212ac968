/**
 * How a server goes, in durable steps: work under way on it turns back, the guest ends, its ports and its claim are
 * given back, and last of all its row. Nothing here turns back: a step that fails is tried until it works.
 */
import { defineOperation, nothing, step, waitFor } from '#core/operations/define.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ComputeContext } from '../context.ts'
import { agentOf } from '../hosts/agent-of.ts'
import { getHost, isHostUp } from '../hosts/host.store.ts'
import { beforeResizeOf } from '../resizes/before-resize.ts'
import { setMigrationStatus } from '../server-migrations/server-migration.store.ts'
import { dropConsoleTokens } from './console-token.store.ts'
import { faultOf } from './server-fault.ts'
import { unbindPort } from './server-ports.ts'
import { vifsOf } from './server.row.ts'
import { getServer, getServerEvenDeleted, moveServer, updateServer } from './server.store.ts'

export interface DeleteServerInput { serverId: string }

const NEVER_BACK = nothing('a deletion goes on')
const AGAIN = { times: 12, delayMs: 250 }

const stopOthers = step<DeleteServerInput, ComputeContext>({
  name: 'stop-others', title: 'stop other work on it',
  async do(ctx, { input, operationId, startedAt }) {
    const others = (await ctx.operations.pending(ctx, input.serverId)).filter((other) => other.id !== operationId)
    if (others.length === 0) return
    await ctx.operations.cancel(ctx, input.serverId, operationId)
    // A host that is busy with it gives up at once.
    const row = await getServer(ctx, input.serverId)
    if (row?.host != null && row.vm_state === 'building') await agentOf(ctx, row.host).destroy({ serverId: input.serverId }).catch(() => {})
    throw waitFor('other work on the server to stop', { startedAt, timeoutMs: 900_000, pollMs: 50 })
  },
  undo: NEVER_BACK,
})

const destroyGuest = step<DeleteServerInput, ComputeContext>({
  name: 'destroy', title: 'end the guest', again: AGAIN,
  async do(ctx, { input }) {
    const row = await getServer(ctx, input.serverId)
    if (row?.host == null) return
    const host = await getHost(ctx, row.host)
    // What is left on a host that is down is removed when it returns (orphans).
    if (host === undefined || !isHostUp(ctx, host)) return { hostDown: true }
    await agentOf(ctx, row.host).destroy({ serverId: row.id })
  },
  undo: NEVER_BACK,
})

const freePorts = step<DeleteServerInput, ComputeContext>({
  name: 'free-ports', title: 'free its ports', again: AGAIN,
  async do(ctx, { input }) {
    const row = await getServer(ctx, input.serverId)
    if (row === undefined) return
    const preserved = new Set(vifsOf(row).filter((vif) => vif.preserve).map((vif) => vif.portId))
    for (const port of await ctx.clients.network.ports.list(ctx, 'service', { device_id: row.id, fields: ['id'] })) {
      if (preserved.has(port.id)) await unbindPort(ctx, port.id)
      else await ctx.clients.network.ports.discard(ctx, 'service', port.id)
    }
  },
  undo: NEVER_BACK,
})

const freeClaim = step<DeleteServerInput, ComputeContext>({
  name: 'free-claim', title: 'give its resources back', again: AGAIN,
  async do(ctx, { input }) {
    await ctx.clients.placement.deleteAllocations(ctx, input.serverId)
    const row = await getServer(ctx, input.serverId)
    const before = row === undefined ? undefined : beforeResizeOf(row)
    if (before !== undefined) {
      await ctx.clients.placement.deleteAllocations(ctx, before.migrationId)
      await setMigrationStatus(ctx, before.migrationId, 'confirmed')
    }
    const shelved = row?.shelved == null ? undefined : JSON.parse(row.shelved) as { imageId: string }
    if (shelved !== undefined) await ctx.clients.image.discard(ctx, 'service', shelved.imageId)
  },
  undo: NEVER_BACK,
})

const forget = step<DeleteServerInput, ComputeContext>({
  name: 'forget', title: 'mark it deleted',
  async do(ctx, { input }) {
    const row = await getServerEvenDeleted(ctx, input.serverId)
    if (row === undefined || row.deleted === 1) return
    const now = nowIso(ctx.clock)
    await dropConsoleTokens(ctx, input.serverId)
    await updateServer(ctx, input.serverId, { vm_state: 'deleted', task_state: null, power_state: 0, deleted: 1, terminated_at: now, deleted_at: now, network_info: '[]', server_group_id: null })
  },
  undo: NEVER_BACK,
})

export const deleteServerOperation = defineOperation<DeleteServerInput, ComputeContext>({
  name: 'compute.delete-server', version: 1, resource: { type: 'server', id: (input) => input.serverId },
  steps: [stopOthers, destroyGuest, freePorts, freeClaim, forget],
  async onFailed(ctx, { input, failure }) {
    await moveServer(ctx, input.serverId, { tasks: ['deleting'] }, { vm_state: 'error', task_state: null, fault: faultOf(ctx, failure) })
  },
})
