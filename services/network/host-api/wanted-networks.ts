/** Networks as a host wires them: DHCP where it serves, tunnels to and neighbours on the other hosts. */
import { fromJson } from '#core/db/json.ts'
import type { WantedNetworkType, WantedSubnetType } from '../agent/network-agent.contract.ts'
import { groupBy } from '../attributes/children.ts'
import type { NetworkContext } from '../context.ts'
import type { IpAllocationRow, NetworkRow, PortRow, SubnetRow } from '../database.ts'
import { Addresses } from './addresses.ts'
import { allocationsOnSubnets, networkRows, portsOnNetworks, tunnelIps, type NeighbourPort } from './wanted.store.ts'

interface Surroundings { host: string; domain: string; addresses: Addresses; allocations: Map<string, IpAllocationRow[]>; tunnels: Map<string, string> }

export async function wantedNetworks(ctx: NetworkContext, host: string, ids: readonly string[], subnets: readonly SubnetRow[], dhcpPorts: readonly PortRow[]): Promise<WantedNetworkType[]> {
  if (ids.length === 0) return []
  const rows = await networkRows(ctx, ids)
  const serving = new Map(dhcpPorts.map((p) => [p.network_id, p]))
  // Only overlays have neighbours, only a server of DHCP has leases: the others need no list of ports.
  const listed = rows.filter((r) => r.network_type === 'vxlan' || serving.has(r.id)).map((r) => r.id)
  const ports = groupBy(await portsOnNetworks(ctx, listed), 'network_id')
  const bySubnet = groupBy(subnets, 'network_id')
  const surroundings: Surroundings = {
    host, domain: ctx.config.dnsDomain.replace(/\.$/, ''), addresses: new Addresses(subnets), tunnels: await tunnelIps(ctx),
    allocations: groupBy(await allocationsOnSubnets(ctx, subnets.filter((s) => listed.includes(s.network_id)).map((s) => s.id)), 'port_id'),
  }
  return rows.map((row) => wantedNetwork(row, bySubnet.get(row.id) ?? [], ports.get(row.id) ?? [], serving.get(row.id), surroundings))
}

function wantedNetwork(row: NetworkRow, subnets: readonly SubnetRow[], ports: readonly NeighbourPort[], dhcpPort: PortRow | undefined, around: Surroundings): WantedNetworkType {
  const abroad = row.network_type === 'vxlan' ? ports.filter((p) => p.binding_host !== around.host && around.tunnels.has(p.binding_host)) : []
  const dhcp = dhcpPort === undefined || row.admin_state_up === 0 ? null : {
    portId: dhcpPort.id, macAddress: dhcpPort.mac_address, fixedIps: around.addresses.of(around.allocations.get(dhcpPort.id) ?? []), dnsDomain: around.domain,
    leases: ports.filter((p) => (around.allocations.get(p.id) ?? []).length > 0).map((p) => lease(p, around)),
  }
  return {
    id: row.id, projectId: row.project_id, name: row.name, mtu: row.mtu, type: row.network_type as WantedNetworkType['type'], physicalNetwork: row.physical_network,
    segmentationId: row.segmentation_id, external: row.external === 1, subnets: subnets.map(wantedSubnet), dhcp,
    remoteTunnelIps: [...new Set(abroad.map((p) => around.tunnels.get(p.binding_host)!))].sort(),
    neighbours: abroad.map((p) => ({ macAddress: p.mac_address, ipAddresses: (around.allocations.get(p.id) ?? []).map((a) => a.ip_address), tunnelIp: around.tunnels.get(p.binding_host)! })),
  }
}

/** A port without a name of its own gets one per address, made by the host. */
function lease(port: NeighbourPort, around: Surroundings): NonNullable<WantedNetworkType['dhcp']>['leases'][number] {
  const held = around.allocations.get(port.id) ?? []
  const options = fromJson<{ opt_name: string; opt_value: string; ip_version: number }[]>(port.extra_dhcp_opts, [])
  return {
    portId: port.id, macAddress: port.mac_address, hostname: port.dns_name, fixedIps: around.addresses.of(held),
    extraDhcpOpts: options.map((o) => ({ optName: o.opt_name, optValue: o.opt_value, ipVersion: o.ip_version })),
  }
}

function wantedSubnet(row: SubnetRow): WantedSubnetType {
  return {
    id: row.id, cidr: row.cidr, ipVersion: row.ip_version, gatewayIp: row.gateway_ip, enableDhcp: row.enable_dhcp === 1, dnsNameservers: fromJson<string[]>(row.dns_nameservers, []),
    hostRoutes: fromJson<{ destination: string; nexthop: string }[]>(row.host_routes, []), ipv6RaMode: row.ipv6_ra_mode, ipv6AddressMode: row.ipv6_address_mode,
  }
}
