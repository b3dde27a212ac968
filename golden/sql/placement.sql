-- SQL of the stores of placement: what each method can ask, once for each form it has.
-- As SQLite gets it; MariaDB's text where it differs in more than the quotes around names.

-- services/placement/aggregates/aggregate.store.ts

-- listAggregates
select "aggregate_uuid" from "provider_aggregates" where "provider_uuid" = ?;

-- replaceAggregates
delete from "provider_aggregates" where "provider_uuid" = ?;
insert into "provider_aggregates" ("provider_uuid", "aggregate_uuid") values (?, ?);

-- services/placement/allocations/allocation.store.ts

-- findConsumers
select * from "consumers" where "uuid" in (?);

-- listHeldBy
select * from "allocations" where "consumer_uuid" in (?);

-- listConsumerAllocations
select "a".*, "p"."generation" as "provider_generation"
  from "allocations" as "a"
  inner join "resource_providers" as "p" on "p"."uuid" = "a"."provider_uuid"
  where "a"."consumer_uuid" = ?;

-- listProviderAllocations
select "a".*, "c"."generation" as "consumer_generation"
  from "allocations" as "a"
  inner join "consumers" as "c" on "c"."uuid" = "a"."consumer_uuid"
  where "a"."provider_uuid" = ?;

-- listInventoriesOf
select * from "inventories" where "provider_uuid" in (?);

-- insertConsumer
insert into "consumers" ("uuid", "generation", "project_id", "user_id", "consumer_type") values (?, ?, ?, ?, ?);

-- updateConsumer
update "consumers" set "uuid" = ? where "uuid" = ? and "generation" = ?;
update "consumers" set "uuid" = ?, "generation" = ?, "project_id" = ?, "user_id" = ?, "consumer_type" = ? where "uuid" = ? and "generation" = ?;

-- deleteConsumer
delete from "consumers" where "uuid" = ? and "generation" = ?;

-- takeFromInventory
update "inventories" set "used" = "used" + ? where "provider_uuid" = ? and "resource_class" = ? and "used" + ? <= ("total" - "reserved") * "allocation_ratio";

-- giveToInventory
update "inventories" set "used" = "used" - ? where "provider_uuid" = ? and "resource_class" = ?;

-- replaceHeld
delete from "allocations" where "consumer_uuid" in (?);
insert into "allocations" ("consumer_uuid", "provider_uuid", "resource_class", "used", "created_at") values (?, ?, ?, ?, ?);

-- services/placement/candidates/candidate.store.ts

-- existTrees
select "uuid" from "resource_providers" where "parent_uuid" is not null limit ?;

-- listSharing
select "p"."uuid" from "trait_sets" as "s" inner join "resource_providers" as "p" on "p"."trait_set" = "s"."trait_set" where "s"."trait" = ?;

-- listAnchors
select distinct "own"."provider_uuid", "p"."root_uuid"
  from "provider_aggregates" as "own"
  inner join "provider_aggregates" as "other" on "other"."aggregate_uuid" = "own"."aggregate_uuid"
  inner join "resource_providers" as "p" on "p"."uuid" = "other"."provider_uuid"
  where "own"."provider_uuid" in (?);

-- listRootsMatching
select "p"."uuid" from "resource_providers" as "p" where "p"."parent_uuid" is null;
select "p"."uuid"
  from "resource_providers" as "p"
  where "p"."parent_uuid" is null and "p"."uuid" in (select uuid
  from resource_providers
  where trait_set in (select trait_set
  from trait_sets
  where trait in (?))) and not "p"."uuid" in (select uuid
  from resource_providers
  where trait_set in (select trait_set
  from trait_sets
  where trait in (?))) and "p"."uuid" in (select provider_uuid
  from provider_aggregates
  where aggregate_uuid in (?)) and not "p"."uuid" in (select provider_uuid
  from provider_aggregates
  where aggregate_uuid in (?));

-- listFlatStocks
select "i"."provider_uuid", "i"."resource_class", "i"."total", "i"."reserved", "i"."allocation_ratio", "i"."max_unit", "i"."used", "p"."trait_set"
  from (select "i"."provider_uuid"
  from "inventories" as "i"
  where ((i.resource_class = ? and (i.used + ? <= (i.total - i.reserved) * i.allocation_ratio and i.min_unit <= ? and i.max_unit >= ? and ? % i.step_size = 0)))
  group by "i"."provider_uuid" having count(*) = ?
  order by "i"."provider_uuid") as "serving"
  inner join "resource_providers" as "p" on "p"."uuid" = "serving"."provider_uuid"
  inner join "inventories" as "i" on "i"."provider_uuid" = "serving"."provider_uuid";
