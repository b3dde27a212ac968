/** An administrator puts a network's DHCP on a host, or takes it off. */
import { inTransaction } from '#core/db/database.ts'
import { noteChange } from '../changes/changes.ts'
import type { NetworkContext } from '../context.ts'
import { errors } from '../errors.ts'
import { getNetwork } from '../networks/network.store.ts'
import { bindNetwork, DHCP_AGENT, getAgent, unbindNetwork } from './agent.store.ts'
import { reserveDhcpPort } from './dhcp-ports.ts'
import { holdNetwork, releaseNetwork } from './holding.store.ts'

export async function putNetworkOn(ctx: NetworkContext, networkId: string, agentId: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    if ((await getNetwork(ctx, networkId)) === undefined) throw errors.NetworkNotFound({ netId: networkId })
    const agent = await getAgent(ctx, agentId)
    if (agent === undefined) throw errors.AgentNotFound({ id: agentId })
    if (agent.agent_type !== DHCP_AGENT || agent.admin_state_up === 0) throw errors.InvalidDHCPAgent({ id: agentId })
    if (!(await bindNetwork(ctx, networkId, agentId))) throw errors.NetworkHostedByDHCPAgent({ networkId, agentId })
    await releaseNetwork(ctx, networkId)
    await noteChange(ctx, { networkIds: [networkId], hosts: [agent.host], reschedule: true })
  })
}

/** The network's port there is kept for the next host, so that guests keep talking to the same address. */
export async function takeNetworkOff(ctx: NetworkContext, networkId: string, agentId: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const agent = await getAgent(ctx, agentId)
    if (agent === undefined) throw errors.AgentNotFound({ id: agentId })
    if (!(await unbindNetwork(ctx, networkId, agentId))) throw errors.NetworkNotHostedByDhcpAgent({ networkId, agentId })
    await reserveDhcpPort(ctx, networkId, agent.host)
    await holdNetwork(ctx, networkId)
    await noteChange(ctx, { networkIds: [networkId], hosts: [agent.host] })
  })
}
