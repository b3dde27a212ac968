-- SQL of the stores of network: what each method can ask, once for each form it has.
-- As SQLite gets it; MariaDB's text where it differs in more than the quotes around names.

-- services/network/agents/agent.store.ts

-- getAgent
select * from "agents" where "id" = ?;

-- getAgents
select * from agents where id in (?);

-- agentsOfHost
select * from "agents" where "host" = ?;

-- aliveAgents
select * from "agents" where "agent_type" = ? and "admin_state_up" = ? and "heartbeat_at" >= ?;

-- insertAgent
insert into "agents" ("id", "agent_type", "binary", "topic", "host", "admin_state_up", "description", "configurations", "availability_zone", "created_at", "started_at", "heartbeat_at", "tunnel_ip")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- updateAgentRow
update "agents" set "id" = ? where "id" = ?;
update "agents"
  set "id" = ?, "agent_type" = ?, "binary" = ?, "topic" = ?, "host" = ?, "admin_state_up" = ?, "description" = ?, "configurations" = ?, "availability_zone" = ?, "created_at" = ?, "started_at" = ?, "heartbeat_at" = ?, "tunnel_ip" = ?
  where "id" = ?;

-- deleteAgentRow
delete from "dhcp_bindings" where "agent_id" = ?;
delete from "router_bindings" where "agent_id" = ?;
delete from "agents" where "id" = ?;

-- loadOf
select "agent_id", count(*) as "count" from "dhcp_bindings" group by "agent_id";
select "agent_id", count(*) as "count" from "router_bindings" group by "agent_id";

-- bindNetwork
insert into "dhcp_bindings" ("network_id", "agent_id") values (?, ?);

-- unbindNetwork
delete from "dhcp_bindings" where "network_id" = ? and "agent_id" = ?;

-- bindRouter
insert into "router_bindings" ("router_id", "agent_id") values (?, ?);

-- unbindRouter
delete from "router_bindings" where "router_id" = ? and "agent_id" = ?;

-- agentsOfNetwork
select "agents".* from "dhcp_bindings" inner join "agents" on "agents"."id" = "dhcp_bindings"."agent_id" where "dhcp_bindings"."network_id" = ?;

-- agentsOfRouter
select "agents".* from "router_bindings" inner join "agents" on "agents"."id" = "router_bindings"."agent_id" where "router_bindings"."router_id" = ?;

-- networksOfAgent
select "networks".*
  from "dhcp_bindings"
  inner join "networks" on "networks"."id" = "dhcp_bindings"."network_id"
  where "dhcp_bindings"."agent_id" = ?
  order by "networks"."id";

-- routersOfAgent
select "routers".*
  from "router_bindings"
  inner join "routers" on "routers"."id" = "router_bindings"."router_id"
  where "router_bindings"."agent_id" = ?
  order by "routers"."id";

-- services/network/allocation/ip-allocation.store.ts

-- takeAddress
insert into "ip_allocations" ("subnet_id", "ip_key", "ip_address", "port_id", "network_id") values (?, ?, ?, ?, ?);

-- takenKeys
select "ip_key" from "ip_allocations" where "subnet_id" = ? and "ip_key" >= ? order by "ip_key" limit ?;

-- allocationsOf
select * from ip_allocations where port_id in (?) order by ip_key;

-- releaseAddresses
delete from "ip_allocations" where "subnet_id" = ? and "ip_key" = ?;

-- services/network/doctor/doctor.store.ts

-- unservedNetworks
select "networks"."id", "networks"."name", "agents"."host", "agents"."heartbeat_at", "dhcp_bindings"."agent_id", "ports"."id" as "port_id"
  from "networks"
  left join "dhcp_bindings" on "dhcp_bindings"."network_id" = "networks"."id"
  left join "agents" on "agents"."id" = "dhcp_bindings"."agent_id"
  left join "ports" on "ports"."network_id" = "networks"."id" and "ports"."device_owner" = ? and "ports"."binding_host" = "agents"."host"
  where "networks"."admin_state_up" = ? and "networks"."id" in (select "network_id"
  from "subnets"
  where "enable_dhcp" = ?) and ("dhcp_bindings"."agent_id" is null or "dhcp_bindings"."agent_id" <> ?) and ("agents"."id" is null or "agents"."heartbeat_at" < ? or "ports"."id" is null)
  order by "networks"."id"
  limit ?;

