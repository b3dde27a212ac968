/** Heartbeats: what registers an agent and keeps it alive. One that is new, or was dead, may be given work again. */
import { nowIso } from '#core/time/clock.ts'
import { inTransaction } from '#core/db/database.ts'
import { toJson } from '#core/db/json.ts'
import type { NetworkContext } from '../context.ts'
import { agentsOfHost, insertAgent, updateAgentRow } from './agent.store.ts'
import { isAlive } from './alive.ts'
import { noteDue } from './due.ts'
import { noteHeard } from './patience.ts'

export interface Heartbeat {
  host: string
  agents: { binary: string; agentType: string; topic: string; configurations: Record<string, unknown> }[]
  tunnelIp: string | null
  startedAt: string
}

/** Agents without work of their own are in no availability zone. */
const ZONED = new Set(['DHCP agent', 'L3 agent'])

export async function recordHeartbeat(ctx: NetworkContext, beat: Heartbeat): Promise<void> {
  const now = nowIso(ctx.clock)
  const returned = await inTransaction(ctx, async (ctx) => {
    const known = new Map((await agentsOfHost(ctx, beat.host)).map((a) => [a.agent_type, a]))
    let news = false
    for (const { binary, agentType, topic, configurations } of beat.agents) {
      const zone = ZONED.has(agentType) ? String(configurations['availability_zone'] ?? ctx.config.defaultAvailabilityZone) : null
      const reported = { binary, topic, configurations: toJson(configurations), heartbeat_at: now, started_at: startOf(beat, now), tunnel_ip: beat.tunnelIp, availability_zone: zone }
      const agent = known.get(agentType)
      if (agent !== undefined) {
        news ||= !isAlive(ctx, agent) || agent.tunnel_ip !== beat.tunnelIp
        await updateAgentRow(ctx, agent.id, reported)
      } else {
        news = true
        await insertAgent(ctx, { id: ctx.ids.uuid(), host: beat.host, agent_type: agentType, admin_state_up: 1, description: null, created_at: now, ...reported })
      }
    }
    return news
  })
  noteHeard(ctx)
  if (!returned) return
  noteDue(ctx, 'dhcp')
  noteDue(ctx, 'routers')
}

function startOf(beat: Heartbeat, now: string): string {
  const at = Date.parse(beat.startedAt)
  return Number.isNaN(at) ? now : new Date(at).toISOString()
}
