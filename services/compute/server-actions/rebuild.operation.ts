/**
 * Rebuild: the guest goes with its disks, the row takes the new image, a new guest comes up on the same host with
 * the same ports. A guest that was off is off again afterwards.
 */
import { defineOperation, nothing, step } from '#core/operations/define.ts'
import type { ComputeContext } from '../context.ts'
import { agentOf } from '../hosts/agent-of.ts'
import { faultOf } from '../servers/server-fault.ts'
import { serverSpec } from '../servers/server-spec.ts'
import type { ServerRow } from '../servers/server.row.ts'
import { POWER, type TaskState } from '../servers/server.states.ts'
import { moveServer } from '../servers/server.store.ts'
import { nowIso } from '#core/time/clock.ts'
import { serverAtWork } from './guest-operation.ts'

export interface RebuildInput {
  serverId: string
  /** Columns that change with it. */
  set: Partial<ServerRow>
  wasStopped: boolean
  adminPass: string | null
  files: { path: string; contents: string }[]
}

const TASKS: readonly TaskState[] = ['rebuilding', 'rebuild_block_device_mapping', 'rebuild_spawning']
const NO_WAY_BACK = nothing('what was on the disks is gone; the server goes to ERROR and can be rebuilt again')

const destroyOld = step<RebuildInput, ComputeContext>({
  name: 'destroy-old', title: 'end the old guest',
  async do(ctx, { input }) {
    const server = await serverAtWork(ctx, input.serverId, TASKS)
    await agentOf(ctx, server.host!).destroy({ serverId: server.id })
  },
  undo: NO_WAY_BACK,
})

const change = step<RebuildInput, ComputeContext>({
  name: 'change', title: 'take the new image',
  async do(ctx, { input }) {
    await serverAtWork(ctx, input.serverId, TASKS)
    await moveServer(ctx, input.serverId, { tasks: TASKS }, { ...input.set, task_state: 'rebuild_spawning' })
  },
  undo: NO_WAY_BACK,
})

const spawnNew = step<RebuildInput, ComputeContext>({
  name: 'spawn-new', title: 'start the new guest',
  async do(ctx, { input }) {
    const server = await serverAtWork(ctx, input.serverId, TASKS)
    const agent = agentOf(ctx, server.host!)
    await agent.spawn({ spec: await serverSpec(ctx, server, { adminPass: input.adminPass, files: input.files }), paused: false })
    if (input.wasStopped) await agent.stop({ serverId: server.id, timeoutS: 0 })
  },
  undo: NO_WAY_BACK,
})

const settle = step<RebuildInput, ComputeContext>({
  name: 'settle', title: 'write down the result',
  async do(ctx, { input }) {
    const state = input.wasStopped ? { vm_state: 'stopped' as const, power_state: POWER.shutdown } : { vm_state: 'active' as const, power_state: POWER.running }
    await moveServer(ctx, input.serverId, { tasks: TASKS }, { ...state, task_state: null, launched_at: nowIso(ctx.clock), fault: null })
  },
  undo: nothing('last step'),
})

export const rebuildOperation = defineOperation<RebuildInput, ComputeContext>({
  name: 'compute.rebuild-server', version: 1, secrets: ['adminPass', 'files'], resource: { type: 'server', id: (input) => input.serverId }, steps: [destroyOld, change, spawnNew, settle],
  async onFailed(ctx, { input, failure }) {
    await moveServer(ctx, input.serverId, { tasks: TASKS }, { vm_state: 'error', task_state: null, fault: faultOf(ctx, failure) })
  },
})