-- hostlessRouters
select "routers"."id", "routers"."name", "agents"."host"
  from "routers"
  left join "router_bindings" on "router_bindings"."router_id" = "routers"."id"
  left join "agents" on "agents"."id" = "router_bindings"."agent_id"
  where ("routers"."gw_port_id" is not null or "routers"."id" in (select "router_id"
  from "router_interfaces")) and ("router_bindings"."agent_id" is null or "router_bindings"."agent_id" <> ?) and ("agents"."id" is null or "agents"."heartbeat_at" < ?)
  order by "routers"."id"
  limit ?;

-- portsOnSilentHosts
select "ports"."id", "ports"."device_id", "ports"."binding_host", "agents"."heartbeat_at"
  from "ports"
  left join "agents" on "agents"."host" = "ports"."binding_host" and "agents"."agent_type" = ?
  where "ports"."binding_vif_type" = ? and ("agents"."id" is null or "agents"."heartbeat_at" < ?)
  order by "ports"."binding_host", "ports"."id"
  limit ?;

-- floatingIpsAstray
select * from "floating_ips" where "floating_port_id" is not null and "floating_port_id" not in (select "id" from "ports") order by "id" limit ?;
select * from "floating_ips" where "fixed_port_id" is not null and "fixed_port_id" not in (select "id" from "ports") order by "id" limit ?;

-- services/network/floating-ips/floating-ip.store.ts

-- getFloatingIp
select * from "floating_ips" where "id" = ?;

-- floatingIpsOfPort
select * from "floating_ips" where "fixed_port_id" = ?;

-- floatingIpsOfRouter
select * from "floating_ips" where "router_id" = ?;

-- isFloatingPort
select "id" from "floating_ips" where "floating_port_id" = ?;

-- insertFloatingIp
insert into "floating_ips" ("id", "project_id", "description", "created_at", "updated_at", "revision_number", "tagged", "floating_network_id", "floating_ip_address", "floating_port_id", "fixed_port_id", "fixed_ip_address", "router_id", "status", "dns_name", "dns_domain")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- updateFloatingIpRow
update "floating_ips" set "id" = ? where "id" = ?;
update "floating_ips"
  set "id" = ?, "project_id" = ?, "description" = ?, "created_at" = ?, "updated_at" = ?, "revision_number" = ?, "tagged" = ?, "floating_network_id" = ?, "floating_ip_address" = ?, "floating_port_id" = ?, "fixed_port_id" = ?, "fixed_ip_address" = ?, "router_id" = ?, "status" = ?, "dns_name" = ?, "dns_domain" = ?
  where "id" = ?;

-- deleteFloatingIpRow
delete from "resource_tags" where "resource_id" = ?;
delete from "floating_ips" where "id" = ?;
select * from ip_allocations where port_id in (?) order by ip_key;
delete from "ip_allocations" where "port_id" in (?);
delete from "port_security_groups" where "port_id" in (?);
delete from "resource_tags" where "resource_id" in (?);
delete from "ports" where "id" in (?);

-- deleteIdleFloatingIps
select * from "floating_ips" where "floating_network_id" = ? and "fixed_port_id" is null;
delete from "resource_tags" where "resource_id" = ?;
delete from "floating_ips" where "id" = ?;
select * from ip_allocations where port_id in (?) order by ip_key;
delete from "ip_allocations" where "port_id" in (?);
delete from "port_security_groups" where "port_id" in (?);
delete from "resource_tags" where "resource_id" in (?);
delete from "ports" where "id" in (?);

-- services/network/host-api/wanted.store.ts

-- portsHere
select * from "ports" where "binding_host" = ? order by "id";
select * from "ports" where "binding_host" = ? and "device_owner" = ? and "id" in (?) order by "id";
select * from "ports" where "binding_host" = ? and "device_owner" = ? and "network_id" in (?) order by "id";

