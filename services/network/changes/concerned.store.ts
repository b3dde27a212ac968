/** SQL about whom a change concerns. */
import { selectIn } from '../attributes/children.ts'
import type { NetworkContext } from '../context.ts'

export interface PlacedPort { id: string; network_id: string; binding_host: string; device_owner: string; device_id: string }
export interface Presence { network_id: string; binding_host: string; device_owner: string; network_type: string }
export interface HostOf { host: string; id: string }

export async function placedPorts(ctx: NetworkContext, ids: readonly string[]): Promise<PlacedPort[]> {
  return ids.length === 0 ? [] : await selectIn<PlacedPort>(ctx, 'id, network_id, binding_host, device_owner, device_id', 'ports', 'id', ids)
}

/** Hosts with ports on the networks, and whether one of them serves DHCP. */
export async function presencesOn(ctx: NetworkContext, ids: readonly string[]): Promise<Presence[]> {
  if (ids.length === 0) return []
  const columns = 'distinct p.network_id, p.binding_host, p.device_owner, n.network_type'
  return await selectIn<Presence>(ctx, columns, 'ports p join networks n on n.id = p.network_id', 'p.network_id', ids, " and p.binding_host <> ''")
}

export async function hostsOfRouters(ctx: NetworkContext, ids: readonly string[]): Promise<HostOf[]> {
  return ids.length === 0 ? [] : await selectIn<HostOf>(ctx, 'a.host as host, b.router_id as id', 'router_bindings b join agents a on a.id = b.agent_id', 'b.router_id', ids)
}

export async function hostsWithMembers(ctx: NetworkContext, ids: readonly string[]): Promise<HostOf[]> {
  return ids.length === 0 ? [] : await selectIn<HostOf>(ctx, 'distinct p.binding_host as host, g.security_group_id as id', 'port_security_groups g join ports p on p.id = g.port_id', 'g.security_group_id', ids, " and p.binding_host <> ''")
}

/** Hosts with a port in a group whose rules name one of these as remote. */
export async function hostsLettingIn(ctx: NetworkContext, ids: readonly string[]): Promise<HostOf[]> {
  if (ids.length === 0) return []
  const from = 'security_group_rules r join port_security_groups g on g.security_group_id = r.security_group_id join ports p on p.id = g.port_id'
  return await selectIn<HostOf>(ctx, 'distinct p.binding_host as host, r.remote_group_id as id', from, 'r.remote_group_id', ids, " and p.binding_host <> ''")
}
