/** Which host runs a router: seen from the agent and from the router, and changed by hand. */
import { authorise } from '#core/http/context.ts'
import type { Reply } from '#core/http/message.ts'
import { inHandler, route, type Route } from '#core/http/route.ts'
import type { Resource } from '../attributes/attribute.ts'
import { presenter } from '../attributes/present.ts'
import type { ApiRequestOf, NetworkContext } from '../context.ts'
import { errors } from '../errors.ts'
import { routerResource } from '../routers/router.resource.ts'
import { agentResource, agentView } from './agent.resource.ts'
import { agentsOfRouter, getAgent, routersOfAgent } from './agent.store.ts'
import { nothing } from './dhcp-agent.handlers.ts'
import { putRouterOn, takeRouterOff } from './place-router.ts'
import { readId } from './read-id.ts'

export const l3AgentRoutes: Route[] = [
  route('GET', '/v2.0/agents/:agent_id/l3-routers', listRouters, { policy: inHandler('get_l3-routers') }),
  route('POST', '/v2.0/agents/:agent_id/l3-routers', addRouter, { policy: inHandler('create_l3-router'), status: 201 }),
  route('DELETE', '/v2.0/agents/:agent_id/l3-routers/:router_id', removeRouter, { policy: inHandler('delete_l3-router'), status: 204 }),
  route('GET', '/v2.0/routers/:id/l3-agents', listAgents, { policy: inHandler('get_l3-agents') }),
]

async function listRouters(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  authorise(ctx, 'get_l3-routers', {})
  const id = request.params['agent_id']!
  if ((await getAgent(ctx, id)) === undefined) throw errors.AgentNotFound({ id })
  const views = await routerResource.views(ctx, await routersOfAgent(ctx, id))
  return { routers: views.map(presenter(ctx, routerResource as unknown as Resource)) }
}

async function addRouter(ctx: NetworkContext, request: ApiRequestOf): Promise<Reply> {
  authorise(ctx, 'create_l3-router', {})
  await putRouterOn(ctx, readId(request.body, 'router_id'), request.params['agent_id']!)
  return nothing()
}

async function removeRouter(ctx: NetworkContext, request: ApiRequestOf): Promise<undefined> {
  authorise(ctx, 'delete_l3-router', {})
  await takeRouterOff(ctx, request.params['router_id']!, request.params['agent_id']!)
  return undefined
}

async function listAgents(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  authorise(ctx, 'get_l3-agents', {})
  const agents = await agentsOfRouter(ctx, request.params['id']!)
  // No router here is of the highly available kind, so none has a state of that kind.
  const views = agents.map((a) => agentView(ctx, a)).map(presenter(ctx, agentResource as unknown as Resource))
  return { agents: views.map((v) => ({ ...v, ha_state: null })) }
}
