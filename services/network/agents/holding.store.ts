/**
 * What an administrator took off its host stays off until an administrator puts it on one. A row without an agent
 * keeps the place: the schedulers leave alone whatever has a row, and every join with agents passes it by.
 */
import type { NetworkContext } from '../context.ts'

const NO_AGENT = ''

export async function holdNetwork(ctx: NetworkContext, networkId: string): Promise<void> {
  await releaseNetwork(ctx, networkId)
  await ctx.db.insertInto('dhcp_bindings').values({ network_id: networkId, agent_id: NO_AGENT }).execute()
}

export async function releaseNetwork(ctx: NetworkContext, networkId: string): Promise<void> {
  await ctx.db.deleteFrom('dhcp_bindings').where('network_id', '=', networkId).where('agent_id', '=', NO_AGENT).execute()
}

export async function holdRouter(ctx: NetworkContext, routerId: string): Promise<void> {
  await releaseRouter(ctx, routerId)
  await ctx.db.insertInto('router_bindings').values({ router_id: routerId, agent_id: NO_AGENT }).execute()
}

export async function releaseRouter(ctx: NetworkContext, routerId: string): Promise<void> {
  await ctx.db.deleteFrom('router_bindings').where('router_id', '=', routerId).where('agent_id', '=', NO_AGENT).execute()
}

/** Networks and routers that an administrator holds off every host. */
export async function heldIds(ctx: NetworkContext): Promise<{ networks: Set<string>; routers: Set<string> }> {
  const networks = await ctx.db.selectFrom('dhcp_bindings').select('network_id').where('agent_id', '=', NO_AGENT).execute()
  const routers = await ctx.db.selectFrom('router_bindings').select('router_id').where('agent_id', '=', NO_AGENT).execute()
  return { networks: new Set(networks.map((r) => r.network_id)), routers: new Set(routers.map((r) => r.router_id)) }
}
