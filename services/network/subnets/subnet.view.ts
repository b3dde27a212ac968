/** A subnet as the API shows it. */
import { standardView } from '../attributes/standard.ts'
import { stored } from '../attributes/stored.ts'
import type { View } from '../attributes/attribute.ts'
import type { SubnetRow } from '../database.ts'
import type { Pool } from './pools.ts'

export interface Route { destination: string; nexthop: string }

/** `network`: what rules ask about the network; absent where nobody will ask. */
export function subnetView(row: SubnetRow, tags: Map<string, string[]>, network: { project_id: string; shared: boolean } | undefined): View {
  return {
    ...standardView(row, tags),
    name: row.name, network_id: row.network_id, ip_version: row.ip_version, cidr: row.cidr, gateway_ip: row.gateway_ip, enable_dhcp: row.enable_dhcp === 1,
    ipv6_ra_mode: row.ipv6_ra_mode, ipv6_address_mode: row.ipv6_address_mode, subnetpool_id: row.subnetpool_id,
    allocation_pools: stored<Pool[]>(row.allocation_pools, []), dns_nameservers: stored<string[]>(row.dns_nameservers, []),
    host_routes: stored<Route[]>(row.host_routes, []), service_types: stored<string[]>(row.service_types, []),
    ...(network === undefined ? {} : { shared: network.shared, 'network:tenant_id': network.project_id }),
  }
}
