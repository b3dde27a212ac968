/** A host's agent has (re)started: what should run there is compared with what does, and leftovers are removed. */
import type { ComputeContext } from '../context.ts'

export async function onHostStarted(ctx: ComputeContext, host: string): Promise<void> {
  ctx.log.info({ host }, 'a compute host gave its first sign of life')
  ctx.nudge('power-states')
}
