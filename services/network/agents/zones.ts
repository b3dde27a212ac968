/** Availability zones: where agents say they are. A hint must name one that some agent is in. */
import type { NetworkContext } from '../context.ts'
import { errors } from '../errors.ts'
import { zonedAgents } from './agent.store.ts'

const AGENT_TYPES = { network: 'DHCP agent', router: 'L3 agent' } as const
export type ZoneResource = keyof typeof AGENT_TYPES

export interface Zone { name: string; resource: ZoneResource; state: 'available' | 'unavailable' }

/** A zone is available while one of its agents is enabled. */
export async function listZones(ctx: NetworkContext): Promise<Zone[]> {
  const rows = await zonedAgents(ctx)
  const zones: Zone[] = []
  for (const [resource, agentType] of Object.entries(AGENT_TYPES) as [ZoneResource, string][]) {
    const mine = rows.filter((r) => r.agent_type === agentType)
    for (const name of [...new Set(mine.map((r) => r.availability_zone!))].sort()) {
      zones.push({ name, resource, state: mine.some((r) => r.availability_zone === name && r.admin_state_up === 1) ? 'available' : 'unavailable' })
    }
  }
  return zones
}

export async function assertZones(ctx: NetworkContext, resource: ZoneResource, hints: readonly string[]): Promise<void> {
  if (hints.length === 0) return
  const known = new Set((await listZones(ctx)).filter((z) => z.resource === resource).map((z) => z.name))
  const missing = hints.find((h) => !known.has(h))
  if (missing !== undefined) throw errors.AvailabilityZoneNotFound({ availabilityZone: missing })
}
