/** Start, stop, reboot, pause, suspend: what the host does, and what the row says afterwards. */
import type { ComputeContext } from '../context.ts'
import { serverSpec } from '../servers/server-spec.ts'
import type { ServerRow } from '../servers/server.row.ts'
import { POWER } from '../servers/server.states.ts'
import { nowIso } from '#core/time/clock.ts'
import { guestOperation, type GuestInput } from './guest-operation.ts'

const running = (): Partial<ServerRow> => ({ vm_state: 'active', power_state: POWER.running })

export const startServerOperation = guestOperation({
  name: 'start-server', title: 'start the guest', tasks: ['powering-on'],
  work: async (ctx, agent, server) => await agent.start({ spec: await serverSpec(ctx, server) }),
  done: (server, ctx) => ({ ...running(), launched_at: server.launched_at ?? nowIso(ctx.clock) }),
})

export const stopServerOperation = guestOperation({
  name: 'stop-server', title: 'stop the guest', tasks: ['powering-off'],
  work: async (ctx, agent, server) => await agent.stop({ serverId: server.id, timeoutS: ctx.config.shutdownTimeoutS }),
  done: () => ({ vm_state: 'stopped', power_state: POWER.shutdown }),
})

export interface RebootInput extends GuestInput { type: 'soft' | 'hard' }

export const rebootServerOperation = guestOperation<RebootInput>({
  name: 'reboot-server', title: 'reboot the guest', tasks: ['rebooting', 'rebooting_hard'], errorOnFailure: true,
  work: async (ctx: ComputeContext, agent, server, input) => await agent.reboot({ spec: await serverSpec(ctx, server), type: input.type, timeoutS: ctx.config.softRebootTimeoutS }),
  done: running,
})

export const pauseServerOperation = guestOperation({
  name: 'pause-server', title: 'pause the guest', tasks: ['pausing'],
  work: async (_ctx, agent, server) => await agent.pause({ serverId: server.id }),
  done: () => ({ vm_state: 'paused', power_state: POWER.paused }),
})

export const unpauseServerOperation = guestOperation({
  name: 'unpause-server', title: 'let the guest go on', tasks: ['unpausing'],
  work: async (_ctx, agent, server) => await agent.unpause({ serverId: server.id }),
  done: running,
})

export const suspendServerOperation = guestOperation({
  name: 'suspend-server', title: 'save the guest to disk', tasks: ['suspending'],
  work: async (_ctx, agent, server) => await agent.suspend({ serverId: server.id }),
  done: () => ({ vm_state: 'suspended', power_state: POWER.shutdown }),
})

export const resumeServerOperation = guestOperation({
  name: 'resume-server', title: 'restore the guest', tasks: ['resuming'],
  work: async (ctx, agent, server) => await agent.resume({ spec: await serverSpec(ctx, server) }),
  done: running,
})

export const powerOperations: readonly unknown[] = [startServerOperation, stopServerOperation, rebootServerOperation, pauseServerOperation, unpauseServerOperation, suspendServerOperation, resumeServerOperation]
