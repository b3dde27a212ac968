/** Which host serves DHCP for a network: seen from the agent and from the network, and changed by hand. */
import { authorise } from '#core/http/context.ts'
import { reply, type Reply } from '#core/http/message.ts'
import { inHandler, route, type Route } from '#core/http/route.ts'
import type { Resource } from '../attributes/attribute.ts'
import { presenter } from '../attributes/present.ts'
import type { ApiRequestOf, NetworkContext } from '../context.ts'
import { errors } from '../errors.ts'
import { networkResource } from '../networks/network.resource.ts'
import { agentResource, agentView } from './agent.resource.ts'
import { agentsOfNetwork, getAgent, networksOfAgent } from './agent.store.ts'
import { scheduleNetwork } from './dhcp.reconciler.ts'
import { putNetworkOn, takeNetworkOff } from './place-network.ts'
import { readId } from './read-id.ts'

export const dhcpAgentRoutes: Route[] = [
  route('GET', '/v2.0/agents/:agent_id/dhcp-networks', listNetworks, { policy: inHandler('get_dhcp-networks') }),
  route('POST', '/v2.0/agents/:agent_id/dhcp-networks', addNetwork, { policy: inHandler('create_dhcp-network'), status: 201 }),
  route('DELETE', '/v2.0/agents/:agent_id/dhcp-networks/:network_id', removeNetwork, { policy: inHandler('delete_dhcp-network'), status: 204 }),
  route('GET', '/v2.0/networks/:id/dhcp-agents', listAgents, { policy: inHandler('get_dhcp-agents') }),
]

/** What upstream answers where there is nothing to say. */
export function nothing(): Reply {
  return reply({ status: 201, headers: { 'content-type': 'application/json' }, body: 'null' })
}

async function listNetworks(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  authorise(ctx, 'get_dhcp-networks', {})
  const id = request.params['agent_id']!
  if ((await getAgent(ctx, id)) === undefined) throw errors.AgentNotFound({ id })
  const views = await networkResource.views(ctx, await networksOfAgent(ctx, id))
  return { networks: views.map(presenter(ctx, networkResource as unknown as Resource)) }
}

async function addNetwork(ctx: NetworkContext, request: ApiRequestOf): Promise<Reply> {
  authorise(ctx, 'create_dhcp-network', {})
  await putNetworkOn(ctx, readId(request.body, 'network_id'), request.params['agent_id']!)
  return nothing()
}

async function removeNetwork(ctx: NetworkContext, request: ApiRequestOf): Promise<undefined> {
  authorise(ctx, 'delete_dhcp-network', {})
  await takeNetworkOff(ctx, request.params['network_id']!, request.params['agent_id']!)
  return undefined
}

async function listAgents(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  authorise(ctx, 'get_dhcp-agents', {})
  const id = request.params['id']!
  // A network that has just come is placed now rather than in a moment: who asks may have made it himself.
  await scheduleNetwork(ctx, id)
  const agents = await agentsOfNetwork(ctx, id)
  return { agents: agents.map((a) => agentView(ctx, a)).map(presenter(ctx, agentResource as unknown as Resource)) }
}