-- enabledKinds
select "agent_type" from "agents" where "host" = ? and "admin_state_up" = ?;

-- routersOn
select "routers".*
  from "agents"
  inner join "router_bindings" on "router_bindings"."agent_id" = "agents"."id"
  inner join "routers" on "routers"."id" = "router_bindings"."router_id"
  where "agents"."host" = ?
  order by "routers"."id";
select "routers".*
  from "agents"
  inner join "router_bindings" on "router_bindings"."agent_id" = "agents"."id"
  inner join "routers" on "routers"."id" = "router_bindings"."router_id"
  where "agents"."host" = ? and "routers"."id" in (?)
  order by "routers"."id";

-- networkRows
select * from networks where id in (?) order by id;

-- subnetRows
select * from subnets where network_id in (?) order by created_at, id;

-- portsOnNetworks
select id, network_id, mac_address, binding_host, dns_name, extra_dhcp_opts from ports where network_id in (?) order by id;

-- allocationsOnSubnets
select * from ip_allocations where subnet_id in (?) order by ip_key;

-- tunnelIps
select "host", "tunnel_ip" from "agents" where "agent_type" = ? and "tunnel_ip" is not null;

-- groupsOfPorts
select port_id, security_group_id from port_security_groups where port_id in (?) order by security_group_id;

-- groupRows
select * from security_groups where id in (?) order by id;

-- ruleRows
select * from security_group_rules where security_group_id in (?) order by id;

-- namedAsRemote
select distinct remote_group_id as id from security_group_rules where remote_group_id in (?);

-- memberAddresses
select g.security_group_id, a.ip_address from port_security_groups g join ip_allocations a on a.port_id = g.port_id where g.security_group_id in (?);
select g.security_group_id, p.allowed_address_pairs
  from port_security_groups g join ports p on p.id = g.port_id
  where g.security_group_id in (?) and p.allowed_address_pairs is not null;

-- interfaceRows
select * from router_interfaces where router_id in (?) order by port_id, subnet_id;

-- floatingRows
select id, router_id, floating_ip_address, fixed_ip_address from floating_ips where router_id in (?) and fixed_ip_address is not null order by id;

-- services/network/networks/network.store.ts

-- getNetwork
select * from "networks" where "id" = ?;

-- networkChildren
select id, network_id, ip_version, subnetpool_id from subnets where network_id in (?) order by created_at, id;
select id, address_scope_id from subnetpools where id in (?);
select b.network_id, a.availability_zone from dhcp_bindings b join agents a on a.id = b.agent_id where b.network_id in (?);
select object_id from rbac_policies where target_project in (?) and object_type = 'network' and action = 'access_as_shared';
select * from network_segments where network_id in (?) order by position;
select resource_id, tag from resource_tags where resource_id in (?) order by tag;

-- insertNetwork
insert into "networks" ("id", "project_id", "description", "created_at", "updated_at", "revision_number", "tagged", "name", "admin_state_up", "status", "mtu", "port_security_enabled", "shared", "external", "is_default", "dns_domain", "availability_zone_hints", "network_type", "physical_network", "segmentation_id", "multi_segment")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- insertSegment
insert into "network_segments" ("id", "network_id", "position", "network_type", "physical_network", "segmentation_id", "segment_key")
  values (?, ?, ?, ?, ?, ?, ?);

-- deleteSegments
delete from "network_segments" where "network_id" = ?;

-- segmentationIdsInUse
select "segmentation_id" from "network_segments" where "network_type" = ? and "physical_network" is null;
select "segmentation_id" from "network_segments" where "network_type" = ? and "physical_network" = ?;

-- updateNetworkRow
update "networks" set "id" = ? where "id" = ?;
update "networks"
  set "id" = ?, "project_id" = ?, "description" = ?, "created_at" = ?, "updated_at" = ?, "revision_number" = ?, "tagged" = ?, "name" = ?, "admin_state_up" = ?, "status" = ?, "mtu" = ?, "port_security_enabled" = ?, "shared" = ?, "external" = ?, "is_default" = ?, "dns_domain" = ?, "availability_zone_hints" = ?, "network_type" = ?, "physical_network" = ?, "segmentation_id" = ?, "multi_segment" = ?
  where "id" = ?;

