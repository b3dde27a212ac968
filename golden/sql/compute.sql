-- SQL of the stores of compute: what each method can ask, once for each form it has.
-- As SQLite gets it; MariaDB's text where it differs in more than the quotes around names.

-- services/compute/aggregates/aggregate.store.ts

-- listAggregatesWithHosts
select * from "aggregates" order by "id";
select * from "aggregate_hosts";

-- getAggregate
select * from "aggregates" where "id" = ?;
select * from "aggregate_hosts" where "aggregate_id" = ?;

-- insertAggregate
update "counters" set "value" = value + ? where "name" = ?;
select "value" from "counters" where "name" = ?;
insert into "aggregates" ("id", "uuid", "name", "metadata", "created_at", "updated_at") values (?, ?, ?, ?, ?, ?);
insert into "counters" ("name", "value") values (?, ?);

-- updateAggregate
update "aggregates" set "updated_at" = ? where "id" = ?;
update "aggregates" set "name" = ?, "metadata" = ?, "updated_at" = ? where "id" = ?;

-- deleteAggregate
delete from "aggregates" where "id" = ?;

-- addAggregateHost
insert into "aggregate_hosts" ("aggregate_id", "host") values (?, ?);

-- removeAggregateHost
delete from "aggregate_hosts" where "aggregate_id" = ? and "host" = ?;

-- removeHostFromAggregates
delete from "aggregate_hosts" where "host" = ?;

-- countServersOn
select count(*) as "n" from "servers" where "deleted" = ? and "host" in (?);

-- zoneOfHost
-- (asks the database nothing)

-- services/compute/compute-services/service.store.ts

-- listControlServices
select * from "control_services" order by "number";

-- saveControlServices
update "control_services" set "last_seen_at" = ? where "host" = ? and "kind" = ?;
update "counters" set "value" = value + ? where "name" = ?;
insert into "counters" ("name", "value") values (?, ?);
insert into "control_services" ("id", "number", "kind", "host", "last_seen_at")
  values (?, ?, ?, ?, ?)
  on conflict ("host", "kind") do update
  set "id" = ?, "number" = ?, "last_seen_at" = ?;
/* MariaDB */ insert into `control_services` (`id`, `number`, `kind`, `host`, `last_seen_at`)
  values (?, ?, ?, ?, ?)
  on duplicate key update `id` = ?, `number` = ?, `last_seen_at` = ?;

-- deleteControlService
delete from "control_services" where "id" = ?;

-- deleteHostRow
delete from "hosts" where "id" = ?;

-- services/compute/doctor/doctor.store.ts

-- listCheckedServers
select "id", "project_id", "user_id", "host", "vm_state", "task_state", "power_state", "flavor", "before_resize", "network_info", "availability_zone"
  from "servers"
  where "deleted" = ?;

-- atWork
select "resource_id" from "operations" where "state" in (?, ?);
select "resource_id" from "operations" where ("state" in (?, ?) or "created_at" >= ?);

-- placesOf
select "id", "host", "deleted" from "servers" where "id" in (?);

-- serversOfMigrations
select "uuid", "server_id" from "server_migrations" where "uuid" in (?);

-- givenPorts
select "input" from "operations" where "resource_id" = ? and "name" in (?, ?);

-- forsakenOperations
select "id", "name", "state", "resource_id", "current_step", "updated_at", "lease_until"
  from "operations"
  where "state" in (?, ?) and "updated_at" < ? and ("lease_until" is null or "lease_until" < ?) and ("not_before" is null or "not_before" < ?)
  order by "created_at";

-- unknownOperations
select "id", "name", "state", "resource_id", "current_step", "updated_at", "lease_until"
  from "operations"
  where "state" in (?, ?) and "name" not in (?)
  order by "created_at";

-- services/compute/flavors/flavor.store.ts

-- getFlavor
select * from "flavors" where "flavorid" = ?;

-- isGranted
select "flavorid" from "flavor_projects" where "flavorid" = ? and "project_id" = ?;

