/** Why a network, subnet, port, router or floating IP is as it is: what the tables know, in words. */
import type { Explanation } from '#core/service/explain.ts'
import { agentsOfHost, agentsOfNetwork, agentsOfRouter, BRIDGE_AGENT } from '../agents/agent.store.ts'
import { isAlive } from '../agents/alive.ts'
import { heldIds } from '../agents/holding.store.ts'
import { allocationsOf } from '../allocation/ip-allocation.store.ts'
import type { NetworkContext } from '../context.ts'
import type { AgentRow, FloatingIpRow, NetworkRow, PortRow, RouterRow } from '../database.ts'
import { getFloatingIp } from '../floating-ips/floating-ip.store.ts'
import { getNetwork } from '../networks/network.store.ts'
import { getPort, portsOfDevice, portsOfNetwork, securityGroupsOf } from '../ports/port.store.ts'
import { getRouter } from '../routers/router.store.ts'
import { getSubnet, subnetsOfNetwork } from '../subnets/subnet.store.ts'
import { explainSubnet } from './explain-subnet.ts'

export async function explain(ctx: NetworkContext, id: string): Promise<Explanation | undefined> {
  const port = await getPort(ctx, id)
  if (port !== undefined) return await explainPort(ctx, port)
  const network = await getNetwork(ctx, id)
  if (network !== undefined) return await explainNetwork(ctx, network)
  const subnet = await getSubnet(ctx, id)
  if (subnet !== undefined) return await explainSubnet(ctx, subnet)
  const router = await getRouter(ctx, id)
  if (router !== undefined) return await explainRouter(ctx, router)
  const floatingIp = await getFloatingIp(ctx, id)
  return floatingIp === undefined ? undefined : await explainFloatingIp(ctx, floatingIp)
}

function hostText(ctx: NetworkContext, agent: AgentRow): string {
  return `${agent.host} (${isAlive(ctx, agent) ? 'alive' : 'silent'}, last heard ${agent.heartbeat_at}${agent.admin_state_up === 1 ? '' : ', switched off'})`
}

async function explainPort(ctx: NetworkContext, port: PortRow): Promise<Explanation> {
  const network = await getNetwork(ctx, port.network_id)
  const addresses = await allocationsOf(ctx, [port.id])
  const groups = await securityGroupsOf(ctx, [port.id])
  const agent = port.binding_host === '' ? undefined : (await agentsOfHost(ctx, port.binding_host)).find((a) => a.agent_type === BRIDGE_AGENT)
  const facts: Explanation['facts'] = [
    ['network', `${port.network_id} (${network?.name ?? 'gone'}, ${network?.network_type ?? '?'})`],
    ['addresses', addresses.map((a) => a.ip_address).join(', ') || 'none'],
    ['MAC address', port.mac_address],
    ['device', port.device_id === '' ? 'none' : `${port.device_id} (${port.device_owner})`],
    ['security', port.port_security_enabled === 0 ? 'off' : `groups ${groups.map((g) => g.security_group_id).join(', ') || 'none'}`],
    ['binding', port.binding_host === '' ? 'none' : `${port.binding_vif_type} on ${agent === undefined ? `${port.binding_host} (no network agent)` : hostText(ctx, agent)}`],
  ]
  const { problem, advice } = portProblem(ctx, port, agent, network)
  return {
    type: 'port', id: port.id, name: port.name, status: port.status, projectId: port.project_id, facts, ...(problem === undefined ? {} : { problem }), advice,
    related: [{ type: 'network', id: port.network_id }, ...deviceOf(port)],
  }
}

/** Whose port it is, where that is something with a story of its own; a DHCP server's device is none. */
function deviceOf(port: PortRow): Explanation['related'] {
  const kinds = [['compute:', 'server'], ['network:router_', 'router'], ['network:floatingip', 'floating IP']] as const
  const kind = kinds.find(([owner]) => port.device_owner.startsWith(owner))
  return kind === undefined || port.device_id === '' ? [] : [{ type: kind[1], id: port.device_id }]
}

function portProblem(ctx: NetworkContext, port: PortRow, agent: AgentRow | undefined, network: NetworkRow | undefined): { problem?: string; advice: string[] } {
  if (port.admin_state_up === 0) return { problem: 'The port is switched off.', advice: [`openstack port set --enable ${port.id}`] }
  if (port.status === 'ACTIVE') return agent === undefined || isAlive(ctx, agent) ? { advice: [] } : { problem: 'Its host is silent: the status may be old.', advice: [`Look after the agent on ${agent.host}.`] }
  if (port.binding_host === '') return { problem: 'Nobody has bound it to a host yet.', advice: ['A server that uses the port binds it when it starts.'] }
  if (agent === undefined) return { problem: `There is no network agent on ${port.binding_host}.`, advice: ['Start the host, or use another: openstack network agent list'] }
  if (!isAlive(ctx, agent)) return { problem: `The network agent on ${agent.host} is silent.`, advice: [`Look after the agent on ${agent.host}.`] }
  if (port.binding_vif_type === 'binding_failed') {
    return { problem: `${agent.host} could not take it: it does not reach ${network?.physical_network ?? `networks of type ${network?.network_type}`}, or was silent at that time.`, advice: [`Bind it again: openstack port set --host ${agent.host} ${port.id}`, 'Compare provider:physical_network with bridge_mappings: openstack network agent show'] }
  }
  return { problem: `${agent.host} has not reported it as wired.`, advice: ['The device appears when the server runs. nacre doctor compares the host with what is wanted.'] }
}

