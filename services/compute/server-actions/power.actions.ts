/** The power switch of a server. */
import type { Operation } from '#core/operations/define.ts'
import type { ComputeContext } from '../context.ts'
import { ServerReboot } from '../servers/server.schema.ts'
import type { ServerAction } from '../servers/server.states.ts'
import { action, type ActionHandler } from './action.ts'
import type { GuestInput } from './guest-operation.ts'
import { pauseServerOperation, rebootServerOperation, resumeServerOperation, startServerOperation, stopServerOperation, suspendServerOperation, unpauseServerOperation } from './power.operations.ts'
import { startWork } from './start-work.ts'

function simple(name: ServerAction, operation: Operation<GuestInput, ComputeContext>): ActionHandler {
  return async (ctx, server) => { await startWork(ctx, server, name, operation, { serverId: server.id }) }
}

const reboot: ActionHandler<{ type: string }> = async (ctx, server, body) => {
  const type = body.type.toLowerCase() as 'soft' | 'hard'
  await startWork(ctx, server, `reboot-${type}`, rebootServerOperation, { serverId: server.id, type })
}

const RULE = 'os_compute_api:servers'

export const powerActions = [
  action('os-start', simple('start', startServerOperation), { rule: `${RULE}:start` }),
  action('os-stop', simple('stop', stopServerOperation), { rule: `${RULE}:stop` }),
  action('reboot', reboot, { rule: `${RULE}:reboot`, body: ServerReboot }),
  action('pause', simple('pause', pauseServerOperation), { rule: 'os_compute_api:os-pause-server:pause' }),
  action('unpause', simple('unpause', unpauseServerOperation), { rule: 'os_compute_api:os-pause-server:unpause' }),
  action('suspend', simple('suspend', suspendServerOperation), { rule: 'os_compute_api:os-suspend-server:suspend' }),
  action('resume', simple('resume', resumeServerOperation), { rule: 'os_compute_api:os-suspend-server:resume' }),
]