-- projectsOnNetwork
select distinct "project_id" from "ports" where "network_id" = ? and "device_owner" not like ?;
select distinct "project_id" from "subnets" where "network_id" = ?;

-- defaultExternalNetwork
select * from "networks" where "is_default" = ? and "external" = ?;

-- deleteNetworkRow
delete from "network_segments" where "network_id" = ?;
delete from "dhcp_bindings" where "network_id" = ?;
delete from "rbac_policies" where "object_id" = ?;
delete from "resource_tags" where "resource_id" = ?;
delete from "networks" where "id" = ?;

-- getNetworks
select * from networks where id in (?);

-- services/network/ports/port.store.ts

-- getPort
select * from "ports" where "id" = ?;

-- getPorts
select * from ports where id in (?);

-- portChildren
select * from ip_allocations where port_id in (?) order by ip_key;
select port_id, security_group_id from port_security_groups where port_id in (?) order by security_group_id;
select id, project_id, shared from networks where id in (?);
select resource_id, tag from resource_tags where resource_id in (?) order by tag;

-- securityGroupsOf
select port_id, security_group_id from port_security_groups where port_id in (?) order by security_group_id;

-- insertPort
insert into "ports" ("id", "project_id", "description", "created_at", "updated_at", "revision_number", "tagged", "network_id", "name", "admin_state_up", "mac_address", "status", "device_id", "device_owner", "binding_host", "binding_vif_type", "binding_vnic_type", "binding_profile", "port_security_enabled", "allowed_address_pairs", "extra_dhcp_opts", "dns_name", "ip_allocation")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- updatePortRow
update "ports" set "id" = ? where "id" = ?;
update "ports"
  set "id" = ?, "project_id" = ?, "description" = ?, "created_at" = ?, "updated_at" = ?, "revision_number" = ?, "tagged" = ?, "network_id" = ?, "name" = ?, "admin_state_up" = ?, "mac_address" = ?, "status" = ?, "device_id" = ?, "device_owner" = ?, "binding_host" = ?, "binding_vif_type" = ?, "binding_vnic_type" = ?, "binding_profile" = ?, "port_security_enabled" = ?, "allowed_address_pairs" = ?, "extra_dhcp_opts" = ?, "dns_name" = ?, "ip_allocation" = ?
  where "id" = ?;

-- setPortGroups
delete from "port_security_groups" where "port_id" = ?;
insert into "port_security_groups" ("port_id", "security_group_id") values (?, ?);

-- portsOfNetwork
select * from "ports" where "network_id" = ?;

-- portsOfDevice
select * from "ports" where "device_id" = ? order by "created_at", "id";
select * from "ports" where "device_id" = ? and "device_owner" in (?) order by "created_at", "id";

-- countPortsOf
select count(*) as "count" from "ports" where "network_id" = ? and "device_owner" in (?);

-- countBoundPorts
select count(*) as "count" from "ports" where "network_id" = ? and "binding_vif_type" not in (?, ?);

-- isMacInUse
select "id" from "ports" where "network_id" = ? and "mac_address" = ?;

-- deletePortRows
select * from ip_allocations where port_id in (?) order by ip_key;
delete from "ip_allocations" where "port_id" in (?);
delete from "port_security_groups" where "port_id" in (?);
delete from "resource_tags" where "resource_id" in (?);
delete from "ports" where "id" in (?);

-- services/network/routers/router.store.ts

-- getRouter
select * from "routers" where "id" = ?;

-- getRouterOwner
select "project_id" from "routers" where "id" = ?;

-- routerChildren
select b.router_id, a.availability_zone from router_bindings b join agents a on a.id = b.agent_id where b.router_id in (?);
select * from ip_allocations where port_id in (?) order by ip_key;
select resource_id, tag from resource_tags where resource_id in (?) order by tag;

