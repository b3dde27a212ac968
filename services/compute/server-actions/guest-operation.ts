/**
 * Operations that do one thing to a guest: the host does it, then the row says so. A failure leaves the server in the
 * state it had, with the fault to read; where the guest's state is unknown afterwards, the server goes to ERROR.
 */
import { defineOperation, nothing, step, type Operation } from '#core/operations/define.ts'
import type { ComputeContext } from '../context.ts'
import { agentOf, type ComputeAgentVerbs } from '../hosts/agent-of.ts'
import { StepFailed } from '#core/operations/define.ts'
import { faultOf } from '../servers/server-fault.ts'
import type { ServerRow } from '../servers/server.row.ts'
import type { TaskState } from '../servers/server.states.ts'
import { getServer, moveServer } from '../servers/server.store.ts'

export interface GuestInput { serverId: string }

interface GuestWork<I extends GuestInput> {
  name: string
  title: string
  /** The task_states in which it may still go on. */
  tasks: readonly TaskState[]
  work(ctx: ComputeContext, agent: ComputeAgentVerbs, server: ServerRow, input: I): Promise<unknown>
  /** What the row says when it is done. */
  done(server: ServerRow, ctx: ComputeContext): Partial<ServerRow>
  /** After a failure nobody knows how the guest is. */
  errorOnFailure?: boolean
  secrets?: readonly (keyof I & string)[]
}

export function guestOperation<I extends GuestInput>(definition: GuestWork<I>): Operation<I, ComputeContext> {
  const { tasks } = definition
  const guest = step<I, ComputeContext>({
    name: 'guest', title: definition.title,
    async do(ctx, { input }) {
      const server = await serverAtWork(ctx, input.serverId, tasks)
      await definition.work(ctx, agentOf(ctx, server.host!), server, input)
    },
    undo: nothing('the host keeps what it has reached; the comparison of power states finds the rest'),
  })
  const settle = step<I, ComputeContext>({
    name: 'settle', title: 'write down the result',
    async do(ctx, { input }) {
      const server = await getServer(ctx, input.serverId)
      if (server === undefined || !tasks.includes(server.task_state as TaskState)) return
      await moveServer(ctx, server.id, { tasks }, { task_state: null, ...definition.done(server, ctx) })
    },
    undo: nothing('last step'),
  })
  return defineOperation<I, ComputeContext>({
    name: `compute.${definition.name}`, version: 1, resource: { type: 'server', id: (input) => input.serverId }, secrets: definition.secrets, steps: [guest, settle],
    async onFailed(ctx, { input, failure }) {
      await moveServer(ctx, input.serverId, { tasks }, { task_state: null, fault: faultOf(ctx, failure), ...(definition.errorOnFailure === true ? { vm_state: 'error' } : {}) })
    },
  })
}

/** The server an operation works on. Throws when somebody took it away meanwhile. */
export async function serverAtWork(ctx: ComputeContext, serverId: string, tasks: readonly TaskState[]): Promise<ServerRow> {
  const server = await getServer(ctx, serverId)
  if (server === undefined || server.host === null || !tasks.includes(server.task_state as TaskState)) throw new StepFailed('ServerGone', `server ${serverId} is no longer at this work`)
  return server
}