select "i"."provider_uuid", "i"."resource_class", "i"."total", "i"."reserved", "i"."allocation_ratio", "i"."max_unit", "i"."used", "p"."trait_set"
  from (select "i"."provider_uuid"
  from "inventories" as "i"
  where ((i.resource_class = ? and (i.used + ? <= (i.total - i.reserved) * i.allocation_ratio and i.min_unit <= ? and i.max_unit >= ? and ? % i.step_size = 0))) and "i"."provider_uuid" in (select uuid
  from resource_providers
  where trait_set in (select trait_set
  from trait_sets
  where trait in (?))) and not "i"."provider_uuid" in (select uuid
  from resource_providers
  where trait_set in (select trait_set
  from trait_sets
  where trait in (?))) and "i"."provider_uuid" in (select provider_uuid
  from provider_aggregates
  where aggregate_uuid in (?)) and not "i"."provider_uuid" in (select provider_uuid
  from provider_aggregates
  where aggregate_uuid in (?)) and "i"."provider_uuid" in (select uuid
  from resource_providers
  where trait_set in (select trait_set
  from trait_sets
  where trait in (?))) and not "i"."provider_uuid" in (select uuid
  from resource_providers
  where trait_set in (select trait_set
  from trait_sets
  where trait in (?))) and "i"."provider_uuid" in (select provider_uuid
  from provider_aggregates
  where aggregate_uuid in (?)) and not "i"."provider_uuid" in (select provider_uuid
  from provider_aggregates
  where aggregate_uuid in (?)) and "i"."provider_uuid" = ?
  group by "i"."provider_uuid" having count(*) = ?
  order by "i"."provider_uuid"
  limit ?) as "serving"
  inner join "resource_providers" as "p" on "p"."uuid" = "serving"."provider_uuid"
  inner join "inventories" as "i" on "i"."provider_uuid" = "serving"."provider_uuid";

-- listFits
select "i"."provider_uuid" as "uuid", "p"."root_uuid" as "root", "i"."resource_class"
  from "inventories" as "i"
  inner join "resource_providers" as "p" on "p"."uuid" = "i"."provider_uuid"
  where ((i.resource_class = ? and (i.used + ? <= (i.total - i.reserved) * i.allocation_ratio and i.min_unit <= ? and i.max_unit >= ? and ? % i.step_size = 0)));
select "i"."provider_uuid" as "uuid", "p"."root_uuid" as "root", "i"."resource_class"
  from "inventories" as "i"
  inner join "resource_providers" as "p" on "p"."uuid" = "i"."provider_uuid"
  where ((i.resource_class = ? and (i.used + ? <= (i.total - i.reserved) * i.allocation_ratio and i.min_unit <= ? and i.max_unit >= ? and ? % i.step_size = 0))) and "p"."root_uuid" = (select root_uuid
  from resource_providers
  where uuid = ?);

-- listServing
select "p"."uuid", "p"."root_uuid" as "root"
  from "resource_providers" as "p"
  where "p"."uuid" in (select "i"."provider_uuid"
  from "inventories" as "i"
  where ((i.resource_class = ? and (i.used + ? <= (i.total - i.reserved) * i.allocation_ratio and i.min_unit <= ? and i.max_unit >= ? and ? % i.step_size = 0)))
  group by "i"."provider_uuid" having count(*) = ?);
select "p"."uuid", "p"."root_uuid" as "root"
  from "resource_providers" as "p"
  where "p"."uuid" in (select "i"."provider_uuid"
  from "inventories" as "i"
  where ((i.resource_class = ? and (i.used + ? <= (i.total - i.reserved) * i.allocation_ratio and i.min_unit <= ? and i.max_unit >= ? and ? % i.step_size = 0))) and "i"."provider_uuid" in (select uuid
  from resource_providers
  where trait_set in (select trait_set
  from trait_sets
  where trait in (?))) and not "i"."provider_uuid" in (select uuid
  from resource_providers
  where trait_set in (select trait_set
  from trait_sets
  where trait in (?))) and "i"."provider_uuid" in (select provider_uuid
  from provider_aggregates
  where aggregate_uuid in (?)) and not "i"."provider_uuid" in (select provider_uuid
  from provider_aggregates
  where aggregate_uuid in (?))
  group by "i"."provider_uuid" having count(*) = ?) and "p"."root_uuid" = (select root_uuid
  from resource_providers
  where uuid = ?);

-- listMembers
select "p"."uuid" from "resource_providers" as "p" where "p"."uuid" in (select provider_uuid from provider_aggregates where aggregate_uuid in (?));

-- listTreeProviders
select "p"."uuid", "p"."parent_uuid", "p"."root_uuid", "p"."trait_set" from "resource_providers" as "p" where "p"."root_uuid" in (?);