-- insertRouter
insert into "routers" ("id", "project_id", "description", "created_at", "updated_at", "revision_number", "tagged", "name", "admin_state_up", "status", "gw_port_id", "gw_network_id", "enable_snat", "routes", "availability_zone_hints")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- updateRouterRow
update "routers" set "id" = ? where "id" = ?;
update "routers"
  set "id" = ?, "project_id" = ?, "description" = ?, "created_at" = ?, "updated_at" = ?, "revision_number" = ?, "tagged" = ?, "name" = ?, "admin_state_up" = ?, "status" = ?, "gw_port_id" = ?, "gw_network_id" = ?, "enable_snat" = ?, "routes" = ?, "availability_zone_hints" = ?
  where "id" = ?;

-- deleteRouterRows
delete from "router_bindings" where "router_id" = ?;
delete from "resource_tags" where "resource_id" = ?;
delete from "routers" where "id" = ?;

-- interfacesOf
select * from router_interfaces where router_id in (?);

-- insertInterface
insert into "router_interfaces" ("port_id", "router_id", "subnet_id", "network_id") values (?, ?, ?, ?);

-- deleteInterface
delete from "router_interfaces" where "router_id" = ? and "subnet_id" = ?;

-- forgetInterfacePort
delete from "router_interfaces" where "port_id" = ?;

-- followInterfacePort
select * from "router_interfaces" where "port_id" = ?;
delete from "router_interfaces" where "port_id" = ?;
insert into "router_interfaces" ("port_id", "router_id", "subnet_id", "network_id") values (?, ?, ?, ?);

-- services/network/security-groups/security-group.store.ts

-- getSecurityGroup
select * from "security_groups" where "id" = ?;

-- getSecurityGroups
select * from security_groups where id in (?);

-- rulesOf
select * from security_group_rules where security_group_id in (?) order by id;

-- insertSecurityGroup
insert into "security_groups" ("id", "project_id", "description", "created_at", "updated_at", "revision_number", "tagged", "name", "stateful")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?);

-- insertRules
insert into "security_group_rules" ("id", "project_id", "description", "created_at", "updated_at", "revision_number", "tagged", "security_group_id", "direction", "ethertype", "protocol", "port_range_min", "port_range_max", "remote_ip_prefix", "normalized_cidr", "remote_group_id", "rule_key")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- insertRule
insert into "security_group_rules" ("id", "project_id", "description", "created_at", "updated_at", "revision_number", "tagged", "security_group_id", "direction", "ethertype", "protocol", "port_range_min", "port_range_max", "remote_ip_prefix", "normalized_cidr", "remote_group_id", "rule_key")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
select "id" from "security_group_rules" where "security_group_id" = ? and "rule_key" = ?;

-- defaultGroupId
select "security_group_id" from "default_security_groups" where "project_id" = ?;

-- claimDefaultGroup
insert into "default_security_groups" ("project_id", "security_group_id") values (?, ?);

-- isGroupOnPort
select "port_id" from "port_security_groups" where "security_group_id" = ?;

-- deleteGroupRows
delete from "security_group_rules" where "security_group_id" = ?;
delete from "security_group_rules" where "remote_group_id" = ?;
delete from "default_security_groups" where "security_group_id" = ?;
delete from "rbac_policies" where "object_id" = ?;
delete from "resource_tags" where "resource_id" = ?;
delete from "security_groups" where "id" = ?;

-- services/network/subnetpools/subnetpool.store.ts

-- getSubnetpool
select * from "subnetpools" where "id" = ?;

-- defaultSubnetpool
select * from "subnetpools" where "is_default" = ? and "ip_version" = ?;

-- subnetpoolsOfScope
select * from "subnetpools" where "address_scope_id" = ?;

-- insertSubnetpool
insert into "subnetpools" ("id", "project_id", "description", "created_at", "updated_at", "revision_number", "tagged", "name", "ip_version", "prefixes", "min_prefixlen", "max_prefixlen", "default_prefixlen", "default_quota", "is_default", "shared", "address_scope_id")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- updateSubnetpoolRow
update "subnetpools" set "id" = ? where "id" = ?;
update "subnetpools"
  set "id" = ?, "project_id" = ?, "description" = ?, "created_at" = ?, "updated_at" = ?, "revision_number" = ?, "tagged" = ?, "name" = ?, "ip_version" = ?, "prefixes" = ?, "min_prefixlen" = ?, "max_prefixlen" = ?, "default_prefixlen" = ?, "default_quota" = ?, "is_default" = ?, "shared" = ?, "address_scope_id" = ?
  where "id" = ?;

