/**
 * What a host's wanted state is read from: each table once for all that was asked. Rows come in a fixed order, so that
 * a host that compares texts (files of dnsmasq, rules) finds the same where nothing changed.
 */
import { selectIn } from '../attributes/children.ts'
import type { NetworkContext } from '../context.ts'
import type { IpAllocationRow, NetworkRow, PortRow, RouterInterfaceRow, RouterRow, SecurityGroupRow, SecurityGroupRuleRow, SubnetRow } from '../database.ts'

/** More ids in one statement than this are asked in turns. */
const CHUNK = 4096

/** The host's ports, guests' and the service's own: all of them, or some by id or network. */
export async function portsHere(ctx: NetworkContext, host: string, by?: { column: 'id' | 'network_id'; ids: readonly string[]; owner?: string }): Promise<PortRow[]> {
  const mine = ctx.db.selectFrom('ports').selectAll().where('binding_host', '=', host).orderBy('id').$if(by?.owner !== undefined, (q) => q.where('device_owner', '=', by!.owner!))
  if (by === undefined) return await mine.execute()
  const rows: PortRow[] = []
  for (let at = 0; at < by.ids.length; at += CHUNK) rows.push(...await mine.where(by.column, 'in', by.ids.slice(at, at + CHUNK)).execute())
  return rows
}

/** Kinds of agents that are switched on on the host. */
export async function enabledKinds(ctx: NetworkContext, host: string): Promise<Set<string>> {
  const rows = await ctx.db.selectFrom('agents').select('agent_type').where('host', '=', host).where('admin_state_up', '=', 1).execute()
  return new Set(rows.map((r) => r.agent_type))
}

/** Routers that live on the host, all or some. */
export async function routersOn(ctx: NetworkContext, host: string, ids?: readonly string[]): Promise<RouterRow[]> {
  if (ids?.length === 0) return []
  return await ctx.db.selectFrom('agents').innerJoin('router_bindings', 'router_bindings.agent_id', 'agents.id').innerJoin('routers', 'routers.id', 'router_bindings.router_id')
    .selectAll('routers').where('agents.host', '=', host).orderBy('routers.id').$if(ids !== undefined, (q) => q.where('routers.id', 'in', ids!)).execute()
}

export async function networkRows(ctx: NetworkContext, ids: readonly string[]): Promise<NetworkRow[]> {
  return ids.length === 0 ? [] : await selectIn<NetworkRow>(ctx, '*', 'networks', 'id', ids, ' order by id')
}

export async function subnetRows(ctx: NetworkContext, networkIds: readonly string[]): Promise<SubnetRow[]> {
  return networkIds.length === 0 ? [] : await selectIn<SubnetRow>(ctx, '*', 'subnets', 'network_id', networkIds, ' order by created_at, id')
}

export type NeighbourPort = Pick<PortRow, 'id' | 'network_id' | 'mac_address' | 'binding_host' | 'dns_name' | 'extra_dhcp_opts'>

/** All ports of networks, wherever they are: leases and neighbours. */
export async function portsOnNetworks(ctx: NetworkContext, networkIds: readonly string[]): Promise<NeighbourPort[]> {
  return networkIds.length === 0 ? [] : await selectIn<NeighbourPort>(ctx, 'id, network_id, mac_address, binding_host, dns_name, extra_dhcp_opts', 'ports', 'network_id', networkIds, ' order by id')
}

export async function allocationsOnSubnets(ctx: NetworkContext, subnetIds: readonly string[]): Promise<IpAllocationRow[]> {
  return subnetIds.length === 0 ? [] : await selectIn<IpAllocationRow>(ctx, '*', 'ip_allocations', 'subnet_id', subnetIds, ' order by ip_key')
}

export async function tunnelIps(ctx: NetworkContext): Promise<Map<string, string>> {
  const rows = await ctx.db.selectFrom('agents').select(['host', 'tunnel_ip']).where('agent_type', '=', 'Linux bridge agent').where('tunnel_ip', 'is not', null).execute()
  return new Map(rows.map((r) => [r.host, r.tunnel_ip!]))
}

export async function groupsOfPorts(ctx: NetworkContext, portIds: readonly string[]): Promise<{ port_id: string; security_group_id: string }[]> {
  return portIds.length === 0 ? [] : await selectIn(ctx, 'port_id, security_group_id', 'port_security_groups', 'port_id', portIds, ' order by security_group_id')
}

export async function groupRows(ctx: NetworkContext, ids: readonly string[]): Promise<SecurityGroupRow[]> {
  return ids.length === 0 ? [] : await selectIn<SecurityGroupRow>(ctx, '*', 'security_groups', 'id', ids, ' order by id')
}

export async function ruleRows(ctx: NetworkContext, groupIds: readonly string[]): Promise<SecurityGroupRuleRow[]> {
  return groupIds.length === 0 ? [] : await selectIn<SecurityGroupRuleRow>(ctx, '*', 'security_group_rules', 'security_group_id', groupIds, ' order by id')
}

/** Those of the groups that some rule anywhere names as remote. */
export async function namedAsRemote(ctx: NetworkContext, groupIds: readonly string[]): Promise<string[]> {
  if (groupIds.length === 0) return []
  return (await selectIn<{ id: string }>(ctx, 'distinct remote_group_id as id', 'security_group_rules', 'remote_group_id', groupIds)).map((r) => r.id)
}

/** Addresses of a group's members: their own, and those they may use besides. */
export async function memberAddresses(ctx: NetworkContext, groupIds: readonly string[]): Promise<{ security_group_id: string; ip_address: string }[]> {
  if (groupIds.length === 0) return []
  const own = await selectIn<{ security_group_id: string; ip_address: string }>(ctx, 'g.security_group_id, a.ip_address', 'port_security_groups g join ip_allocations a on a.port_id = g.port_id', 'g.security_group_id', groupIds)
  const paired = await selectIn<{ security_group_id: string; allowed_address_pairs: string }>(ctx, 'g.security_group_id, p.allowed_address_pairs', 'port_security_groups g join ports p on p.id = g.port_id', 'g.security_group_id', groupIds, ' and p.allowed_address_pairs is not null')
  return [...own, ...paired.flatMap((p) => (JSON.parse(p.allowed_address_pairs) as { ip_address: string }[]).map((pair) => ({ security_group_id: p.security_group_id, ip_address: pair.ip_address })))]
}

export async function interfaceRows(ctx: NetworkContext, routerIds: readonly string[]): Promise<RouterInterfaceRow[]> {
  return routerIds.length === 0 ? [] : await selectIn<RouterInterfaceRow>(ctx, '*', 'router_interfaces', 'router_id', routerIds, ' order by port_id, subnet_id')
}

export interface FloatingRow { id: string; router_id: string; floating_ip_address: string; fixed_ip_address: string }

export async function floatingRows(ctx: NetworkContext, routerIds: readonly string[]): Promise<FloatingRow[]> {
  return routerIds.length === 0 ? [] : await selectIn<FloatingRow>(ctx, 'id, router_id, floating_ip_address, fixed_ip_address', 'floating_ips', 'router_id', routerIds, ' and fixed_ip_address is not null order by id')
}
