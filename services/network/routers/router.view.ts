/** A router as the API shows it. */
import { standardView } from '../attributes/standard.ts'
import { stored } from '../attributes/stored.ts'
import type { View } from '../attributes/attribute.ts'
import type { RouterRow } from '../database.ts'
import type { RouterChildren } from './router.store.ts'

export interface ExtraRoute { destination: string; nexthop: string }

export function routerView(row: RouterRow, children: RouterChildren): View {
  const outside = row.gw_port_id === null ? [] : (children.gateways.get(row.gw_port_id) ?? [])
  return {
    ...standardView(row, children.tags), name: row.name, admin_state_up: row.admin_state_up === 1, status: row.status,
    external_gateway_info: row.gw_port_id === null ? null : {
      network_id: row.gw_network_id, enable_snat: row.enable_snat === 1, external_fixed_ips: outside.map((a) => ({ subnet_id: a.subnet_id, ip_address: a.ip_address })),
    },
    routes: stored<ExtraRoute[]>(row.routes, []),
    availability_zone_hints: stored<string[]>(row.availability_zone_hints, []), availability_zones: children.zones.get(row.id) ?? [],
  }
}
