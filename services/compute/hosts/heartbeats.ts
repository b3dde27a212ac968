/** Listens for signs of life: a host registers itself by its first one. */
import type { Stop } from '#core/bus/bus.ts'
import { isValid } from '#core/schema/schema.ts'
import { Heartbeat, heartbeatTopic, type HeartbeatType } from '../agent/compute-agent.contract.ts'
import type { ComputeContext } from '../context.ts'
import { getHost, saveHeartbeat } from './host.store.ts'
import { onHostStarted } from './host-started.ts'

export async function listenForHeartbeats(ctx: ComputeContext): Promise<Stop> {
  return await ctx.bus.subscribe(heartbeatTopic, async (message) => {
    if (!isValid(Heartbeat, message)) {
      ctx.log.warn({ message }, 'a sign of life that cannot be read')
      return
    }
    await hear(ctx, message).catch((error: unknown) => { ctx.log.error({ err: error, host: message.host }, 'a sign of life was not written down') })
  })
}

async function hear(ctx: ComputeContext, beat: HeartbeatType): Promise<void> {
  const before = await getHost(ctx, beat.host)
  const row = await saveHeartbeat(ctx, beat)
  if (row.placement_digest === null || before?.report !== row.report) ctx.nudge('hosts')
  if (before?.started_at !== beat.startedAt) await onHostStarted(ctx, beat.host)
}
