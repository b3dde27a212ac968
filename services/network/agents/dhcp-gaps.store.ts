/** SQL of the DHCP reconciler: each query answers a difference between what networks want and what hosts serve. */
import type { ExpressionBuilder } from '#core/db/database.ts'
import type { NetworkContext } from '../context.ts'
import type { NetworkRow, NetworkTables, PortRow } from '../database.ts'
import { onlyDue } from './agent.store.ts'
import type { DueIds } from './due.ts'

export const DHCP_OWNER = 'network:dhcp'
/** As many differences as one run works off. */
const BATCH = 200

type Expressions = ExpressionBuilder<NetworkTables, 'ports'>

/** DHCP ports of networks that want no DHCP any more, and of hosts that do not serve the network. */
export async function orphanDhcpPorts(ctx: NetworkContext, due: DueIds): Promise<PortRow[]> {
  const served = (eb: Expressions) => eb.exists(eb.selectFrom('dhcp_bindings').innerJoin('agents', 'agents.id', 'dhcp_bindings.agent_id').select('agents.id')
    .whereRef('dhcp_bindings.network_id', '=', 'ports.network_id').whereRef('agents.host', '=', 'ports.binding_host'))
  const wanted = (eb: Expressions) => eb.exists(eb.selectFrom('subnets').select('subnets.id').whereRef('subnets.network_id', '=', 'ports.network_id').where('subnets.enable_dhcp', '=', 1))
  return await ctx.db.selectFrom('ports').selectAll('ports').where('device_owner', '=', DHCP_OWNER)
    .where((eb) => eb.or([eb.not(wanted(eb)), eb.and([eb('device_id', 'like', 'dhcp%'), eb.not(served(eb))])]))
    .$call(onlyDue('network_id', due)).limit(BATCH).execute()
}

/** Networks with a subnet that wants DHCP and fewer hosts than `hosts`; those held off every host are left alone. */
export async function networksShortOfHosts(ctx: NetworkContext, due: DueIds, hosts: number): Promise<NetworkRow[]> {
  return await ctx.db.selectFrom('networks').selectAll('networks').where('networks.admin_state_up', '=', 1)
    .where('networks.id', 'in', (eb) => eb.selectFrom('subnets').select('network_id').where('enable_dhcp', '=', 1))
    .where('networks.id', 'not in', (eb) => eb.selectFrom('dhcp_bindings').select('network_id').where('agent_id', '=', ''))
    .where((eb) => eb(eb.selectFrom('dhcp_bindings').select((e) => e.fn.countAll().as('n')).whereRef('dhcp_bindings.network_id', '=', 'networks.id'), '<', hosts as never))
    .$call(onlyDue('networks.id', due)).execute()
}

/** The network's DHCP ports, wherever they are bound. */
export async function dhcpPortsOf(ctx: NetworkContext, networkId: string): Promise<PortRow[]> {
  return await ctx.db.selectFrom('ports').selectAll().where('network_id', '=', networkId).where('device_owner', '=', DHCP_OWNER).orderBy('id').execute()
}

export async function dhcpSubnetIds(ctx: NetworkContext, networkId: string): Promise<string[]> {
  const rows = await ctx.db.selectFrom('subnets').select('id').where('network_id', '=', networkId).where('enable_dhcp', '=', 1).orderBy('created_at').orderBy('id').execute()
  return rows.map((r) => r.id)
}

/** Ids of the agents that serve the network. */
export async function servingAgentIds(ctx: NetworkContext, networkId: string): Promise<Set<string>> {
  const rows = await ctx.db.selectFrom('dhcp_bindings').select('agent_id').where('network_id', '=', networkId).execute()
  return new Set(rows.map((row) => row.agent_id))
}

/** Networks and hosts that serve them without a port. */
export async function bindingsWithoutPort(ctx: NetworkContext, due: DueIds): Promise<{ network_id: string; agent_id: string }[]> {
  return await ctx.db.selectFrom('dhcp_bindings').innerJoin('agents', 'agents.id', 'dhcp_bindings.agent_id').select(['dhcp_bindings.network_id', 'dhcp_bindings.agent_id'])
    .where('dhcp_bindings.network_id', 'in', (eb) => eb.selectFrom('subnets').select('network_id').where('enable_dhcp', '=', 1))
    .where((eb) => eb.not(eb.exists(eb.selectFrom('ports').select('ports.id').whereRef('ports.network_id', '=', 'dhcp_bindings.network_id').where('ports.device_owner', '=', DHCP_OWNER).whereRef('ports.binding_host', '=', 'agents.host'))))
    .$call(onlyDue('dhcp_bindings.network_id', due)).execute()
}

/** Ports whose addresses are not those of the network's DHCP subnets. */
export async function dhcpPortsAstray(ctx: NetworkContext, due: DueIds): Promise<{ id: string }[]> {
  return await ctx.db.selectFrom('ports').innerJoin('subnets', 'subnets.network_id', 'ports.network_id')
    .leftJoin('ip_allocations', (join) => join.onRef('ip_allocations.port_id', '=', 'ports.id').onRef('ip_allocations.subnet_id', '=', 'subnets.id'))
    .select('ports.id').distinct().where('ports.device_owner', '=', DHCP_OWNER).where('ports.device_id', 'like', 'dhcp%')
    .where((eb) => eb.or([
      eb.and([eb('subnets.enable_dhcp', '=', 1), eb('ip_allocations.port_id', 'is', null)]),
      eb.and([eb('subnets.enable_dhcp', '=', 0), eb('ip_allocations.port_id', 'is not', null), eb('subnets.ipv6_address_mode', 'is', null)]),
    ]))
    .$call(onlyDue('ports.network_id', due)).limit(BATCH).execute()
}
