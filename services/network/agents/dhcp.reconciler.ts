/**
 * DHCP: every network with a subnet that wants it is served by a host, through a port of its own with an address on
 * each such subnet. Compares networks, bindings and ports by queries whose answers are the differences.
 */
import { inTransaction } from '#core/db/database.ts'
import { fromJson } from '#core/db/json.ts'
import { defineReconciler } from '#core/reconcile/reconcile.ts'
import { holdRow } from '../attributes/revision.store.ts'
import { noteChange } from '../changes/changes.ts'
import type { NetworkContext } from '../context.ts'
import type { AgentRow } from '../database.ts'
import { getNetwork } from '../networks/network.store.ts'
import { removePort } from '../ports/delete-port.ts'
import { aliveAgents, bindNetwork, DHCP_AGENT, getAgents, onSilentHosts, unbindNetwork } from './agent.store.ts'
import { bindingsWithoutPort, dhcpPortsAstray, networksShortOfHosts, orphanDhcpPorts, servingAgentIds } from './dhcp-gaps.store.ts'
import { fixDhcpAddresses, reserveDhcpPort, takeDhcpPort } from './dhcp-ports.ts'
import { takeDue, type DueIds } from './due.ts'
import { mayJudgeSilence, silentSince } from './patience.ts'
import { chooseAgents, noteGiven, staffOf } from './schedule.ts'

const EVERY_MS = 30_000

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
  for (const { id, agentId, host } of await onSilentHosts(ctx, 'dhcp_bindings', silentSince(ctx))) {
    await inTransaction(ctx, async (ctx) => {
      if (!(await unbindNetwork(ctx, id, agentId))) return
      await reserveDhcpPort(ctx, id, host)
      await noteChange(ctx, { networkIds: [id], hosts: [host] })
    })
  }
}

async function removeOrphans(ctx: NetworkContext, due: DueIds): Promise<void> {
  for (const port of await orphanDhcpPorts(ctx, due)) await inTransaction(ctx, async (ctx) => await removePort(ctx, port))
}

async function scheduleNetworks(ctx: NetworkContext, due: DueIds): Promise<void> {
  const { dhcpAgentsPerNetwork } = ctx.config
  const short = await networksShortOfHosts(ctx, due, dhcpAgentsPerNetwork)
  const staff = short.length === 0 ? undefined : await staffOf(ctx, DHCP_AGENT)
  if (staff === undefined) return
  for (const network of short) {
    const held = await servingAgentIds(ctx, network.id)
    const able = staff.agents.filter((a) => staff.reaching(a.host, network))
    for (const agent of chooseAgents(able, staff.load, fromJson<string[]>(network.availability_zone_hints, []), dhcpAgentsPerNetwork - held.size, held)) {
      await bindNetwork(ctx, network.id, agent.id)
      noteGiven(staff, agent.id)
    }
  }
}

/** A port on each host that serves. */
async function makePorts(ctx: NetworkContext, due: DueIds): Promise<void> {
  const missing = await bindingsWithoutPort(ctx, due)
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
  await holdRow(ctx, 'networks', networkId)
  const network = await getNetwork(ctx, networkId)
  if (network !== undefined) await takeDhcpPort(ctx, network, agent)
}

async function fixAddresses(ctx: NetworkContext, due: DueIds): Promise<void> {
  for (const { id } of await dhcpPortsAstray(ctx, due)) {
    try {
      await inTransaction(ctx, async (ctx) => await fixDhcpAddresses(ctx, id))
    } catch (error) {
      ctx.log.warn({ err: error, portId: id }, 'the addresses of a DHCP port could not be brought in line; trying again')
    }
  }
}
