/**
 * Work is taken from a host only when it has been silent while we were listening. After a start of the control plane,
 * or when the bus was away, every heartbeat is old, and moving everything to the first host that reports would be
 * worse than waiting. As upstream, a host is given twice the time after which its agents count as dead.
 */
import type { NetworkContext } from '../context.ts'

interface Hearing { since: number; last: number }

const hearings = new WeakMap<object, Hearing>()

/** Some host reported: we hear. A pause as long as an agent may be silent means that we heard nobody. */
export function noteHeard(ctx: NetworkContext): void {
  const now = ctx.clock.now()
  const hearing = hearings.get(ctx.config)
  if (hearing === undefined || now - hearing.last > ctx.config.agentDownSeconds * 1000) hearings.set(ctx.config, { since: now, last: now })
  else hearing.last = now
}

/** Have we been listening for as long as a host may be silent? */
export function mayJudgeSilence(ctx: NetworkContext): boolean {
  const hearing = hearings.get(ctx.config)
  return hearing !== undefined && ctx.clock.now() - hearing.since > ctx.config.agentDownSeconds * 2000
}

/** The oldest heartbeat of a host that keeps its work, as it is stored. */
export function silentSince(ctx: NetworkContext): string {
  return new Date(ctx.clock.now() - ctx.config.agentDownSeconds * 2000).toISOString()
}
