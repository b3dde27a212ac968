/** A network as the API shows it. */
import { standardView } from '../attributes/standard.ts'
import { stored } from '../attributes/stored.ts'
import type { View } from '../attributes/attribute.ts'
import type { NetworkRow } from '../database.ts'
import type { NetworkChildren } from './network.store.ts'

export function networkView(row: NetworkRow, children: NetworkChildren): View {
  const subnets = children.subnets.get(row.id) ?? []
  const view = Object.assign(standardView(row, children.tags), {
    name: row.name, admin_state_up: row.admin_state_up === 1, status: row.status, mtu: row.mtu,
    shared: row.shared === 1 || children.sharedWithMe.has(row.id), subnets: subnets.map((s) => s.id),
    'router:external': row.external === 1, port_security_enabled: row.port_security_enabled === 1, dns_domain: row.dns_domain,
    availability_zone_hints: stored<string[]>(row.availability_zone_hints, []), availability_zones: children.zones.get(row.id) ?? [],
    ipv4_address_scope: addressScope(subnets, 4, children), ipv6_address_scope: addressScope(subnets, 6, children),
  })
  if (row.external === 1) view['is_default'] = row.is_default === 1
  if (row.multi_segment === 1) {
    view['segments'] = (children.segments.get(row.id) ?? []).map((s) => provider(s))
  } else Object.assign(view, provider(row))
  return view
}

function provider(segment: { network_type: string; physical_network: string | null; segmentation_id: number | null }): View {
  return { 'provider:network_type': segment.network_type, 'provider:physical_network': segment.physical_network, 'provider:segmentation_id': segment.segmentation_id }
}

function addressScope(subnets: readonly { ip_version: number; subnetpool_id: string | null }[], version: number, children: NetworkChildren): string | null {
  for (const subnet of subnets) {
    const scope = subnet.ip_version === version && subnet.subnetpool_id !== null ? children.addressScopes.get(subnet.subnetpool_id) : undefined
    if (scope !== undefined && scope !== null) return scope
  }
  return null
}