-- deleteSubnetpoolRow
delete from "rbac_policies" where "object_id" = ?;
delete from "resource_tags" where "resource_id" = ?;
delete from "subnetpools" where "id" = ?;

-- services/network/subnets/subnet.store.ts

-- getSubnet
select * from "subnets" where "id" = ?;

-- getSubnets
select * from subnets where id in (?);

-- subnetsOfNetwork
select * from "subnets" where "network_id" = ? order by "created_at", "id";

-- subnetsOfPool
select * from "subnets" where "subnetpool_id" = ?;

-- networkOwners
select id, project_id, shared from networks where id in (?);

-- insertSubnet
insert into "subnets" ("id", "project_id", "description", "created_at", "updated_at", "revision_number", "tagged", "network_id", "name", "ip_version", "cidr", "gateway_ip", "enable_dhcp", "ipv6_ra_mode", "ipv6_address_mode", "subnetpool_id", "allocation_pools", "dns_nameservers", "host_routes", "service_types")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- updateSubnetRow
update "subnets" set "id" = ? where "id" = ?;
update "subnets"
  set "id" = ?, "project_id" = ?, "description" = ?, "created_at" = ?, "updated_at" = ?, "revision_number" = ?, "tagged" = ?, "network_id" = ?, "name" = ?, "ip_version" = ?, "cidr" = ?, "gateway_ip" = ?, "enable_dhcp" = ?, "ipv6_ra_mode" = ?, "ipv6_address_mode" = ?, "subnetpool_id" = ?, "allocation_pools" = ?, "dns_nameservers" = ?, "host_routes" = ?, "service_types" = ?
  where "id" = ?;

-- ownersOnSubnet
select "ip_allocations"."port_id", "ports"."device_owner", "ip_allocations"."ip_address"
  from "ip_allocations"
  inner join "ports" on "ports"."id" = "ip_allocations"."port_id"
  where "ip_allocations"."subnet_id" = ?;

-- deleteSubnetRows
delete from "ip_allocations" where "subnet_id" in (?);
delete from "resource_tags" where "resource_id" in (?);
delete from "subnets" where "id" in (?);

-- services/network/tags/tag.store.ts

-- tagsOfResource
select "tag" from "resource_tags" where "resource_id" = ? order by "tag";

-- setTags
delete from "resource_tags" where "resource_id" = ?;
insert into "resource_tags" ("resource_id", "tag") values (?, ?);

-- markTagged
update "networks" set "tagged" = ? where "id" = ?;

-- Not shown: what is asked outside of stores, in
--   services/network/address-scopes/address-scope.resource.ts
--   services/network/agents/dhcp-ports.ts
--   services/network/agents/dhcp.reconciler.ts
--   services/network/agents/holding.ts
--   services/network/agents/reach.ts
--   services/network/agents/router.reconciler.ts
--   services/network/agents/zones.ts
--   services/network/attributes/quota.ts
--   services/network/attributes/revisions.ts
--   services/network/attributes/select-rows.ts
--   services/network/auto-topology/build-topology.ts
--   services/network/changes/nudge-hosts.ts
--   services/network/doctor/checks.ts
--   services/network/floating-ips/associate.ts
--   services/network/host-api/port-by-address.ts
--   services/network/host-api/reports.ts
--   services/network/ip-availabilities/count-addresses.ts
--   services/network/ports/binding.ts
--   services/network/ports/port.resource.ts
--   services/network/quotas/set-limits.ts
--   services/network/rbac-policies/dependents.ts
--   services/network/rbac-policies/rbac-policy.resource.ts
--   services/network/rbac-policies/sharing.ts
--   services/network/security-groups/security-group-rule.resource.ts
--   services/network/security-groups/security-group.resource.ts