-- listFlavors
select * from "flavors" limit ?;
select * from "flavors" where "disabled" = ? and "memory_mb" >= ? and "root_gb" >= ? and "id" > ? order by "id" asc limit ?;
select *
  from "flavors"
  where ("is_public" = ? or "flavorid" in (select "flavor_projects"."flavorid"
  from "flavor_projects"
  where "flavor_projects"."project_id" = ?)) and "memory_mb" >= ? and "root_gb" >= ? and "id" > ?
  order by "id" asc
  limit ?;
select * from "flavors" where "is_public" = ? and "disabled" = ? and "memory_mb" >= ? and "root_gb" >= ? and "id" > ? order by "id" asc limit ?;

-- insertFlavor
insert into "flavors" ("flavorid", "name", "memory_mb", "vcpus", "root_gb", "ephemeral_gb", "swap", "rxtx_factor", "description", "extra_specs", "is_public", "id", "disabled", "created_at", "updated_at")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- flavorWithName
select "id" from "flavors" where "name" = ?;

-- updateFlavor
update "flavors" set "description" = ?, "updated_at" = ? where "flavorid" = ?;
update "flavors" set "description" = ?, "extra_specs" = ?, "updated_at" = ? where "flavorid" = ?;

-- deleteFlavor
delete from "flavor_projects" where "flavorid" = ?;
delete from "flavors" where "flavorid" = ?;

-- listFlavorProjects
select "project_id" from "flavor_projects" where "flavorid" = ? order by "project_id";

-- addFlavorProject
insert into "flavor_projects" ("flavorid", "project_id") values (?, ?);

-- removeFlavorProject
delete from "flavor_projects" where "flavorid" = ? and "project_id" = ?;

-- services/compute/hosts/host-use.store.ts

-- listSharesOfHost
select "project_id" as "project", sum("vcpus") as "cpu", sum("memory_mb") as "memory_mb", sum(root_gb + ephemeral_gb) as "disk_gb"
  from "servers"
  where "host" = ? and "deleted" = ?
  group by "project_id"
  order by "project_id";

-- services/compute/hosts/host.store.ts

-- getHost
select * from "hosts" where "host" = ?;

-- listHosts
select * from "hosts" order by "number";

-- listHostsByNode
select * from "hosts" where "node_id" in (?);

-- saveHeartbeat
update "hosts" set "report" = ?, "hypervisor_hostname" = ?, "started_at" = ?, "last_seen_at" = ? where "host" = ?;
select * from "hosts" where "host" = ?;
update "counters" set "value" = value + ? where "name" = ?;
insert into "counters" ("name", "value") values (?, ?);
insert into "hosts" ("id", "number", "host", "node_id", "report", "hypervisor_hostname", "started_at", "last_seen_at", "disabled", "disabled_reason", "forced_down", "failed_builds", "placement_digest", "created_at", "updated_at")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict ("host") do update
  set "id" = ?, "number" = ?, "node_id" = ?, "report" = ?, "hypervisor_hostname" = ?, "started_at" = ?, "last_seen_at" = ?, "disabled" = ?, "disabled_reason" = ?, "forced_down" = ?, "failed_builds" = ?, "placement_digest" = ?, "created_at" = ?, "updated_at" = ?;
/* MariaDB */ insert into `hosts` (`id`, `number`, `host`, `node_id`, `report`, `hypervisor_hostname`, `started_at`, `last_seen_at`, `disabled`, `disabled_reason`, `forced_down`, `failed_builds`, `placement_digest`, `created_at`, `updated_at`)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on duplicate key update `id` = ?, `number` = ?, `node_id` = ?, `report` = ?, `hypervisor_hostname` = ?, `started_at` = ?, `last_seen_at` = ?, `disabled` = ?, `disabled_reason` = ?, `forced_down` = ?, `failed_builds` = ?, `placement_digest` = ?, `created_at` = ?, `updated_at` = ?;

-- updateHost
update "hosts" set "id" = ? where "host" = ?;
update "hosts"
  set "id" = ?, "number" = ?, "host" = ?, "node_id" = ?, "hypervisor_hostname" = ?, "report" = ?, "started_at" = ?, "last_seen_at" = ?, "disabled" = ?, "disabled_reason" = ?, "forced_down" = ?, "failed_builds" = ?, "placement_digest" = ?, "created_at" = ?, "updated_at" = ?
  where "host" = ?;

