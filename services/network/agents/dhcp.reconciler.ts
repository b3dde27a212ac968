/**
 * DHCP: every network with a subnet that wants it is served by a host, through a port of its own with an address on
 * each such subnet. Compares networks, bindings and ports by queries whose answers are the differences.
 */
import { inTransaction, type ExpressionBuilder } from '#core/db/database.ts'
import { fromJson } from '#core/db/json.ts'
import { defineReconciler } from '#core/reconcile/reconcile.ts'
import { noteChange } from '../changes/changes.ts'
import type { NetworkContext } from '../context.ts'
import type { AgentRow, NetworkTables } from '../database.ts'
import { getNetwork } from '../networks/network.store.ts'
import { removePort } from '../ports/delete-port.ts'
import { aliveAgents, bindNetwork, DHCP_AGENT, getAgents, loadOf, unbindNetwork } from './agent.store.ts'
import { DHCP_OWNER, fixDhcpAddresses, reserveDhcpPort, takeDhcpPort } from './dhcp-ports.ts'
import { takeDue, type DueIds } from './due.ts'
import { mayJudgeSilence, silentSince } from './patience.ts'
import { hostsReaching } from './reach.ts'
import { chooseAgents } from './schedule.ts'

const EVERY_MS = 30_000
const BATCH = 200

export const dhcpReconciler = defineReconciler<NetworkContext>({
  name: 'dhcp',
  everyMs: EVERY_MS,
  async run(ctx) {
    const due = takeDue(ctx, 'dhcp', EVERY_MS)
    if (due === 'everything' && mayJudgeSilence(ctx)) await leaveSilentHosts(ctx)
    await removeOrphans(ctx, due)
    await scheduleNetworks(ctx, due)
    await makePorts(ctx, due)
    await fixAddresses(ctx, due)
  },
})

/** A network that nobody has placed yet gets its host; one that an administrator took off its host does not. */
export async function scheduleNetwork(ctx: NetworkContext, networkId: string): Promise<void> {
  await scheduleNetworks(ctx, [networkId])
}

/** Networks leave hosts that fell silent or were switched off, when another host can take them. */
async function leaveSilentHosts(ctx: NetworkContext): Promise<void> {
  if ((await aliveAgents(ctx, DHCP_AGENT)).length === 0) return
  const silent = await ctx.db.selectFrom('dhcp_bindings').innerJoin('agents', 'agents.id', 'dhcp_bindings.agent_id').select(['dhcp_bindings.network_id', 'agents.id', 'agents.host'])
    .where((eb) => eb.or([eb('agents.heartbeat_at', '<', silentSince(ctx)), eb('agents.admin_state_up', '=', 0)])).limit(BATCH).execute()
  for (const row of silent) {
    await inTransaction(ctx, async (ctx) => {
      if (!(await unbindNetwork(ctx, row.network_id, row.id))) return
      await reserveDhcpPort(ctx, row.network_id, row.host)
      await noteChange(ctx, { networkIds: [row.network_id], hosts: [row.host] })
    })
  }
}

type Expressions = ExpressionBuilder<NetworkTables, 'ports'>

/** DHCP ports of networks that want no DHCP any more, and of hosts that do not serve the network. */
async function removeOrphans(ctx: NetworkContext, due: DueIds): Promise<void> {
  const served = (eb: Expressions) => eb.exists(eb.selectFrom('dhcp_bindings').innerJoin('agents', 'agents.id', 'dhcp_bindings.agent_id').select('agents.id')
    .whereRef('dhcp_bindings.network_id', '=', 'ports.network_id').whereRef('agents.host', '=', 'ports.binding_host'))
  const wanted = (eb: Expressions) => eb.exists(eb.selectFrom('subnets').select('subnets.id').whereRef('subnets.network_id', '=', 'ports.network_id').where('subnets.enable_dhcp', '=', 1))
  const orphans = await ctx.db.selectFrom('ports').selectAll('ports').where('device_owner', '=', DHCP_OWNER)
    .where((eb) => eb.or([eb.not(wanted(eb)), eb.and([eb('device_id', 'like', 'dhcp%'), eb.not(served(eb))])]))
    .$if(due !== 'everything', (q) => q.where('network_id', 'in', due as string[])).limit(BATCH).execute()
  for (const port of orphans) await inTransaction(ctx, async (ctx) => await removePort(ctx, port))
}

