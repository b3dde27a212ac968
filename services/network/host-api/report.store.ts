/** SQL about what hosts report. What went elsewhere meanwhile is left as it is: each UPDATE looks where it is now. */
import { sql } from '#core/db/database.ts'
import { nowIso } from '#core/time/clock.ts'
import { selectIn } from '../attributes/children.ts'
import type { NetworkContext } from '../context.ts'
import type { FloatingIpRow } from '../database.ts'

export type Status = 'ACTIVE' | 'DOWN'

export async function markPorts(ctx: NetworkContext, host: string, ids: readonly string[], status: Status): Promise<void> {
  await ctx.db.updateTable('ports').set({ status, updated_at: nowIso(ctx.clock), revision_number: sql`revision_number + 1` })
    .where('id', 'in', ids).where('binding_host', '=', host).where('status', '<>', status).execute()
}

export async function routersOnHost(ctx: NetworkContext, host: string): Promise<string[]> {
  const rows = await ctx.db.selectFrom('router_bindings').innerJoin('agents', 'agents.id', 'router_bindings.agent_id').select('router_bindings.router_id').where('agents.host', '=', host).execute()
  return rows.map((r) => r.router_id)
}

/** Floating IPs of these routers that stand for a port. */
export async function floatingIpsInUse(ctx: NetworkContext, routerIds: readonly string[]): Promise<Pick<FloatingIpRow, 'id' | 'router_id' | 'status'>[]> {
  return routerIds.length === 0 ? [] : await selectIn<FloatingIpRow>(ctx, 'id, router_id, status', 'floating_ips', 'router_id', routerIds, ' and fixed_port_id is not null')
}

/** Those whose router is still on the host. */
export async function markFloatingIps(ctx: NetworkContext, host: string, ids: readonly string[], status: Status): Promise<void> {
  await ctx.db.updateTable('floating_ips').set({ status, updated_at: nowIso(ctx.clock), revision_number: sql`revision_number + 1` })
    .where('id', 'in', ids).where('fixed_port_id', 'is not', null).where('status', '<>', status)
    .where('router_id', 'in', (eb) => eb.selectFrom('router_bindings').innerJoin('agents', 'agents.id', 'router_bindings.agent_id').select('router_bindings.router_id').where('agents.host', '=', host))
    .execute()
}