-- isHostUp
-- (asks the database nothing)

-- services/compute/hypervisors/hypervisor.store.ts

-- readHostUse
select "host", count(*) as "servers", sum(case when task_state is null then 0 else 1 end) as "working", sum("vcpus") as "vcpus", sum("memory_mb") as "memory", sum(root_gb + ephemeral_gb) as "disk"
  from "servers"
  where "deleted" = ? and "host" is not null
  group by "host";

-- listServersByHost
select "id", "number", "host" from "servers" where "deleted" = ? and "host" is not null order by "number";

-- findHostBy
select * from "hosts" where "number" = ?;
select * from "hosts" where "node_id" = ?;

-- pageOfHosts
select * from "hosts" order by "number" limit ?;
select * from "hosts" where "number" = ?;
select * from "hosts" where "number" > ? order by "number" limit ?;
select * from "hosts" where "node_id" = ?;

-- searchHosts
select * from "hosts" order by "number";

-- services/compute/keypairs/keypair.store.ts

-- getKeypair
select * from "keypairs" where "user_id" = ? and "name" = ?;

-- listKeypairs
select * from "keypairs" where "user_id" = ? order by "name";
select * from "keypairs" where "user_id" = ? and "name" > ? order by "name" limit ?;

-- countKeypairs
select count(*) as "n" from "keypairs" where "user_id" = ?;

-- insertKeypair
update "counters" set "value" = value + ? where "name" = ?;
select "value" from "counters" where "name" = ?;
insert into "keypairs" ("user_id", "name", "type", "fingerprint", "public_key", "id", "created_at") values (?, ?, ?, ?, ?, ?, ?);
insert into "counters" ("name", "value") values (?, ?);

-- deleteKeypair
delete from "keypairs" where "user_id" = ? and "name" = ?;

-- services/compute/quotas/quota.store.ts

-- readClassLimits
select * from "quota_classes" where "class_name" = ?;

-- saveClassLimits
insert into "quota_classes" ("class_name", "resource", "hard_limit") values (?, ?, ?) on conflict ("class_name", "resource") do update set "hard_limit" = ?;
/* MariaDB */ insert into `quota_classes` (`class_name`, `resource`, `hard_limit`) values (?, ?, ?) on duplicate key update `hard_limit` = ?;

-- readUserLimits
select * from "user_quotas" where "project_id" = ? and "user_id" = ?;

-- saveUserLimits
insert into "user_quotas" ("project_id", "user_id", "resource", "hard_limit")
  values (?, ?, ?, ?)
  on conflict ("project_id", "user_id", "resource") do update
  set "hard_limit" = ?;
/* MariaDB */ insert into `user_quotas` (`project_id`, `user_id`, `resource`, `hard_limit`) values (?, ?, ?, ?) on duplicate key update `hard_limit` = ?;

-- sumUserLimits
select "resource", sum("hard_limit") as "sum" from "user_quotas" where "project_id" = ? group by "resource";

-- deleteUserLimits
delete from "user_quotas" where "project_id" = ?;
delete from "user_quotas" where "project_id" = ? and "user_id" = ?;

-- readUsage
select count(*) as "instances", sum("vcpus") as "cores", sum("memory_mb") as "ram" from "servers" where "project_id" = ? and "deleted" = ?;
select count(*) as "n" from "server_groups" where "project_id" = ?;
select count(*) as "instances", sum("vcpus") as "cores", sum("memory_mb") as "ram" from "servers" where "project_id" = ? and "deleted" = ? and "user_id" = ?;
select count(*) as "n" from "server_groups" where "project_id" = ? and "user_id" = ?;

-- services/compute/server-groups/server-group.store.ts

-- getServerGroup
select * from "server_groups" where "id" = ?;

-- groupMembersByHost
select "host", count(*) as "n" from "servers" where "server_group_id" = ? and "deleted" = ? and "id" != ? and "host" is not null group by "host";

