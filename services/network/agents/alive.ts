/** An agent is alive while its heartbeats come. */
import type { NetworkContext } from '../context.ts'
import type { AgentRow } from '../database.ts'

export function isAlive(ctx: NetworkContext, agent: Pick<AgentRow, 'heartbeat_at'>): boolean {
  return ctx.clock.now() - Date.parse(agent.heartbeat_at) <= ctx.config.agentDownSeconds * 1000
}

/** The oldest heartbeat of a live agent, as it is stored. */
export function aliveSince(ctx: NetworkContext): string {
  return new Date(ctx.clock.now() - ctx.config.agentDownSeconds * 1000).toISOString()
}