-- listTreeStocks
select "i"."provider_uuid", "i"."resource_class", "i"."total", "i"."reserved", "i"."allocation_ratio", "i"."max_unit", "i"."used"
  from "resource_providers" as "p"
  inner join "inventories" as "i" on "i"."provider_uuid" = "p"."uuid"
  where "p"."root_uuid" in (?);

-- readTraitSets
select * from "trait_sets" where "trait_set" in (?) order by "trait";

-- services/placement/doctor/doctor.store.ts

-- miscounted
select "i"."provider_uuid", "i"."resource_class", "i"."used", coalesce("a"."held", 0) as "held"
  from "inventories" as "i"
  left join (select "provider_uuid", "resource_class", sum("used") as "held"
  from "allocations"
  group by "provider_uuid", "resource_class") as "a" on "a"."provider_uuid" = "i"."provider_uuid" and "a"."resource_class" = "i"."resource_class"
  where "i"."used" <> coalesce("a"."held", 0)
  order by "i"."provider_uuid", "i"."resource_class"
  limit ?;

-- setUsed
update "inventories" set "used" = ? where "provider_uuid" = ? and "resource_class" = ? and "used" = ?;

-- homelessAllocations
select "a"."consumer_uuid", "a"."provider_uuid", "a"."resource_class", "a"."used", "p"."uuid" as "provider", "c"."uuid" as "consumer"
  from "allocations" as "a"
  left join "resource_providers" as "p" on "p"."uuid" = "a"."provider_uuid"
  left join "consumers" as "c" on "c"."uuid" = "a"."consumer_uuid"
  left join "inventories" as "i" on "i"."provider_uuid" = "a"."provider_uuid" and "i"."resource_class" = "a"."resource_class"
  where ("p"."uuid" is null or "c"."uuid" is null or "i"."provider_uuid" is null)
  order by "a"."consumer_uuid"
  limit ?;

-- deleteHeld
delete from "allocations" where "consumer_uuid" = ? and "provider_uuid" = ? and "resource_class" = ?;

-- emptyConsumers
select "c"."uuid"
  from "consumers" as "c"
  left join "allocations" as "a" on "a"."consumer_uuid" = "c"."uuid"
  where "a"."consumer_uuid" is null
  order by "c"."uuid"
  limit ?;

-- deleteEmptyConsumers
delete from "consumers" where "uuid" in (?);

-- services/placement/inventories/inventory.store.ts

-- listInventories
select * from "inventories" where "provider_uuid" = ?;

-- findInventory
select * from "inventories" where "provider_uuid" = ? and "resource_class" = ?;

-- insertInventory
insert into "inventories" ("total", "reserved", "min_unit", "max_unit", "step_size", "allocation_ratio", "provider_uuid", "resource_class", "used", "updated_at")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- updateInventory
update "inventories"
  set "total" = ?, "reserved" = ?, "min_unit" = ?, "max_unit" = ?, "step_size" = ?, "allocation_ratio" = ?, "updated_at" = ?
  where "provider_uuid" = ? and "resource_class" = ?;

-- deleteUnusedInventories
delete from "inventories" where "provider_uuid" = ? and "resource_class" in (?) and "used" = ?;

-- services/placement/providers/provider.store.ts

-- findProvider
select * from "resource_providers" where "uuid" = ?;

-- findProviders
select * from "resource_providers" where "uuid" in (?);

-- listProviders
select "p".*
  from "resource_providers" as "p"
  where "p"."uuid" in (select i.provider_uuid
  from inventories as i
  where i.resource_class = ? and (i.used + ? <= (i.total - i.reserved) * i.allocation_ratio and i.min_unit <= ? and i.max_unit >= ? and ? % i.step_size = 0))
  order by "p"."name";
select "p".*
  from "resource_providers" as "p"
  where "p"."name" = ? and "p"."uuid" = ? and "p"."root_uuid" = (select root_uuid
  from resource_providers
  where uuid = ?) and "p"."uuid" in (select uuid
  from resource_providers
  where trait_set in (select trait_set
  from trait_sets
  where trait in (?))) and not "p"."uuid" in (select uuid
  from resource_providers
  where trait_set in (select trait_set
  from trait_sets
  where trait in (?))) and "p"."uuid" in (select provider_uuid
  from provider_aggregates
  where aggregate_uuid in (?)) and not "p"."uuid" in (select provider_uuid
  from provider_aggregates
  where aggregate_uuid in (?)) and "p"."uuid" in (select i.provider_uuid
  from inventories as i
  where i.resource_class = ? and (i.used + ? <= (i.total - i.reserved) * i.allocation_ratio and i.min_unit <= ? and i.max_unit >= ? and ? % i.step_size = 0))
  order by "p"."name";

