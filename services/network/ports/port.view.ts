/** A port as the API shows it. */
import { isoSeconds } from '#core/time/clock.ts'
import { tagsIn } from '../attributes/standard.ts'
import { stored } from '../attributes/stored.ts'
import type { View } from '../attributes/attribute.ts'
import { ownProject, type NetworkContext } from '../context.ts'
import type { IpAllocationRow, PortRow } from '../database.ts'
import type { PortChildren } from './port.store.ts'

const BRIDGE_DETAILS = { port_filter: true, connectivity: 'l2', bound_drivers: { 0: 'linuxbridge' } }

/** One literal, as a network's view is: lists are long. */
export function portView(ctx: NetworkContext, row: PortRow, children: PortChildren): View {
  const allocations = children.allocations.get(row.id) ?? []
  const network = children.networks.get(row.network_id)
  return {
    id: row.id, tenant_id: row.project_id, project_id: row.project_id, description: row.description ?? '',
    created_at: isoSeconds(row.created_at), updated_at: isoSeconds(row.updated_at), revision_number: row.revision_number, tags: tagsIn(row, children.tags),
    name: row.name, network_id: row.network_id, admin_state_up: row.admin_state_up === 1, mac_address: row.mac_address, status: row.status,
    device_id: row.device_id, device_owner: row.device_owner, fixed_ips: allocations.map((a) => ({ subnet_id: a.subnet_id, ip_address: a.ip_address })),
    security_groups: (children.securityGroups.get(row.id) ?? []).map((g) => g.security_group_id),
    'binding:host_id': row.binding_host, 'binding:vif_type': row.binding_vif_type, 'binding:vnic_type': row.binding_vnic_type,
    'binding:vif_details': row.binding_vif_type === 'bridge' ? BRIDGE_DETAILS : {}, 'binding:profile': stored<object>(row.binding_profile, {}),
    port_security_enabled: row.port_security_enabled === 1, allowed_address_pairs: stored<object[]>(row.allowed_address_pairs, []),
    extra_dhcp_opts: stored<object[]>(row.extra_dhcp_opts, []), dns_name: row.dns_name, dns_assignment: allocations.map((a) => dnsAssignment(ctx, row.dns_name, a)),
    ip_allocation: row.ip_allocation,
    'network:tenant_id': network?.project_id,
    shared: network === undefined ? undefined : network.shared === 1 || (network.project_id !== ownProject(ctx) && row.project_id === ownProject(ctx)),
  }
}

/** The name a port has in DNS: its own, else one made of the address. */
function hostName(dnsName: string, ipAddress: string): string {
  return dnsName !== '' ? dnsName : `host-${ipAddress.replaceAll(/[.:]/g, '-')}`
}

function dnsAssignment(ctx: NetworkContext, dnsName: string, allocation: IpAllocationRow): View {
  const domain = dnsDomain(ctx)
  const hostname = hostName(dnsName, allocation.ip_address)
  const fqdn = hostname.endsWith('.') ? hostname : domain === '' ? hostname : `${hostname}.${domain}`
  return { ip_address: allocation.ip_address, hostname: hostname.endsWith('.') ? hostname.split('.')[0]! : hostname, fqdn }
}

/** The configured domain with its final dot; empty when there is none. */
function dnsDomain(ctx: NetworkContext): string {
  const domain = ctx.config.dnsDomain
  return domain === '' || domain.endsWith('.') ? domain : `${domain}.`
}