-- countGroupMembers
select count(*) as "n" from "servers" where "server_group_id" = ? and "deleted" = ?;

-- listServerGroups
select * from "server_groups" order by "created_at", "id" limit ? offset ?;
select * from "server_groups" where "project_id" = ? order by "created_at", "id" limit ? offset ?;

-- listGroupMembers
select "id", "server_group_id" from "servers" where "server_group_id" in (?) and "deleted" = ? order by "number";

-- insertServerGroup
insert into "server_groups" ("id", "project_id", "user_id", "name", "policy", "rules", "created_at") values (?, ?, ?, ?, ?, ?, ?);

-- deleteServerGroup
delete from "server_groups" where "id" = ?;
update "servers" set "server_group_id" = ?, "revision" = revision + 1 where "server_group_id" = ?;

-- services/compute/server-migrations/server-migration.store.ts

-- listServerMigrations
select * from "server_migrations" where "hidden" = ? order by "created_at" desc, "id" desc limit ?;
select "id", "created_at" from "server_migrations" where "uuid" = ?;
select *
  from "server_migrations"
  where "hidden" = ? and "source_host" = ? and "server_id" = ? and "status" = ? and "migration_type" = ? and "user_id" = ? and "project_id" = ? and ("source_host" = ? or "dest_host" = ?) and "updated_at" >= ? and "updated_at" <= ? and ("created_at" < ? or ("created_at" = ? and "id" < ?))
  order by "created_at" desc, "id" desc
  limit ?;

-- countMovesInProgress
select count(*) as "n" from "server_migrations" where ("source_host" = ? or "dest_host" = ?) and "status" not in (?, ?, ?, ?, ?, ?, ?);

-- services/compute/servers/console-token.store.ts

-- mintConsoleToken
delete from "console_tokens" where "expires_at" < ?;
insert into "console_tokens" ("token_hash", "server_id", "console_type", "console", "access_url", "expires_at") values (?, ?, ?, ?, ?, ?);

-- consoleOfToken
select * from "console_tokens" where "token_hash" = ?;

-- services/compute/servers/server-list.store.ts

-- listServerKeys
select id, display_name, revision, host from "servers" where "project_id" = ? and "deleted" = ? and "vm_state" != ? order by "created_at" desc, "id" asc limit ?;
select id, display_name, revision, host
  from "servers"
  where "project_id" = ? and "deleted" = ? and "vm_state" != ? and (("created_at" < ? or "created_at" is null) or ("created_at" = ? and "id" > ?))
  order by "created_at" desc, "id" asc
  limit ?;
select id, display_name, revision, host, network_info, created_at
  from "servers"
  where "project_id" = ? and "user_id" = ? and "id" in (?) and "vm_state" in (?) and ("task_state" in (?) or "task_state" is null) and "updated_at" >= ? and "updated_at" <= ? and "locked_by" is not null and "host" = ? and instr(lower("display_name"), ?) > 0 and instr(network_info, ?) > 0 and instr(network_info, ?) > 0 and "deleted" = ? and "vm_state" != ? and instr(tags, ?) > 0 and instr(tags, ?) > 0 and not instr(tags, ?) > 0 and not instr(tags, ?) > 0
  order by "created_at" desc, "id" asc
  limit ?;
select id, display_name, revision, host from "servers" where "locked_by" is null and "deleted" = ? order by "created_at" desc, "id" asc limit ?;
select id, display_name, revision, host, network_info, created_at
  from "servers"
  where ("deleted" = ? or "vm_state" = ?)
  order by "created_at" desc, "id" asc
  limit ?;

-- readListedServers
select id, revision, number, project_id, user_id, display_name, display_description, hostname, reservation_id, launch_index, image_ref, kernel_id, ramdisk_id, flavor, key_name, config_drive, availability_zone, host, node, vm_state, task_state, power_state, progress, access_ip_v4, access_ip_v6, auto_disk_config, locked_by, locked_reason, root_device_name, metadata, tags, network_info, trusted_certs, fault, deleted, created_at, updated_at, launched_at, terminated_at
  from "servers"
  where "id" in (?);