-- insertProvider
insert into "resource_providers" ("uuid", "name", "generation", "parent_uuid", "root_uuid", "trait_set", "created_at", "updated_at")
  values (?, ?, ?, ?, ?, ?, ?, ?);

-- updateProviderRow
update "resource_providers" set "uuid" = ? where "uuid" = ?;
update "resource_providers"
  set "uuid" = ?, "name" = ?, "generation" = ?, "parent_uuid" = ?, "root_uuid" = ?, "trait_set" = ?, "created_at" = ?, "updated_at" = ?
  where "uuid" = ?;

-- deleteProviderRow
delete from "resource_providers" where "uuid" = ?;

-- hasChildren
select "uuid" from "resource_providers" where "parent_uuid" = ? limit ?;

-- listTree
select "uuid", "parent_uuid" from "resource_providers" where "root_uuid" = ?;

-- setRoot
update "resource_providers" set "root_uuid" = ? where "uuid" in (?);

-- advanceGeneration
update "resource_providers" set "generation" = ? where "uuid" = ? and "generation" = ?;

-- touchProviders
update "resource_providers" set "generation" = "generation" + ? where "uuid" in (?);

-- services/placement/resource-classes/resource-class.store.ts

-- listCustomClasses
select * from "resource_classes" order by "created_at", "name";

-- findCustomClasses
select * from "resource_classes" where "name" in (?);

-- insertClass
insert into "resource_classes" ("name", "created_at") values (?, ?);

-- isClassInUse
select "provider_uuid" from "inventories" where "resource_class" = ? limit ?;

-- deleteClass
delete from "resource_classes" where "name" = ?;

-- renameClass
update "resource_classes" set "name" = ? where "name" = ?;
update "inventories" set "resource_class" = ? where "resource_class" = ?;
update "allocations" set "resource_class" = ? where "resource_class" = ?;

-- services/placement/traits/trait.store.ts

-- listCustomTraits
select * from "traits" order by "name";

-- findCustomTraits
select * from "traits" where "name" in (?);

-- insertTrait
insert into "traits" ("name", "created_at") values (?, ?);

-- deleteTraitRow
delete from "traits" where "name" = ?;

-- listTraitsInUse
select distinct "s"."trait" from "trait_sets" as "s" where s.trait_set in (select trait_set from resource_providers);

-- isTraitInUse
select "s"."trait" from "trait_sets" as "s" where "s"."trait" = ? and s.trait_set in (select trait_set from resource_providers) limit ?;

-- listSetMembers
select "trait" from "trait_sets" where "trait_set" = ? order by "trait";

-- saveTraitSet
insert into "trait_sets" ("trait_set", "trait") values (?, ?) on conflict ("trait_set", "trait") do nothing;
/* MariaDB */ insert into `trait_sets` (`trait_set`, `trait`) values (?, ?) on duplicate key update `trait_set` = ?;

-- deleteSetsWith
select "trait_set" from "trait_sets" where "trait" = ?;
delete from "trait_sets" where "trait_set" in (?);

-- services/placement/usages/usage.store.ts

-- sumByClass
select "a"."resource_class", sum("a"."used") as "used"
  from "consumers" as "c"
  inner join "allocations" as "a" on "a"."consumer_uuid" = "c"."uuid"
  where "c"."project_id" = ?
  group by "a"."resource_class";
select "a"."resource_class", sum("a"."used") as "used"
  from "consumers" as "c"
  inner join "allocations" as "a" on "a"."consumer_uuid" = "c"."uuid"
  where "c"."project_id" = ? and "c"."user_id" = ? and "c"."consumer_type" = ?
  group by "a"."resource_class";

-- sumByTypeAndClass
select "c"."consumer_type", "a"."resource_class", sum("a"."used") as "used"
  from "consumers" as "c"
  inner join "allocations" as "a" on "a"."consumer_uuid" = "c"."uuid"
  where "c"."project_id" = ?
  group by "c"."consumer_type", "a"."resource_class";
select "c"."consumer_type", "a"."resource_class", sum("a"."used") as "used"
  from "consumers" as "c"
  inner join "allocations" as "a" on "a"."consumer_uuid" = "c"."uuid"
  where "c"."project_id" = ? and "c"."user_id" = ? and "c"."consumer_type" = ?
  group by "c"."consumer_type", "a"."resource_class";

-- countConsumers
select "c"."consumer_type", count(*) as "count" from "consumers" as "c" where "c"."project_id" = ? group by "c"."consumer_type";
select "c"."consumer_type", count(*) as "count"
  from "consumers" as "c"
  where "c"."project_id" = ? and "c"."user_id" = ? and "c"."consumer_type" = ?
  group by "c"."consumer_type";
