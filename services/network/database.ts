/** Tables of the network service. Booleans are 0/1, structures JSON text, instants ISO text. */
import type { OutboxTables } from '#core/db/outbox.ts'
import type { QuotaTables } from '#core/quota/quota.ts'

type Flag = 0 | 1

/** What every API resource has. */
export interface StandardColumns {
  id: string
  project_id: string
  description: string | null
  created_at: string
  updated_at: string
  revision_number: number
  /** Whether `resource_tags` has rows for it. */
  tagged: Flag
}

export interface NetworkRow extends StandardColumns {
  name: string
  admin_state_up: Flag
  status: string
  mtu: number
  port_security_enabled: Flag
  /** Shared with all projects; kept in step with `rbac_policies`. */
  shared: Flag
  external: Flag
  is_default: Flag
  dns_domain: string
  availability_zone_hints: string | null
  /** The only segment; the first one where `multi_segment`. */
  network_type: string
  physical_network: string | null
  segmentation_id: number | null
  multi_segment: Flag
}

export interface NetworkSegmentRow {
  id: string
  network_id: string
  position: number
  network_type: string
  physical_network: string | null
  segmentation_id: number | null
  /** What may exist once: `vxlan:42`, `vlan:provider:7`, `flat:external`. */
  segment_key: string
}

export interface SubnetRow extends StandardColumns {
  network_id: string
  name: string
  ip_version: number
  cidr: string
  gateway_ip: string | null
  enable_dhcp: Flag
  ipv6_ra_mode: string | null
  ipv6_address_mode: string | null
  subnetpool_id: string | null
  allocation_pools: string
  dns_nameservers: string | null
  host_routes: string | null
  service_types: string | null
}

export interface PortRow extends StandardColumns {
  network_id: string
  name: string
  admin_state_up: Flag
  mac_address: string
  status: string
  device_id: string
  device_owner: string
  binding_host: string
  binding_vif_type: string
  binding_vnic_type: string
  binding_profile: string | null
  port_security_enabled: Flag
  allowed_address_pairs: string | null
  extra_dhcp_opts: string | null
  dns_name: string
  ip_allocation: string
}

export interface IpAllocationRow { subnet_id: string; ip_key: string; ip_address: string; port_id: string; network_id: string }

export interface SecurityGroupRow extends StandardColumns { name: string; stateful: Flag }
export interface DefaultSecurityGroupRow { project_id: string; security_group_id: string }
export interface SecurityGroupRuleRow extends StandardColumns {
  security_group_id: string
  direction: string
  ethertype: string
  protocol: string | null
  port_range_min: number | null
  port_range_max: number | null
  remote_ip_prefix: string | null
  normalized_cidr: string | null
  remote_group_id: string | null
  /** Equal for rules that say the same. */
  rule_key: string
}
export interface PortSecurityGroupRow { port_id: string; security_group_id: string }

export interface SubnetpoolRow extends StandardColumns {
  name: string
  ip_version: number
  prefixes: string
  min_prefixlen: number
  max_prefixlen: number
  default_prefixlen: number
  default_quota: number | null
  is_default: Flag
  shared: Flag
  address_scope_id: string | null
}

export interface AddressScopeRow extends StandardColumns { name: string; ip_version: number; shared: Flag }

export interface RouterRow extends StandardColumns {
  name: string
  admin_state_up: Flag
  status: string
  gw_port_id: string | null
  gw_network_id: string | null
  enable_snat: Flag
  routes: string | null
  availability_zone_hints: string | null
}
export interface RouterInterfaceRow { port_id: string; router_id: string; subnet_id: string; network_id: string }

export interface FloatingIpRow extends StandardColumns {
  floating_network_id: string
  floating_ip_address: string
  floating_port_id: string
  fixed_port_id: string | null
  fixed_ip_address: string | null
  router_id: string | null
  status: string
  dns_name: string
  dns_domain: string
}

export interface RbacPolicyRow { id: string; project_id: string; object_type: string; object_id: string; action: string; target_project: string }
/** What `auto-allocated-topology` made for a project. */
export interface AutoTopologyRow { project_id: string; network_id: string; router_id: string }
export interface ResourceTagRow { resource_id: string; tag: string }

export interface AgentRow {
  id: string
  agent_type: string
  binary: string
  topic: string
  host: string
  admin_state_up: Flag
  description: string | null
  configurations: string
  availability_zone: string | null
  created_at: string
  started_at: string
  heartbeat_at: string
  tunnel_ip: string | null
}
export interface DhcpBindingRow { network_id: string; agent_id: string }
export interface RouterBindingRow { router_id: string; agent_id: string }

export interface NetworkTables extends OutboxTables, QuotaTables {
  networks: NetworkRow
  network_segments: NetworkSegmentRow
  subnets: SubnetRow
  ports: PortRow
  ip_allocations: IpAllocationRow
  security_groups: SecurityGroupRow
  default_security_groups: DefaultSecurityGroupRow
  security_group_rules: SecurityGroupRuleRow
  port_security_groups: PortSecurityGroupRow
  subnetpools: SubnetpoolRow
  address_scopes: AddressScopeRow
  routers: RouterRow
  router_interfaces: RouterInterfaceRow
  floating_ips: FloatingIpRow
  rbac_policies: RbacPolicyRow
  resource_tags: ResourceTagRow
  auto_topologies: AutoTopologyRow
  agents: AgentRow
  dhcp_bindings: DhcpBindingRow
  router_bindings: RouterBindingRow
}
