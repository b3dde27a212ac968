/** Work on servers: what a server says is being done with it is being done, and by somebody. */
import type { ComputeContext } from '../context.ts'
import { listStuckServers } from '../servers/server-upkeep.store.ts'
import { freeStuckServer } from '../servers/stuck-servers.reconciler.ts'
import { forsakenOperations, giveUpOperation, unknownOperations, type ForsakenOperation } from './doctor.store.ts'
import { prove, type Finding } from './prove.ts'

/** Runners look for work that nobody holds every few seconds. */
const PATIENCE_MS = 60_000

export const stuckCheck = prove({
  name: 'stuck-servers', invariant: 'Every server that is being worked on has an unfinished operation.',
  async find(ctx) {
    return (await listStuckServers(ctx, undefined)).map((server) => ({
      kind: 'stuck-server', resource: 'server', id: server.id, serverId: server.id,
      sentence: `server ${server.id} says ${server.task_state ?? 'building'}, and nothing is being done with it`, mend: async (ctx: ComputeContext) => { await freeStuckServer(ctx, server) },
    }))
  },
})

/** `names`: the operations this program knows. */
export function operationsCheck(names: readonly string[]) {
  return prove({
    name: 'operations', invariant: 'Every unfinished operation is known to this program and held by a living process.',
    async find(ctx) {
      const unknown = await unknownOperations(ctx, names)
      const forsaken = await forsakenOperations(ctx, new Date(ctx.clock.now() - PATIENCE_MS).toISOString())
      return [...unknown.map(unknownOperation), ...forsaken.filter((operation) => names.includes(operation.name)).map(forsakenOperation)]
    },
  })
}

function unknownOperation(operation: ForsakenOperation): Finding {
  return {
    kind: 'unknown-operation', resource: 'operation', id: operation.id,
    sentence: `operation ${operation.name} on ${operation.resource_id} is ${operation.state}, and this version of the program does not know it; run the version that does, or give it up with --repair`,
    async mend(ctx) {
      const failure = JSON.stringify({ kind: 'UnknownOperation', message: `this version does not know ${operation.name}; it was given up by an operator`, step: operation.current_step ?? '' })
      await giveUpOperation(ctx, operation.id, failure)
    },
  }
}

function forsakenOperation(operation: ForsakenOperation): Finding {
  return {
    kind: 'forsaken-operation', resource: 'operation', id: operation.id,
    sentence: `operation ${operation.name} on ${operation.resource_id} stands at ${operation.current_step ?? 'its beginning'} since ${operation.updated_at}, held by nobody`,
    // The reconciler that takes up such work runs at once.
    async mend(ctx) { ctx.nudge('operations') },
  }
}
