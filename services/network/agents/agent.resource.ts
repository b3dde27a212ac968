/** Agents: what works on hosts, as their heartbeats tell it. Only administrators see them; nobody makes one by hand. */
import type { AttributeTable, BaseRow, Item, Resource, View } from '../attributes/attribute.ts'
import { toBoolean } from '../attributes/convert.ts'
import { orNull, text, uuid } from '../attributes/validate.ts'
import { flag, fromJson } from '#core/db/json.ts'
import { noteChange } from '../changes/changes.ts'
import type { NetworkContext } from '../context.ts'
import type { AgentRow } from '../database.ts'
import { errors } from '../errors.ts'
import { deleteAgentRow, getAgent, updateAgentRow } from './agent.store.ts'
import { aliveSince, isAlive } from './alive.ts'

const FILTER = { filter: true } as const

const attributes: AttributeTable = {
  id: { validate: uuid, filter: true },
  agent_type: FILTER,
  binary: FILTER,
  topic: FILTER,
  host: FILTER,
  admin_state_up: { put: true, convert: toBoolean, filter: true },
  created_at: {},
  started_at: {},
  heartbeat_timestamp: {},
  alive: { filter: true, convert: toBoolean },
  configurations: {},
  description: { put: true, filter: true, validate: orNull(text(255)) },
  availability_zone: FILTER,
  resources_synced: {},
}

export const agentResource: Resource<AgentRow & BaseRow> = {
  name: 'agent', collection: 'agents', table: 'agents', attributes, unrevised: true,
  notFound: (id) => errors.AgentNotFound({ id }),
  // Agents belong to no project: who is no administrator sees none.
  scope: (_ctx, rows) => rows.where('agents.id', 'is', null),
  filters: {
    alive: (ctx, rows, values) => rows.where((eb) => eb.or([...new Set(values)].map((v) => eb('agents.heartbeat_at', v === true ? '>=' : '<', aliveSince(ctx))))),
  },
  async views(ctx, rows) { return rows.map((row) => agentView(ctx, row)) },
  update: updateAgent,
  delete: deleteAgent,
}

export function agentView(ctx: NetworkContext, row: AgentRow): View {
  return {
    id: row.id, agent_type: row.agent_type, binary: row.binary, topic: row.topic, host: row.host, admin_state_up: row.admin_state_up === 1,
    created_at: stamp(row.created_at), started_at: stamp(row.started_at), heartbeat_timestamp: stamp(row.heartbeat_at), alive: isAlive(ctx, row),
    configurations: fromJson<object>(row.configurations, {}), description: row.description, availability_zone: row.availability_zone, resources_synced: null,
  }
}

/** Agents' instants are written `2026-11-20 09:00:00`, unlike those of every other resource. */
function stamp(stored: string): string {
  return stored.slice(0, 19).replace('T', ' ')
}

/** An agent that is switched off gives up what it hosts; the host is told to look at everything. */
async function updateAgent(ctx: NetworkContext, id: string, item: Item): Promise<void> {
  const agent = await getAgent(ctx, id)
  if (agent === undefined) throw errors.AgentNotFound({ id })
  const set: Partial<AgentRow> = {}
  if ('admin_state_up' in item) set.admin_state_up = flag(item['admin_state_up'] as boolean)
  if ('description' in item) set.description = item['description'] as string | null
  await updateAgentRow(ctx, id, set)
  if (set.admin_state_up !== undefined && set.admin_state_up !== agent.admin_state_up) await noteChange(ctx, { hosts: [agent.host], reschedule: true })
}

/** One that still runs registers again with its next heartbeat, without what it hosted. */
async function deleteAgent(ctx: NetworkContext, id: string): Promise<void> {
  const agent = await getAgent(ctx, id)
  if (agent === undefined) throw errors.AgentNotFound({ id })
  await deleteAgentRow(ctx, id)
  await noteChange(ctx, { hosts: [agent.host], reschedule: true })
}
