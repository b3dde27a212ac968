/** Choosing a host for a network's DHCP or for a router: in the zones asked for, the one with the least to do. */
import type { NetworkContext } from '../context.ts'
import type { AgentRow } from '../database.ts'
import { aliveAgents, DHCP_AGENT, L3_AGENT, loadOf } from './agent.store.ts'
import { hostsReaching, type Reaching } from './reach.ts'

/** The agents of one kind that live, how much each has to do, and which networks each reaches. */
export interface Staff { agents: AgentRow[]; load: Map<string, number>; reaching: Reaching }

const WORK = { [DHCP_AGENT]: 'dhcp_bindings', [L3_AGENT]: 'router_bindings' } as const

/** Undefined when none lives. */
export async function staffOf(ctx: NetworkContext, agentType: keyof typeof WORK): Promise<Staff | undefined> {
  const agents = await aliveAgents(ctx, agentType)
  return agents.length === 0 ? undefined : { agents, load: await loadOf(ctx, WORK[agentType]), reaching: await hostsReaching(ctx) }
}

/** The agent has one thing more to do. */
export function noteGiven({ load }: Staff, agentId: string): void {
  load.set(agentId, (load.get(agentId) ?? 0) + 1)
}

export function chooseAgents(agents: readonly AgentRow[], load: Map<string, number>, zones: readonly string[], count: number, without: ReadonlySet<string> = new Set()): AgentRow[] {
  return agents.filter((a) => !without.has(a.id) && (zones.length === 0 || zones.includes(a.availability_zone ?? '')))
    .sort((a, b) => (load.get(a.id) ?? 0) - (load.get(b.id) ?? 0) || (a.host < b.host ? -1 : 1)).slice(0, count)
}
