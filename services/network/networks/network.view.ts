/** A network as the API shows it. */
import { isoSeconds } from '#core/time/clock.ts'
import { tagsIn } from '../attributes/standard.ts'
import { stored } from '../attributes/stored.ts'
import type { View } from '../attributes/attribute.ts'
import type { NetworkRow } from '../database.ts'
import type { NetworkChildren } from './network.store.ts'

/** One literal: an object put together from parts costs ten times as much, and lists are long. */
export function networkView(row: NetworkRow, children: NetworkChildren): View {
  const subnets = children.subnets.get(row.id) ?? []
  const single = row.multi_segment !== 1
  return {
    id: row.id, tenant_id: row.project_id, project_id: row.project_id, description: row.description ?? '',
    created_at: isoSeconds(row.created_at), updated_at: isoSeconds(row.updated_at), revision_number: row.revision_number, tags: tagsIn(row, children.tags),
    name: row.name, admin_state_up: row.admin_state_up === 1, status: row.status, mtu: row.mtu,
    shared: row.shared === 1 || children.sharedWithMe.has(row.id), subnets: subnets.map((s) => s.id),
    'router:external': row.external === 1, port_security_enabled: row.port_security_enabled === 1, dns_domain: row.dns_domain,
    availability_zone_hints: stored<string[]>(row.availability_zone_hints, []), availability_zones: children.zones.get(row.id) ?? [],
    ipv4_address_scope: addressScope(subnets, 4, children), ipv6_address_scope: addressScope(subnets, 6, children),
    is_default: row.external === 1 ? row.is_default === 1 : undefined,
    'provider:network_type': single ? row.network_type : undefined, 'provider:physical_network': single ? row.physical_network : undefined,
    'provider:segmentation_id': single ? row.segmentation_id : undefined,
    segments: single ? undefined : (children.segments.get(row.id) ?? []).map((s) => provider(s)),
  }
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
