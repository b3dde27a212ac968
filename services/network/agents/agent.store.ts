/** SQL about agents and what they host. */
import { writeUnlessTaken } from '#core/db/database.ts'
import { selectIn } from '../attributes/children.ts'
import type { NetworkContext } from '../context.ts'
import type { AgentRow, NetworkRow, RouterRow } from '../database.ts'
import { aliveSince } from './alive.ts'
import type { DueIds } from './due.ts'

export const DHCP_AGENT = 'DHCP agent'
export const L3_AGENT = 'L3 agent'
export const BRIDGE_AGENT = 'Linux bridge agent'

export async function getAgent(ctx: NetworkContext, id: string): Promise<AgentRow | undefined> {
  return await ctx.db.selectFrom('agents').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function getAgents(ctx: NetworkContext, ids: readonly string[]): Promise<AgentRow[]> {
  return ids.length === 0 ? [] : await selectIn<AgentRow>(ctx, '*', 'agents', 'id', ids)
}

export async function agentsOfHost(ctx: NetworkContext, host: string): Promise<AgentRow[]> {
  return await ctx.db.selectFrom('agents').selectAll().where('host', '=', host).execute()
}

export async function aliveAgents(ctx: NetworkContext, agentType: string): Promise<AgentRow[]> {
  return await ctx.db.selectFrom('agents').selectAll().where('agent_type', '=', agentType).where('admin_state_up', '=', 1).where('heartbeat_at', '>=', aliveSince(ctx)).execute()
}

/** Hosts whose bridge agent is alive. */
export async function listeningHosts(ctx: NetworkContext): Promise<Set<string>> {
  const rows = await ctx.db.selectFrom('agents').select('host').where('agent_type', '=', BRIDGE_AGENT).where('heartbeat_at', '>=', aliveSince(ctx)).execute()
  return new Set(rows.map((r) => r.host))
}

export async function bridgeAgentOf(ctx: NetworkContext, host: string): Promise<AgentRow | undefined> {
  return await ctx.db.selectFrom('agents').selectAll().where('host', '=', host).where('agent_type', '=', BRIDGE_AGENT).executeTakeFirst()
}

/** What every host's bridge agent says of itself. */
export async function bridgeConfigurations(ctx: NetworkContext): Promise<Pick<AgentRow, 'host' | 'configurations'>[]> {
  return await ctx.db.selectFrom('agents').select(['host', 'configurations']).where('agent_type', '=', BRIDGE_AGENT).execute()
}

/** Agents that are in a zone. */
export async function zonedAgents(ctx: NetworkContext): Promise<Pick<AgentRow, 'availability_zone' | 'agent_type' | 'admin_state_up'>[]> {
  return await ctx.db.selectFrom('agents').select(['availability_zone', 'agent_type', 'admin_state_up']).where('availability_zone', 'is not', null).execute()
}

/** Registers an agent; false when it is known already. */
export async function insertAgent(ctx: NetworkContext, row: AgentRow): Promise<boolean> {
  return await writeUnlessTaken(ctx.db.insertInto('agents').values(row))
}

export async function updateAgentRow(ctx: NetworkContext, id: string, set: Partial<AgentRow>): Promise<void> {
  if (Object.keys(set).length > 0) await ctx.db.updateTable('agents').set(set).where('id', '=', id).execute()
}

/** The agent and what it was given to host. */
export async function deleteAgentRow(ctx: NetworkContext, id: string): Promise<void> {
  await ctx.db.deleteFrom('dhcp_bindings').where('agent_id', '=', id).execute()
  await ctx.db.deleteFrom('router_bindings').where('agent_id', '=', id).execute()
  await ctx.db.deleteFrom('agents').where('id', '=', id).execute()
}

/** How many networks or routers each agent hosts. */
export async function loadOf(ctx: NetworkContext, table: 'dhcp_bindings' | 'router_bindings'): Promise<Map<string, number>> {
  const rows = await ctx.db.selectFrom(table).select(['agent_id', (eb) => eb.fn.countAll().as('count')]).groupBy('agent_id').execute()
  return new Map(rows.map((r) => [r.agent_id, Number(r.count)]))
}

/** As many as one run of a reconciler takes from silent hosts. */
const BATCH = 200

/** Networks or routers on hosts that fell silent or were switched off. */
export async function onSilentHosts(ctx: NetworkContext, table: 'dhcp_bindings' | 'router_bindings', since: string): Promise<{ id: string; agentId: string; host: string }[]> {
  const column = table === 'dhcp_bindings' ? 'dhcp_bindings.network_id' : 'router_bindings.router_id'
  return await (ctx.db.selectFrom(table as 'dhcp_bindings')).innerJoin('agents', 'agents.id', `${table as 'dhcp_bindings'}.agent_id`)
    .select([`${column as 'dhcp_bindings.network_id'} as id`, 'agents.id as agentId', 'agents.host'])
    .where((eb) => eb.or([eb('agents.heartbeat_at', '<', since), eb('agents.admin_state_up', '=', 0)])).limit(BATCH).execute()
}

/** Narrows a query to what is due: `query.$call(onlyDue('networks.id', due))`. */
export function onlyDue(column: string, due: DueIds) {
  return <Q>(query: Q): Q => (due === 'everything' ? query : (query as unknown as Narrowing<Q>).where(column, 'in', due))
}
interface Narrowing<Q> { where(column: string, op: 'in', ids: readonly string[]): Q }

export async function bindNetwork(ctx: NetworkContext, networkId: string, agentId: string): Promise<boolean> {
  return await writeUnlessTaken(ctx.db.insertInto('dhcp_bindings').values({ network_id: networkId, agent_id: agentId }))
}

export async function unbindNetwork(ctx: NetworkContext, networkId: string, agentId: string): Promise<boolean> {
  const { numDeletedRows } = await ctx.db.deleteFrom('dhcp_bindings').where('network_id', '=', networkId).where('agent_id', '=', agentId).executeTakeFirst()
  return numDeletedRows > 0n
}

export async function bindRouter(ctx: NetworkContext, routerId: string, agentId: string): Promise<boolean> {
  return await writeUnlessTaken(ctx.db.insertInto('router_bindings').values({ router_id: routerId, agent_id: agentId }))
}

export async function unbindRouter(ctx: NetworkContext, routerId: string, agentId: string): Promise<boolean> {
  const { numDeletedRows } = await ctx.db.deleteFrom('router_bindings').where('router_id', '=', routerId).where('agent_id', '=', agentId).executeTakeFirst()
  return numDeletedRows > 0n
}

export async function agentsOfNetwork(ctx: NetworkContext, networkId: string): Promise<AgentRow[]> {
  return await ctx.db.selectFrom('dhcp_bindings').innerJoin('agents', 'agents.id', 'dhcp_bindings.agent_id').selectAll('agents').where('dhcp_bindings.network_id', '=', networkId).execute()
}

export async function agentsOfRouter(ctx: NetworkContext, routerId: string): Promise<AgentRow[]> {
  return await ctx.db.selectFrom('router_bindings').innerJoin('agents', 'agents.id', 'router_bindings.agent_id').selectAll('agents').where('router_bindings.router_id', '=', routerId).execute()
}

export async function networksOfAgent(ctx: NetworkContext, id: string): Promise<NetworkRow[]> {
  return await ctx.db.selectFrom('dhcp_bindings').innerJoin('networks', 'networks.id', 'dhcp_bindings.network_id').selectAll('networks').where('dhcp_bindings.agent_id', '=', id).orderBy('networks.id').execute()
}

export async function routersOfAgent(ctx: NetworkContext, id: string): Promise<RouterRow[]> {
  return await ctx.db.selectFrom('router_bindings').innerJoin('routers', 'routers.id', 'router_bindings.router_id').selectAll('routers').where('router_bindings.agent_id', '=', id).orderBy('routers.id').execute()
}
