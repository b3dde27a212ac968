/**
 * The port through which a host serves DHCP on a network. One that its host gave up is kept in reserve, as upstream
 * does: the next host takes it over, with its addresses.
 */
import { allocationsOf } from '../allocation/ip-allocation.store.ts'
import { reallocateIps } from '../allocation/allocate-ips.ts'
import { revise } from '../attributes/revision.store.ts'
import { noteChange } from '../changes/changes.ts'
import type { NetworkContext } from '../context.ts'
import type { AgentRow, NetworkRow, PortRow } from '../database.ts'
import { bindingChange } from '../ports/binding.ts'
import { createPort } from '../ports/create-port.ts'
import { getPort, updatePortRow } from '../ports/port.store.ts'
import { DHCP_OWNER, dhcpPortsOf, dhcpSubnetIds } from './dhcp-gaps.store.ts'
import { hostId } from './host-id.ts'

/** Upstream's mark of a port in reserve. */
const RESERVED = 'reserved_dhcp_port'

function dhcpDeviceId(networkId: string, host: string): string {
  return `dhcp${hostId(host.split('.')[0]!)}-${networkId}`
}

/** The host gives up its port: it keeps its addresses and waits for the next one. */
export async function reserveDhcpPort(ctx: NetworkContext, networkId: string, host: string): Promise<void> {
  for (const { id } of (await dhcpPortsOf(ctx, networkId)).filter((p) => p.binding_host === host)) {
    await updatePortRow(ctx, id, { device_id: RESERVED, binding_host: '', binding_vif_type: 'unbound', status: 'DOWN' })
    await revise(ctx, 'ports', id)
  }
}

/** Gives the host a port on the network unless it has one: one in reserve, or a new one. */
export async function takeDhcpPort(ctx: NetworkContext, network: NetworkRow, agent: AgentRow): Promise<void> {
  const subnetIds = await dhcpSubnetIds(ctx, network.id)
  if (subnetIds.length === 0) return
  const ports = await dhcpPortsOf(ctx, network.id)
  if (ports.some((p) => p.binding_host === agent.host)) return
  const spare = ports.find((p) => p.device_id === RESERVED)
  if (spare === undefined) {
    await createPort(ctx, newPort(network, agent, subnetIds))
    return
  }
  const binding = await bindingChange(ctx, spare, { 'binding:host_id': agent.host }, network)
  await updatePortRow(ctx, spare.id, { ...binding, device_id: dhcpDeviceId(network.id, agent.host) })
  await fixDhcpAddresses(ctx, spare.id)
}

function newPort(network: NetworkRow, agent: AgentRow, subnetIds: readonly string[]): Record<string, unknown> {
  return {
    project_id: network.project_id, network_id: network.id, name: '', description: '', admin_state_up: true, device_owner: DHCP_OWNER,
    device_id: dhcpDeviceId(network.id, agent.host), fixed_ips: subnetIds.map((id) => ({ subnet_id: id })), 'binding:host_id': agent.host, dns_name: '',
  }
}

/** Brings the port's addresses in line with the network's DHCP subnets: one on each. */
export async function fixDhcpAddresses(ctx: NetworkContext, id: string): Promise<void> {
  const port = await getPort(ctx, id)
  if (port === undefined) return
  const subnetIds = await dhcpSubnetIds(ctx, port.network_id)
  const held = await allocationsOf(ctx, [id])
  const gone = held.filter((h) => !subnetIds.includes(h.subnet_id)).map((h) => ({ subnet_id: h.subnet_id, delete_subnet: true }))
  await reallocateIps(ctx, allocating(port), held, [...subnetIds.map((s) => ({ subnet_id: s })), ...gone])
  await revise(ctx, 'ports', id)
  await noteChange(ctx, { portIds: [id], networkIds: [port.network_id], hosts: [port.binding_host].filter((h) => h !== '') })
}

function allocating(port: PortRow): { id: string; networkId: string; macAddress: string; deviceOwner: string } {
  return { id: port.id, networkId: port.network_id, macAddress: port.mac_address, deviceOwner: port.device_owner }
}
