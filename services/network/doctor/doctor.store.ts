/** SQL that finds what is not as it must be. */
import { aliveSince } from '../agents/alive.ts'
import type { NetworkContext } from '../context.ts'
import type { FloatingIpRow } from '../database.ts'

/** A doctor's list is read by people. */
const MOST = 500

export interface Unserved { id: string; name: string; host: string | null; silent: boolean }

/** Networks that want DHCP and get none. One that an administrator took off its host is as it was wanted. */
export async function unservedNetworks(ctx: NetworkContext): Promise<Unserved[]> {
  const rows = await ctx.db.selectFrom('networks')
    .leftJoin('dhcp_bindings', 'dhcp_bindings.network_id', 'networks.id').leftJoin('agents', 'agents.id', 'dhcp_bindings.agent_id')
    .leftJoin('ports', (join) => join.onRef('ports.network_id', '=', 'networks.id').on('ports.device_owner', '=', 'network:dhcp').onRef('ports.binding_host', '=', 'agents.host'))
    .select(['networks.id', 'networks.name', 'agents.host', 'agents.heartbeat_at', 'dhcp_bindings.agent_id', 'ports.id as port_id'])
    .where('networks.admin_state_up', '=', 1).where('networks.id', 'in', (eb) => eb.selectFrom('subnets').select('network_id').where('enable_dhcp', '=', 1))
    .where((eb) => eb.or([eb('dhcp_bindings.agent_id', 'is', null), eb('dhcp_bindings.agent_id', '<>', '')]))
    .where((eb) => eb.or([eb('agents.id', 'is', null), eb('agents.heartbeat_at', '<', aliveSince(ctx)), eb('ports.id', 'is', null)])).orderBy('networks.id').limit(MOST).execute()
  return rows.map((r) => ({ id: r.id, name: r.name, host: r.host, silent: r.heartbeat_at !== null && r.heartbeat_at < aliveSince(ctx) }))
}

export async function hostlessRouters(ctx: NetworkContext): Promise<{ id: string; name: string; host: string | null }[]> {
  return await ctx.db.selectFrom('routers').leftJoin('router_bindings', 'router_bindings.router_id', 'routers.id').leftJoin('agents', 'agents.id', 'router_bindings.agent_id')
    .select(['routers.id', 'routers.name', 'agents.host'])
    .where((eb) => eb.or([eb('routers.gw_port_id', 'is not', null), eb('routers.id', 'in', eb.selectFrom('router_interfaces').select('router_id'))]))
    .where((eb) => eb.or([eb('router_bindings.agent_id', 'is', null), eb('router_bindings.agent_id', '<>', '')]))
    .where((eb) => eb.or([eb('agents.id', 'is', null), eb('agents.heartbeat_at', '<', aliveSince(ctx))])).orderBy('routers.id').limit(MOST).execute()
}

export async function portsOnSilentHosts(ctx: NetworkContext, since: string): Promise<{ id: string; device_id: string; binding_host: string; heartbeat_at: string | null }[]> {
  return await ctx.db.selectFrom('ports').leftJoin('agents', (join) => join.onRef('agents.host', '=', 'ports.binding_host').on('agents.agent_type', '=', 'Linux bridge agent'))
    .select(['ports.id', 'ports.device_id', 'ports.binding_host', 'agents.heartbeat_at']).where('ports.binding_vif_type', '=', 'bridge')
    .where((eb) => eb.or([eb('agents.id', 'is', null), eb('agents.heartbeat_at', '<', since)])).orderBy('ports.binding_host').orderBy('ports.id').limit(MOST).execute()
}

export async function floatingIpsAstray(ctx: NetworkContext): Promise<{ row: FloatingIpRow; lost: 'floating' | 'fixed' }[]> {
  const lostPort = (column: 'floating_port_id' | 'fixed_port_id') => ctx.db.selectFrom('floating_ips').selectAll()
    .where(column, 'is not', null).where(column, 'not in', (eb) => eb.selectFrom('ports').select('id')).orderBy('id').limit(MOST).execute()
  return [...(await lostPort('floating_port_id')).map((row) => ({ row, lost: 'floating' as const })), ...(await lostPort('fixed_port_id')).map((row) => ({ row, lost: 'fixed' as const }))]
}
