/**
 * Resize on the server's own host, in durable steps:
 *
 *     claim-new → resize-disks → start-new → settle          VERIFY_RESIZE, until
 *     confirm: forget-old → free-old → settle                ACTIVE, or
 *     revert:  restore-old → reclaim → settle                as it was
 *
 * While it is not confirmed, the migration holds the old claim and the server the new one, so that a revert never
 * fails for want of room.
 */
import { toJson } from '#core/db/json.ts'
import { NeighbourError } from '#core/clients/neighbour.ts'
import { defineOperation, nothing, step, StepFailed } from '#core/operations/define.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ComputeContext } from '../context.ts'
import { agentOf } from '../hosts/agent-of.ts'
import { getHost } from '../hosts/host.store.ts'
import { serverAtWork } from '../server-actions/guest-operation.ts'
import { faultOf } from '../servers/server-fault.ts'
import { serverSpec } from '../servers/server-spec.ts'
import type { ServerRow } from '../servers/server.row.ts'
import { POWER, type TaskState } from '../servers/server.states.ts'
import { getServer, moveServer } from '../servers/server.store.ts'
import { beforeResizeOf, claimOf, type BeforeResize, type FlavorColumns } from './before-resize.ts'
import { setMigrationStatus } from '../server-migrations/server-migration.store.ts'

export interface ResizeInput { serverId: string; migrationId: string; from: FlavorColumns; to: FlavorColumns; wasStopped: boolean }
export interface EndResizeInput { serverId: string; before: BeforeResize }

const RESIZING: readonly TaskState[] = ['resize_prep', 'resize_migrating', 'resize_migrated', 'resize_finish']
const NEVER_BACK = nothing('it goes on until it is done')
const AGAIN = { times: 8, delayMs: 250 }

async function providerOf(ctx: ComputeContext, server: ServerRow): Promise<string> {
  const host = server.host === null ? undefined : await getHost(ctx, server.host)
  if (host === undefined) throw new StepFailed('HostUnknown', `host ${server.host} of the server is not known`)
  return host.node_id
}

/** Who claims what: an absent amount gives it back. */
async function claim(ctx: ComputeContext, server: ServerRow, migrationId: string, amounts: { server: FlavorColumns; migration: FlavorColumns | null }): Promise<void> {
  const provider = await providerOf(ctx, server)
  const who = { projectId: server.project_id, userId: server.user_id }
  await ctx.clients.placement.putManyAllocations(ctx, {
    [migrationId]: { ...who, allocations: amounts.migration === null ? {} : claimOf(amounts.migration, provider), consumerType: 'MIGRATION' },
    [server.id]: { ...who, allocations: claimOf(amounts.server, provider) },
  })
}

function as(server: ServerRow, columns: FlavorColumns): ServerRow {
  return { ...server, ...columns }
}

const claimNew = step<ResizeInput, ComputeContext>({
  name: 'claim-new', title: 'claim what it will need',
  async do(ctx, { input }) {
    const server = await serverAtWork(ctx, input.serverId, RESIZING)
    try {
      await claim(ctx, server, input.migrationId, { server: input.to, migration: input.from })
    } catch (error) {
      if (error instanceof NeighbourError && error.status === 409) throw new StepFailed('NoValidHost', `No valid host was found. Host ${server.host} has no room for the new flavor: ${error.message}`, { cause: error })
      throw error
    }
  },
  async undo(ctx, { input }) {
    const server = await getServer(ctx, input.serverId)
    if (server !== undefined && server.host !== null) await claim(ctx, server, input.migrationId, { server: input.from, migration: null })
  },
})

const resizeDisks = step<ResizeInput, ComputeContext>({
  name: 'resize-disks', title: 'make its disks fit',
  async do(ctx, { input }) {
    const server = await serverAtWork(ctx, input.serverId, RESIZING)
    await moveServer(ctx, server.id, { tasks: RESIZING }, { task_state: 'resize_migrating' })
    await agentOf(ctx, server.host!).resize({ spec: await serverSpec(ctx, as(server, input.to)), timeoutS: ctx.config.shutdownTimeoutS })
  },
  async undo(ctx, { input }) {
    const server = await getServer(ctx, input.serverId)
    if (server?.host == null || server.task_state === 'deleting') return
    const spec = await serverSpec(ctx, as(server, input.from))
    await agentOf(ctx, server.host).revertResize({ spec })
    if (!input.wasStopped) await agentOf(ctx, server.host).start({ spec })
  },
})

const startNew = step<ResizeInput, ComputeContext>({
  name: 'start-new', title: 'start it in its new size',
  async do(ctx, { input }) {
    const server = await serverAtWork(ctx, input.serverId, RESIZING)
    await moveServer(ctx, server.id, { tasks: RESIZING }, { task_state: 'resize_finish' })
    if (!input.wasStopped) await agentOf(ctx, server.host!).start({ spec: await serverSpec(ctx, as(server, input.to)) })
  },
  undo: nothing('going back to the old disks ends the guest'),
})

