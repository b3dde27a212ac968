/** Choosing a host for a network's DHCP or for a router: in the zones asked for, the one with the least to do. */
import type { AgentRow } from '../database.ts'

export function chooseAgents(agents: readonly AgentRow[], load: Map<string, number>, zones: readonly string[], count: number, without: ReadonlySet<string> = new Set()): AgentRow[] {
  return agents.filter((a) => !without.has(a.id) && (zones.length === 0 || zones.includes(a.availability_zone ?? '')))
    .sort((a, b) => (load.get(a.id) ?? 0) - (load.get(b.id) ?? 0) || (a.host < b.host ? -1 : 1)).slice(0, count)
}