async function explainNetwork(ctx: NetworkContext, network: NetworkRow): Promise<Explanation> {
  const subnets = await subnetsOfNetwork(ctx, network.id)
  const ports = await portsOfNetwork(ctx, network.id)
  const serving = await agentsOfNetwork(ctx, network.id)
  const wantsDhcp = subnets.some((s) => s.enable_dhcp === 1)
  const held = (await heldIds(ctx)).networks.has(network.id)
  const dhcpPorts = ports.filter((p) => p.device_owner === 'network:dhcp')
  const problem = !wantsDhcp ? undefined : held ? 'An administrator took it off its DHCP agent.'
    : serving.length === 0 ? 'No host serves its DHCP.' : !serving.some((a) => isAlive(ctx, a)) ? 'The hosts that serve its DHCP are silent.' : dhcpPorts.length === 0 ? 'No DHCP port could be made: are its allocation pools full?' : undefined
  return {
    type: 'network', id: network.id, name: network.name, status: network.status, projectId: network.project_id,
    facts: [
      ['wire', `${network.network_type}${network.segmentation_id === null ? '' : ` ${network.segmentation_id}`}${network.physical_network === null ? '' : ` on ${network.physical_network}`}, MTU ${network.mtu}`],
      ['subnets', subnets.map((s) => `${s.cidr}${s.enable_dhcp === 1 ? '' : ' (no DHCP)'}`).join(', ') || 'none'],
      ['ports', `${ports.length}, ${ports.filter((p) => p.status === 'ACTIVE').length} of them active`],
      ['DHCP', !wantsDhcp ? 'not wanted' : serving.map((a) => hostText(ctx, a)).join(', ') || 'nobody'],
    ],
    ...(problem === undefined ? {} : { problem }),
    advice: problem === undefined ? [] : held ? [`openstack network agent add network --dhcp <agent> ${network.id}`] : ['openstack network agent list --agent-type dhcp', 'nacre doctor --repair'],
    related: [...subnets.map((s) => ({ type: 'subnet', id: s.id })), ...dhcpPorts.map((p) => ({ type: 'port', id: p.id }))],
  }
}

async function explainRouter(ctx: NetworkContext, router: RouterRow): Promise<Explanation> {
  const ports = await portsOfDevice(ctx, router.id)
  const [agent] = await agentsOfRouter(ctx, router.id)
  const held = (await heldIds(ctx)).routers.has(router.id)
  const problem = held ? 'An administrator took it off its host.' : ports.length === 0 ? undefined
    : agent === undefined ? 'No host runs it.' : !isAlive(ctx, agent) ? `Its host ${agent.host} is silent.` : ports.some((p) => p.status !== 'ACTIVE') ? 'Not all of its ports are up.' : undefined
  return {
    type: 'router', id: router.id, name: router.name, status: router.status, projectId: router.project_id,
    facts: [
      ['gateway', router.gw_network_id === null ? 'none' : `on ${router.gw_network_id}${router.enable_snat === 1 ? ', with SNAT' : ''}`],
      ['ports', ports.map((p) => `${p.id} ${p.device_owner.replace('network:', '')} ${p.status}`).join('; ') || 'none'],
      ['host', agent === undefined ? 'none' : hostText(ctx, agent)],
    ],
    ...(problem === undefined ? {} : { problem }),
    advice: problem === undefined ? [] : held ? [`openstack network agent add router --l3 <agent> ${router.id}`] : ['openstack network agent list --agent-type l3', 'nacre doctor --repair'],
    related: ports.map((p) => ({ type: 'port', id: p.id })),
  }
}

async function explainFloatingIp(ctx: NetworkContext, row: FloatingIpRow): Promise<Explanation> {
  const agent = row.router_id === null ? undefined : (await agentsOfRouter(ctx, row.router_id))[0]
  const problem = row.fixed_port_id === null || row.status === 'ACTIVE' ? undefined : agent === undefined ? 'No host runs its router.' : `${agent.host} has not reported its router as running.`
  return {
    type: 'floating IP', id: row.id, name: row.floating_ip_address, status: row.status, projectId: row.project_id,
    facts: [
      ['external network', row.floating_network_id],
      ['stands for', row.fixed_port_id === null ? 'nobody' : `${row.fixed_ip_address} of port ${row.fixed_port_id}`],
      ['router', row.router_id ?? 'none'],
      ['host', agent === undefined ? 'none' : hostText(ctx, agent)],
    ],
    ...(problem === undefined ? {} : { problem }), advice: problem === undefined ? [] : ['nacre doctor --repair'],
    related: [row.fixed_port_id === null ? undefined : { type: 'port', id: row.fixed_port_id }, row.router_id === null ? undefined : { type: 'router', id: row.router_id }].filter((r) => r !== undefined),
  }
}
