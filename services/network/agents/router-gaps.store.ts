/** SQL of the router reconciler: routers without a host, and ports that are not where their router is. */
import { selectIn } from '../attributes/children.ts'
import type { NetworkContext } from '../context.ts'
import type { RouterRow } from '../database.ts'
import { ROUTER_INTERFACE_OWNERS } from '../ports/port.store.ts'
import { onlyDue } from './agent.store.ts'
import type { DueIds } from './due.ts'

export const ROUTER_PORTS = [...ROUTER_INTERFACE_OWNERS, 'network:router_gateway']
/** As many differences as one run works off. */
const BATCH = 200

/** Routers that have something to do and no host. */
export async function homelessRouters(ctx: NetworkContext, due: DueIds): Promise<RouterRow[]> {
  return await ctx.db.selectFrom('routers').selectAll('routers')
    .where((eb) => eb.or([eb('routers.gw_port_id', 'is not', null), eb('routers.id', 'in', eb.selectFrom('router_interfaces').select('router_id'))]))
    .where('routers.id', 'not in', (eb) => eb.selectFrom('router_bindings').select('router_id'))
    .$call(onlyDue('routers.id', due)).execute()
}

export async function isPlaced(ctx: NetworkContext, routerId: string): Promise<boolean> {
  return (await ctx.db.selectFrom('router_bindings').select('agent_id').where('router_id', '=', routerId).executeTakeFirst()) !== undefined
}

/** Which networks these routers have ports on. */
export async function networksTouched(ctx: NetworkContext, routerIds: readonly string[]): Promise<{ router: string; network: string }[]> {
  const legs = await selectIn<{ device_id: string; network_id: string; device_owner: string }>(ctx, 'distinct device_id, network_id, device_owner', 'ports', 'device_id', routerIds)
  return legs.filter((leg) => ROUTER_PORTS.includes(leg.device_owner)).map((leg) => ({ router: leg.device_id, network: leg.network_id }))
}

/** Routers with ports that are not on their host. */
export async function routersWithPortsAstray(ctx: NetworkContext, due: DueIds): Promise<{ router_id: string; host: string }[]> {
  return await ctx.db.selectFrom('router_bindings').innerJoin('agents', 'agents.id', 'router_bindings.agent_id').innerJoin('ports', 'ports.device_id', 'router_bindings.router_id')
    .select(['router_bindings.router_id', 'agents.host']).distinct().where('ports.device_owner', 'in', ROUTER_PORTS).whereRef('ports.binding_host', '<>', 'agents.host')
    .$call(onlyDue('router_bindings.router_id', due)).limit(BATCH).execute()
}