select id, revision, number, project_id, user_id, display_name, display_description, hostname, reservation_id, launch_index, image_ref, kernel_id, ramdisk_id, flavor, key_name, config_drive, availability_zone, host, node, vm_state, task_state, power_state, progress, access_ip_v4, access_ip_v6, auto_disk_config, locked_by, locked_reason, root_device_name, metadata, tags, network_info, trusted_certs, fault, deleted, created_at, updated_at, launched_at, terminated_at, user_data
  from "servers"
  where "id" in (?);

-- services/compute/servers/server.store.ts

-- getServer
select * from "servers" where "id" = ? and "deleted" = ?;

-- getServerEvenDeleted
select * from "servers" where "id" = ?;

-- listServersById
select * from "servers" where "id" in (?) and "deleted" = ?;

-- insertServers
insert into "servers" ("id", "number", "revision", "project_id", "user_id", "display_name", "display_description", "hostname", "reservation_id", "launch_index", "image_ref", "kernel_id", "ramdisk_id", "image_meta", "flavor_id", "flavor", "vcpus", "memory_mb", "root_gb", "ephemeral_gb", "key_name", "key_data", "user_data", "config_drive", "availability_zone", "requested_zone", "host", "node", "vm_state", "task_state", "power_state", "progress", "access_ip_v4", "access_ip_v6", "auto_disk_config", "locked_by", "locked_reason", "root_device_name", "metadata", "tags", "network_info", "block_devices", "trusted_certs", "fault", "server_group_id", "scheduler_hints", "password", "before_resize", "shelved", "deleted", "created_at", "updated_at", "launched_at", "terminated_at", "deleted_at")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- updateServer
update "servers" set "id" = ?, "revision" = revision + 1, "updated_at" = ? where "id" = ? and "deleted" = ?;
update "servers"
  set "id" = ?, "number" = ?, "revision" = revision + 1, "project_id" = ?, "user_id" = ?, "display_name" = ?, "display_description" = ?, "hostname" = ?, "reservation_id" = ?, "launch_index" = ?, "image_ref" = ?, "kernel_id" = ?, "ramdisk_id" = ?, "image_meta" = ?, "flavor_id" = ?, "flavor" = ?, "vcpus" = ?, "memory_mb" = ?, "root_gb" = ?, "ephemeral_gb" = ?, "key_name" = ?, "key_data" = ?, "user_data" = ?, "config_drive" = ?, "availability_zone" = ?, "requested_zone" = ?, "host" = ?, "node" = ?, "vm_state" = ?, "task_state" = ?, "power_state" = ?, "progress" = ?, "access_ip_v4" = ?, "access_ip_v6" = ?, "auto_disk_config" = ?, "locked_by" = ?, "locked_reason" = ?, "root_device_name" = ?, "metadata" = ?, "tags" = ?, "network_info" = ?, "block_devices" = ?, "trusted_certs" = ?, "fault" = ?, "server_group_id" = ?, "scheduler_hints" = ?, "password" = ?, "before_resize" = ?, "shelved" = ?, "deleted" = ?, "created_at" = ?, "updated_at" = ?, "launched_at" = ?, "terminated_at" = ?, "deleted_at" = ?
  where "id" = ? and "deleted" = ?;

