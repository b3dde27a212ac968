/** A guest goes on when network says that every port of its server is wired: no first DHCP request is lost. */
import { StepFailed, waitFor } from '#core/operations/define.ts'
import type { ComputeContext } from '../context.ts'

/** Answers how many ports are wired when all are, or when it is no use to wait on; throws the wait until then. */
export async function waitForWires(ctx: ComputeContext, serverId: string, startedAt: number): Promise<number> {
  const timeoutMs = ctx.config.vifPluggingTimeoutS * 1000
  if (timeoutMs === 0) return 0
  const ports = await ctx.clients.network.ports.list(ctx, 'service', { device_id: serverId, fields: ['id', 'status', 'admin_state_up'] })
  const waiting = ports.filter((port) => port.status !== 'ACTIVE' && port.admin_state_up !== false)
  if (waiting.length === 0) return ports.length
  if (ctx.clock.now() >= startedAt + timeoutMs) {
    if (!ctx.config.vifPluggingIsFatal) return ports.length - waiting.length
    throw new StepFailed('VirtualInterfaceCreateException', `Virtual Interface creation failed: port ${waiting.map((port) => port.id).join(', ')} was not wired within ${ctx.config.vifPluggingTimeoutS} s`)
  }
  throw waitFor('the network to wire the ports', { startedAt, timeoutMs: timeoutMs + 60_000, pollMs: pollAfter(ctx.clock.now() - startedAt) })
}

/** Looks often at first; a word from network wakes it sooner. */
function pollAfter(waitedMs: number): number {
  return waitedMs < 1000 ? 50 : waitedMs < 10_000 ? 250 : 1000
}