async function scheduleNetworks(ctx: NetworkContext, due: DueIds): Promise<void> {
  const { dhcpAgentsPerNetwork } = ctx.config
  const short = await ctx.db.selectFrom('networks').selectAll('networks').where('networks.admin_state_up', '=', 1)
    .where('networks.id', 'in', (eb) => eb.selectFrom('subnets').select('network_id').where('enable_dhcp', '=', 1))
    .where('networks.id', 'not in', (eb) => eb.selectFrom('dhcp_bindings').select('network_id').where('agent_id', '=', ''))
    .where((eb) => eb(eb.selectFrom('dhcp_bindings').select((e) => e.fn.countAll().as('n')).whereRef('dhcp_bindings.network_id', '=', 'networks.id'), '<', dhcpAgentsPerNetwork as never))
    .$if(due !== 'everything', (q) => q.where('networks.id', 'in', due as string[])).execute()
  if (short.length === 0) return
  const agents = await aliveAgents(ctx, DHCP_AGENT)
  if (agents.length === 0) return
  const load = await loadOf(ctx, 'dhcp_bindings')
  const reaching = await hostsReaching(ctx)
  for (const network of short) {
    const held = new Set((await ctx.db.selectFrom('dhcp_bindings').select('agent_id').where('network_id', '=', network.id).execute()).map((h) => h.agent_id))
    const able = agents.filter((a) => reaching(a.host, network))
    for (const agent of chooseAgents(able, load, fromJson<string[]>(network.availability_zone_hints, []), dhcpAgentsPerNetwork - held.size, held)) {
      await bindNetwork(ctx, network.id, agent.id)
      load.set(agent.id, (load.get(agent.id) ?? 0) + 1)
    }
  }
}

/** A port on each host that serves. */
async function makePorts(ctx: NetworkContext, due: DueIds): Promise<void> {
  const missing = await ctx.db.selectFrom('dhcp_bindings').innerJoin('agents', 'agents.id', 'dhcp_bindings.agent_id').select(['dhcp_bindings.network_id', 'dhcp_bindings.agent_id'])
    .where('dhcp_bindings.network_id', 'in', (eb) => eb.selectFrom('subnets').select('network_id').where('enable_dhcp', '=', 1))
    .where((eb) => eb.not(eb.exists(eb.selectFrom('ports').select('ports.id').whereRef('ports.network_id', '=', 'dhcp_bindings.network_id').where('ports.device_owner', '=', DHCP_OWNER).whereRef('ports.binding_host', '=', 'agents.host'))))
    .$if(due !== 'everything', (q) => q.where('dhcp_bindings.network_id', 'in', due as string[])).execute()
  const agents = new Map((await getAgents(ctx, [...new Set(missing.map((m) => m.agent_id))])).map((a) => [a.id, a]))
  for (const { network_id: networkId, agent_id: agentId } of missing) {
    const agent = agents.get(agentId)
    if (agent === undefined) continue
    try {
      await inTransaction(ctx, async (ctx) => await makePort(ctx, networkId, agent))
    } catch (error) {
      // Another network must not wait for one whose pools are full.
      ctx.log.warn({ err: error, networkId, host: agent.host }, 'no DHCP port could be made; trying again')
    }
  }
}

async function makePort(ctx: NetworkContext, networkId: string, agent: AgentRow): Promise<void> {
  // Takes the network's row: another process that makes the same port waits here, and then finds it.
  await ctx.db.updateTable('networks').set((eb) => ({ status: eb.ref('status') })).where('id', '=', networkId).execute()
  const network = await getNetwork(ctx, networkId)
  if (network !== undefined) await takeDhcpPort(ctx, network, agent)
}

/** Ports whose addresses are not those of the network's DHCP subnets. */
async function fixAddresses(ctx: NetworkContext, due: DueIds): Promise<void> {
  const wrong = await ctx.db.selectFrom('ports').innerJoin('subnets', 'subnets.network_id', 'ports.network_id')
    .leftJoin('ip_allocations', (join) => join.onRef('ip_allocations.port_id', '=', 'ports.id').onRef('ip_allocations.subnet_id', '=', 'subnets.id'))
    .select('ports.id').distinct().where('ports.device_owner', '=', DHCP_OWNER).where('ports.device_id', 'like', 'dhcp%')
    .where((eb) => eb.or([
      eb.and([eb('subnets.enable_dhcp', '=', 1), eb('ip_allocations.port_id', 'is', null)]),
      eb.and([eb('subnets.enable_dhcp', '=', 0), eb('ip_allocations.port_id', 'is not', null), eb('subnets.ipv6_address_mode', 'is', null)]),
    ]))
    .$if(due !== 'everything', (q) => q.where('ports.network_id', 'in', due as string[])).limit(BATCH).execute()
  for (const { id } of wrong) {
    try {
      await inTransaction(ctx, async (ctx) => await fixDhcpAddresses(ctx, id))
    } catch (error) {
      ctx.log.warn({ err: error, portId: id }, 'the addresses of a DHCP port could not be brought in line; trying again')
    }
  }
}