-- moveServer
update "servers" set "id" = ?, "revision" = revision + 1, "updated_at" = ? where "id" = ? and "deleted" = ?;
update "servers"
  set "id" = ?, "number" = ?, "revision" = revision + 1, "project_id" = ?, "user_id" = ?, "display_name" = ?, "display_description" = ?, "hostname" = ?, "reservation_id" = ?, "launch_index" = ?, "image_ref" = ?, "kernel_id" = ?, "ramdisk_id" = ?, "image_meta" = ?, "flavor_id" = ?, "flavor" = ?, "vcpus" = ?, "memory_mb" = ?, "root_gb" = ?, "ephemeral_gb" = ?, "key_name" = ?, "key_data" = ?, "user_data" = ?, "config_drive" = ?, "availability_zone" = ?, "requested_zone" = ?, "host" = ?, "node" = ?, "vm_state" = ?, "task_state" = ?, "power_state" = ?, "progress" = ?, "access_ip_v4" = ?, "access_ip_v6" = ?, "auto_disk_config" = ?, "locked_by" = ?, "locked_reason" = ?, "root_device_name" = ?, "metadata" = ?, "tags" = ?, "network_info" = ?, "block_devices" = ?, "trusted_certs" = ?, "fault" = ?, "server_group_id" = ?, "scheduler_hints" = ?, "password" = ?, "before_resize" = ?, "shelved" = ?, "deleted" = ?, "created_at" = ?, "updated_at" = ?, "launched_at" = ?, "terminated_at" = ?, "deleted_at" = ?
  where "id" = ? and "deleted" = ? and "vm_state" in (?) and "task_state" in (?);
update "servers"
  set "id" = ?, "number" = ?, "revision" = revision + 1, "project_id" = ?, "user_id" = ?, "display_name" = ?, "display_description" = ?, "hostname" = ?, "reservation_id" = ?, "launch_index" = ?, "image_ref" = ?, "kernel_id" = ?, "ramdisk_id" = ?, "image_meta" = ?, "flavor_id" = ?, "flavor" = ?, "vcpus" = ?, "memory_mb" = ?, "root_gb" = ?, "ephemeral_gb" = ?, "key_name" = ?, "key_data" = ?, "user_data" = ?, "config_drive" = ?, "availability_zone" = ?, "requested_zone" = ?, "host" = ?, "node" = ?, "vm_state" = ?, "task_state" = ?, "power_state" = ?, "progress" = ?, "access_ip_v4" = ?, "access_ip_v6" = ?, "auto_disk_config" = ?, "locked_by" = ?, "locked_reason" = ?, "root_device_name" = ?, "metadata" = ?, "tags" = ?, "network_info" = ?, "block_devices" = ?, "trusted_certs" = ?, "fault" = ?, "server_group_id" = ?, "scheduler_hints" = ?, "password" = ?, "before_resize" = ?, "shelved" = ?, "deleted" = ?, "created_at" = ?, "updated_at" = ?, "launched_at" = ?, "terminated_at" = ?, "deleted_at" = ?
  where "id" = ? and "deleted" = ? and "vm_state" in (?);

-- listServersOnHost
select "id", "vm_state", "task_state", "power_state", "node" from "servers" where "host" = ? and "deleted" = ?;

-- buildingByHost
select "host", count(*) as "n" from "servers" where "deleted" = ? and "vm_state" = ? and "host" is not null group by "host";

-- services/compute/usage/usage.store.ts

-- listUsedServers
select "id", "project_id", "display_name", "flavor", "vcpus", "memory_mb", "root_gb", "ephemeral_gb", "vm_state", "launched_at", "terminated_at"
  from "servers"
  where "launched_at" < ? and ("terminated_at" is null or "terminated_at" > ?)
  order by "project_id", "id"
  limit ?;
select "id", "project_id" from "servers" where "id" = ?;
select "id", "project_id", "display_name", "flavor", "vcpus", "memory_mb", "root_gb", "ephemeral_gb", "vm_state", "launched_at", "terminated_at"
  from "servers"
  where "launched_at" < ? and ("terminated_at" is null or "terminated_at" > ?) and "project_id" = ? and ("project_id" > ? or ("project_id" = ? and "id" > ?))
  order by "project_id", "id"
  limit ?;

-- Not shown: what is asked outside of stores, in
--   services/compute/counters.ts
--   services/compute/doctor/advise-room.ts
--   services/compute/doctor/explain-host.ts
--   services/compute/doctor/work.ts
--   services/compute/hosts/build-results.ts
--   services/compute/resizes/migration-record.ts
--   services/compute/resizes/unconfirmed-resizes.reconciler.ts
--   services/compute/servers/delete-server.operation.ts
--   services/compute/servers/deleted-servers.reconciler.ts
--   services/compute/servers/orphan-allocations.reconciler.ts
--   services/compute/servers/stuck-servers.reconciler.ts