const settleResize = step<ResizeInput, ComputeContext>({
  name: 'settle', title: 'wait for the user to confirm',
  async do(ctx, { input }) {
    const before: BeforeResize = { migrationId: input.migrationId, columns: input.from, wasStopped: input.wasStopped, resizedAt: nowIso(ctx.clock) }
    const power = input.wasStopped ? POWER.shutdown : POWER.running
    if (await moveServer(ctx, input.serverId, { tasks: RESIZING }, { ...input.to, vm_state: 'resized', task_state: null, power_state: power, before_resize: toJson(before), launched_at: nowIso(ctx.clock) })) {
      await setMigrationStatus(ctx, input.migrationId, 'finished')
    }
  },
  async undo(ctx, { input }) {
    await moveServer(ctx, input.serverId, { vmStates: ['resized'], tasks: [null] }, { ...input.from, vm_state: input.wasStopped ? 'stopped' : 'active', task_state: 'resize_prep', before_resize: null })
  },
})

export const resizeOperation = defineOperation<ResizeInput, ComputeContext>({
  name: 'compute.resize-server', version: 1, resource: { type: 'server', id: (input) => input.serverId }, steps: [claimNew, resizeDisks, startNew, settleResize],
  async onFailed(ctx, { input, failure }) {
    await setMigrationStatus(ctx, input.migrationId, 'error')
    await moveServer(ctx, input.serverId, { tasks: RESIZING }, { task_state: null, fault: faultOf(ctx, failure) })
  },
})

const CONFIRMING: readonly TaskState[] = ['resize_confirming']

const forgetOld = step<EndResizeInput, ComputeContext>({
  name: 'forget-old', title: 'drop what it was', again: AGAIN,
  async do(ctx, { input }) {
    const server = await serverAtWork(ctx, input.serverId, CONFIRMING)
    await agentOf(ctx, server.host!).confirmResize({ serverId: server.id })
  },
  undo: NEVER_BACK,
})

const freeOld = step<EndResizeInput, ComputeContext>({
  name: 'free-old', title: 'give back what it had', again: AGAIN,
  async do(ctx, { input }) { await ctx.clients.placement.deleteAllocations(ctx, input.before.migrationId) },
  undo: NEVER_BACK,
})

const settleConfirm = step<EndResizeInput, ComputeContext>({
  name: 'settle', title: 'write down the result',
  async do(ctx, { input }) {
    const server = await getServer(ctx, input.serverId)
    if (server === undefined || beforeResizeOf(server) === undefined) return
    const off = server.power_state === POWER.shutdown
    await moveServer(ctx, server.id, { tasks: CONFIRMING }, { vm_state: off ? 'stopped' : 'active', task_state: null, before_resize: null })
    await setMigrationStatus(ctx, input.before.migrationId, 'confirmed')
  },
  undo: NEVER_BACK,
})

export const confirmResizeOperation = defineOperation<EndResizeInput, ComputeContext>({
  name: 'compute.confirm-resize', version: 1, resource: { type: 'server', id: (input) => input.serverId }, steps: [forgetOld, freeOld, settleConfirm],
  async onFailed(ctx, { input, failure }) { await moveServer(ctx, input.serverId, { tasks: CONFIRMING }, { vm_state: 'error', task_state: null, fault: faultOf(ctx, failure) }) },
})

const REVERTING: readonly TaskState[] = ['resize_reverting']

const restoreOld = step<EndResizeInput, ComputeContext>({
  name: 'restore-old', title: 'make it what it was', again: AGAIN,
  async do(ctx, { input }) {
    const server = await serverAtWork(ctx, input.serverId, REVERTING)
    const spec = await serverSpec(ctx, as(server, input.before.columns))
    await agentOf(ctx, server.host!).revertResize({ spec })
    if (!input.before.wasStopped) await agentOf(ctx, server.host!).start({ spec })
  },
  undo: NEVER_BACK,
})

const reclaim = step<EndResizeInput, ComputeContext>({
  name: 'reclaim', title: 'claim what it had', again: AGAIN,
  async do(ctx, { input }) {
    const server = await serverAtWork(ctx, input.serverId, REVERTING)
    await claim(ctx, server, input.before.migrationId, { server: input.before.columns, migration: null })
  },
  undo: NEVER_BACK,
})

const settleRevert = step<EndResizeInput, ComputeContext>({
  name: 'settle', title: 'write down the result',
  async do(ctx, { input }) {
    const state = input.before.wasStopped ? { vm_state: 'stopped' as const, power_state: POWER.shutdown } : { vm_state: 'active' as const, power_state: POWER.running }
    if (await moveServer(ctx, input.serverId, { tasks: REVERTING }, { ...input.before.columns, ...state, task_state: null, before_resize: null })) await setMigrationStatus(ctx, input.before.migrationId, 'reverted')
  },
  undo: NEVER_BACK,
})

export const revertResizeOperation = defineOperation<EndResizeInput, ComputeContext>({
  name: 'compute.revert-resize', version: 1, resource: { type: 'server', id: (input) => input.serverId }, steps: [restoreOld, reclaim, settleRevert],
  async onFailed(ctx, { input, failure }) { await moveServer(ctx, input.serverId, { tasks: REVERTING }, { vm_state: 'error', task_state: null, fault: faultOf(ctx, failure) }) },
})

export const resizeOperations: readonly unknown[] = [resizeOperation, confirmResizeOperation, revertResizeOperation]
