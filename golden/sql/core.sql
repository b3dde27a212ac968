-- SQL of the stores of core: what each method can ask, once for each form it has.
-- As SQLite gets it; MariaDB's text where it differs in more than the quotes around names.

-- core/db/outbox.ts

-- emit
insert into "outbox" ("id", "topic", "message") values (?, ?, ?);

-- relayOutbox
select * from "outbox" order by "id" limit ?;
delete from "outbox" where "id" in (?);

-- core/operations/store.ts

-- insertOperation
insert into "operations" ("id", "name", "version", "state", "resource_type", "resource_id", "request_id", "user_id", "project_id", "identity", "input", "results", "carried", "done_steps", "current_step", "step_started_at", "tries", "attempts", "unwind_to", "failure", "cancel_requested", "lease_owner", "lease_until", "not_before", "created_at", "updated_at", "finished_at")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- insertStep
insert into "operation_steps" ("id", "operation_id", "step", "direction", "outcome", "message", "started_at", "finished_at") values (?, ?, ?, ?, ?, ?, ?, ?);

-- getOperation
select * from "operations" where "id" = ?;

-- isCancelled
select "cancel_requested" from "operations" where "id" = ?;

-- listOperations
select * from "operations" order by "created_at", "id";
select * from "operations" where "resource_id" = ? and "request_id" = ? and "state" in (?, ?) order by "created_at", "id";
select * from "operations" where "resource_id" = ? and "request_id" = ? order by "created_at", "id";

-- listSteps
select * from "operation_steps" where "operation_id" in (?) order by "id";

-- claimable
select "id"
  from "operations"
  where "state" in (?, ?) and ("lease_until" is null or "lease_until" < ?) and ("not_before" is null or "not_before" <= ?)
  order by "created_at"
  limit ?;

-- takeLease
update "operations"
  set "lease_owner" = ?, "lease_until" = ?
  where "id" = ? and "state" in (?, ?) and ("lease_until" is null or "lease_until" < ? or "lease_owner" = ?);

-- renewLeases
update "operations" set "lease_until" = ? where "lease_owner" = ? and "state" in (?, ?);

-- dropAllLeases
update "operations" set "lease_owner" = ?, "lease_until" = ? where "state" in (?, ?);

-- saveProgress
update "operations" set "id" = ? where "id" = ? and "lease_owner" = ?;
update "operations"
  set "id" = ?, "name" = ?, "version" = ?, "state" = ?, "resource_type" = ?, "resource_id" = ?, "request_id" = ?, "user_id" = ?, "project_id" = ?, "identity" = ?, "input" = ?, "results" = ?, "carried" = ?, "done_steps" = ?, "current_step" = ?, "step_started_at" = ?, "tries" = ?, "attempts" = ?, "unwind_to" = ?, "failure" = ?, "cancel_requested" = ?, "lease_owner" = ?, "lease_until" = ?, "not_before" = ?, "created_at" = ?, "updated_at" = ?, "finished_at" = ?
  where "id" = ? and "lease_owner" = ? and "cancel_requested" = ?;
update "operations"
  set "id" = ?, "name" = ?, "version" = ?, "state" = ?, "resource_type" = ?, "resource_id" = ?, "request_id" = ?, "user_id" = ?, "project_id" = ?, "identity" = ?, "input" = ?, "results" = ?, "carried" = ?, "done_steps" = ?, "current_step" = ?, "step_started_at" = ?, "tries" = ?, "attempts" = ?, "unwind_to" = ?, "failure" = ?, "cancel_requested" = ?, "lease_owner" = ?, "lease_until" = ?, "not_before" = ?, "created_at" = ?, "updated_at" = ?, "finished_at" = ?
  where "id" = ? and "lease_owner" = ?;

-- requestCancel
select "id" from "operations" where "resource_id" = ? and "state" in (?, ?);
update "operations" set "cancel_requested" = ? where "id" in (?);
select "id" from "operations" where "resource_id" = ? and "state" in (?, ?) and "id" != ?;

-- core/quota/quota.ts

-- projectLimits
select * from "quotas" where "project_id" = ?;

-- setProjectLimits
delete from "quotas" where "project_id" = ? and "resource" = ?;
insert into "quotas" ("project_id", "resource", "hard_limit") values (?, ?, ?);

-- resetProjectLimits
delete from "quotas" where "project_id" = ?;

-- lockProject
update "quota_locks" set "turn" = turn + 1 where "project_id" = ?;
insert into "quota_locks" ("project_id", "turn") values (?, ?) on conflict ("project_id") do update set "turn" = ?;
/* MariaDB */ insert into `quota_locks` (`project_id`, `turn`) values (?, ?) on duplicate key update `turn` = ?;
