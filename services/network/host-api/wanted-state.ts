/**
 * What should be on a host: all of it, or the part a question names. Everything is read by a fixed row of queries;
 * a question about one port costs its network and its groups, never the whole cloud.
 */
import { fromJson } from '#core/db/json.ts'
import type { WantedPortType, WantedStateType } from '../agent/network-agent.contract.ts'
import { groupBy } from '../attributes/children.ts'
import { allocationsOf } from '../allocation/ip-allocation.store.ts'
import { DHCP_AGENT, L3_AGENT } from '../agents/agent.store.ts'
import type { NetworkContext } from '../context.ts'
import type { PortRow, RouterRow } from '../database.ts'
import { Addresses } from './addresses.ts'
import { wantedGroups } from './wanted-groups.ts'
import { wantedNetworks } from './wanted-networks.ts'
import { wantedRouters } from './wanted-routers.ts'
import { enabledKinds, groupsOfPorts, interfaceRows, portsHere, routersOn, subnetRows } from './wanted.store.ts'

export interface Question { host: string; networkIds?: string[]; routerIds?: string[]; portIds?: string[]; securityGroupIds?: string[] }

export async function wantedState(ctx: NetworkContext, question: Question): Promise<WantedStateType> {
  const { host } = question
  const complete = (question.networkIds ?? question.routerIds ?? question.portIds ?? question.securityGroupIds) === undefined
  const enabled = await enabledKinds(ctx, host)
  const routers = enabled.has(L3_AGENT) ? await routersOn(ctx, host, complete ? undefined : question.routerIds ?? []) : []
  const onRouters = await interfaceRows(ctx, routers.map((r) => r.id))
  const here = await askedPorts(ctx, question, complete)
  const ports = here.filter((p) => !p.device_owner.startsWith('network:') && p.binding_vif_type === 'bridge')
  const networkIds = answeredNetworks(question, complete, here, ports, routers, onRouters)
  const dhcpPorts = enabled.has(DHCP_AGENT) ? await portsHere(ctx, host, { column: 'network_id', ids: networkIds, owner: 'network:dhcp' }) : []
  const subnets = await subnetRows(ctx, networkIds)
  const addresses = new Addresses(subnets)
  const memberships = groupBy(await groupsOfPorts(ctx, ports.map((p) => p.id)), 'port_id')
  const held = groupBy(await allocationsOf(ctx, ports.map((p) => p.id)), 'port_id')
  const groupIds = new Set([...(question.securityGroupIds ?? []), ...[...memberships.values()].flat().map((m) => m.security_group_id)])
  return {
    complete,
    networks: await wantedNetworks(ctx, host, networkIds, subnets, dhcpPorts),
    ports: ports.map((port) => wantedPort(port, addresses, held.get(port.id) ?? [], (memberships.get(port.id) ?? []).map((m) => m.security_group_id))),
    securityGroups: await wantedGroups(ctx, [...groupIds]),
    routers: await wantedRouters(ctx, routers, onRouters, addresses),
  }
}

/** The host's ports that the question is about, the service's own among them: where one is, the network is wanted. */
async function askedPorts(ctx: NetworkContext, question: Question, complete: boolean): Promise<PortRow[]> {
  if (complete) return await portsHere(ctx, question.host)
  const byId = await portsHere(ctx, question.host, { column: 'id', ids: question.portIds ?? [] })
  const byNetwork = await portsHere(ctx, question.host, { column: 'network_id', ids: question.networkIds ?? [] })
  return [...new Map([...byId, ...byNetwork].map((p) => [p.id, p])).values()]
}

function answeredNetworks(question: Question, complete: boolean, here: readonly PortRow[], guests: readonly PortRow[], routers: readonly RouterRow[], onRouters: readonly { network_id: string }[]): string[] {
  const asked = new Set(question.networkIds)
  const own = here.filter((p) => (p.device_owner.startsWith('network:')) && (complete || asked.has(p.network_id)))
  const ids = new Set([...own, ...guests, ...onRouters].map((p) => p.network_id))
  for (const router of routers) if (router.gw_network_id !== null) ids.add(router.gw_network_id)
  return [...ids]
}

function wantedPort(port: PortRow, addresses: Addresses, held: Parameters<Addresses['of']>[0], securityGroupIds: string[]): WantedPortType {
  const pairs = fromJson<{ ip_address: string; mac_address: string }[]>(port.allowed_address_pairs, [])
  return {
    id: port.id, networkId: port.network_id, macAddress: port.mac_address, deviceId: port.device_id, deviceOwner: port.device_owner, tapName: `tap${port.id.slice(0, 11)}`,
    adminStateUp: port.admin_state_up === 1, fixedIps: addresses.of(held), portSecurityEnabled: port.port_security_enabled === 1,
    allowedAddressPairs: pairs.map((p) => ({ ipAddress: p.ip_address, macAddress: p.mac_address })), securityGroupIds,
  }
}

