-- SQL of the stores of identity: what each method can ask, once for each form it has.
-- As SQLite gets it; MariaDB's text where it differs in more than the quotes around names.

-- services/identity/application-credentials/application-credential.store.ts

-- getApplicationCredential
select * from "application_credentials" where "id" = ?;
select * from "application_credential_roles" where "application_credential_id" in (?);
select "l"."application_credential_id", "r"."id", "r"."service", "r"."path", "r"."method"
  from "application_credential_access_rules" as "l"
  inner join "access_rules" as "r" on "r"."id" = "l"."access_rule_id"
  where "l"."application_credential_id" in (?)
  order by "l"."position";

-- listApplicationCredentials
select * from "application_credentials" where "user_id" = ? order by "name";
select * from "application_credential_roles" where "application_credential_id" in (?);
select "l"."application_credential_id", "r"."id", "r"."service", "r"."path", "r"."method"
  from "application_credential_access_rules" as "l"
  inner join "access_rules" as "r" on "r"."id" = "l"."access_rule_id"
  where "l"."application_credential_id" in (?)
  order by "l"."position";
select * from "application_credentials" where "user_id" = ? and "name" = ? order by "name";

-- countApplicationCredentials
select count(*) as "n" from "application_credentials" where "user_id" = ?;

-- insertApplicationCredential
insert into "application_credentials" ("id", "user_id", "project_id", "name", "description", "secret_hash", "expires_at", "unrestricted")
  values (?, ?, ?, ?, ?, ?, ?, ?);
insert into "application_credential_roles" ("application_credential_id", "role_id") values (?, ?);
insert into "application_credential_access_rules" ("application_credential_id", "access_rule_id", "position") values (?, ?, ?);

-- deleteApplicationCredentials
select "id" from "application_credentials";
delete from "application_credential_roles" where "application_credential_id" in (?);
delete from "application_credential_access_rules" where "application_credential_id" in (?);
delete from "application_credentials" where "id" in (?);
select "id" from "application_credentials" where "id" = ? and "user_id" = ? and "project_id" = ?;

-- getAccessRule
select * from "access_rules" where "id" = ?;

-- listAccessRules
select * from "access_rules" where "user_id" = ? order by "id";

-- findAccessRule
select * from "access_rules" where "user_id" = ? and "service" is null and "path" is null and "method" is null;
select * from "access_rules" where "user_id" = ? and "service" = ? and "path" = ? and "method" = ?;

-- insertAccessRule
insert into "access_rules" ("id", "user_id", "service", "path", "method") values (?, ?, ?, ?, ?);

-- deleteAccessRule
select "access_rule_id" from "application_credential_access_rules" where "access_rule_id" = ?;
delete from "access_rules" where "id" = ?;

-- deleteAccessRulesOfUser
delete from "access_rules" where "user_id" = ?;

-- services/identity/catalog/catalog.store.ts

-- listRegions
select * from "regions" order by "id";
select * from "regions" where "parent_region_id" = ? order by "id";

-- getRegion
select * from "regions" where "id" = ?;

-- insertRegion
insert into "regions" ("id", "description", "parent_region_id", "extra") values (?, ?, ?, ?);

-- updateRegion
update "regions" set "id" = ? where "id" = ?;
update "regions" set "id" = ?, "description" = ?, "parent_region_id" = ?, "extra" = ? where "id" = ?;

-- deleteRegions
delete from "policy_associations" where "region_id" in (?);
delete from "regions" where "id" in (?);

-- listServices
select * from "services" order by "type", "id";
select * from "services" where "type" = ? and "name" = ? and "enabled" = ? order by "type", "id";

-- getService
select * from "services" where "id" = ?;

-- insertService
insert into "services" ("id", "type", "name", "enabled", "extra") values (?, ?, ?, ?, ?);

-- updateService
update "services" set "id" = ? where "id" = ?;
update "services" set "id" = ?, "type" = ?, "name" = ?, "enabled" = ?, "extra" = ? where "id" = ?;

-- deleteService
select * from "endpoints" where "service_id" = ? order by "service_id", "interface", "id";
delete from "project_endpoints" where "endpoint_id" = ?;
delete from "policy_associations" where "endpoint_id" = ?;
delete from "endpoints" where "id" = ?;
delete from "policy_associations" where "service_id" = ?;
delete from "services" where "id" = ?;

-- listEndpoints
select * from "endpoints" order by "service_id", "interface", "id";
select * from "endpoints" where "service_id" = ? and "interface" = ? and "region_id" = ? and "region_id" in (?) order by "service_id", "interface", "id";

-- getEndpoint
select * from "endpoints" where "id" = ?;

-- insertEndpoint
insert into "endpoints" ("id", "service_id", "region_id", "interface", "url", "enabled", "extra") values (?, ?, ?, ?, ?, ?, ?);

-- updateEndpoint
update "endpoints" set "id" = ? where "id" = ?;
update "endpoints" set "id" = ?, "service_id" = ?, "region_id" = ?, "interface" = ?, "url" = ?, "enabled" = ?, "extra" = ? where "id" = ?;

-- deleteEndpoint
delete from "project_endpoints" where "endpoint_id" = ?;
delete from "policy_associations" where "endpoint_id" = ?;
delete from "endpoints" where "id" = ?;

-- services/identity/credentials/credential.store.ts

-- listCredentials
select * from "credentials" order by "id";
select * from "credentials" where "user_id" = ? and "type" = ? order by "id";

-- getCredential
select * from "credentials" where "id" = ?;

-- insertCredential
insert into "credentials" ("id", "user_id", "project_id", "type", "encrypted_blob", "extra") values (?, ?, ?, ?, ?, ?);

-- updateCredential
update "credentials" set "id" = ? where "id" = ?;
update "credentials" set "id" = ?, "user_id" = ?, "project_id" = ?, "type" = ?, "encrypted_blob" = ?, "extra" = ? where "id" = ?;

-- deleteCredential
delete from "credentials" where "id" = ?;

-- services/identity/doctor/doctor.store.ts

-- grantsOfNothing
select "a".*, "r"."id" as "role", "u"."id" as "user", "g"."id" as "group", "p"."id" as "project"
  from "assignments" as "a"
  left join "roles" as "r" on "r"."id" = "a"."role_id"
  left join "users" as "u" on "u"."id" = "a"."actor_id" and "a"."actor_type" = ?
  left join "user_groups" as "g" on "g"."id" = "a"."actor_id" and "a"."actor_type" = ?
  left join "projects" as "p" on "p"."id" = "a"."target_id"
  where ("r"."id" is null or ("u"."id" is null and "g"."id" is null) or ("a"."target_type" <> ? and "p"."id" is null))
  order by "a"."actor_id"
  limit ?;

-- membershipsOfNothing
select "m".*
  from "memberships" as "m"
  left join "users" as "u" on "u"."id" = "m"."user_id"
  left join "user_groups" as "g" on "g"."id" = "m"."group_id"
  where ("u"."id" is null or "g"."id" is null)
  order by "m"."group_id"
  limit ?;

-- deleteMembership
delete from "memberships" where "user_id" = ? and "group_id" = ?;

-- countExpiredRevocations
select count(*) as "n" from "revocations" where "revoked_at" < ?;

-- services/identity/domain-config/domain-config.store.ts

-- listOptions
select * from "domain_options" where "domain_id" = ? order by "group_name", "option_name";
select * from "domain_options" where "domain_id" = ? and "group_name" = ? and "option_name" = ? order by "group_name", "option_name";

-- putOption
insert into "domain_options" ("domain_id", "group_name", "option_name", "sensitive", "value")
  values (?, ?, ?, ?, ?)
  on conflict ("domain_id", "group_name", "option_name") do update
  set "sensitive" = ?, "value" = ?;
/* MariaDB */ insert into `domain_options` (`domain_id`, `group_name`, `option_name`, `sensitive`, `value`)
  values (?, ?, ?, ?, ?)
  on duplicate key update `sensitive` = ?, `value` = ?;

-- deleteOptions
delete from "domain_options" where "domain_id" = ?;
delete from "domain_options" where "domain_id" = ? and "group_name" = ? and "option_name" = ?;

-- services/identity/endpoint-filters/endpoint-filter.store.ts

-- listEndpointGroups
select "endpoint_groups".* from "endpoint_groups" order by "endpoint_groups"."id";
select "endpoint_groups".*
  from "endpoint_groups"
  inner join "project_endpoint_groups" as "p" on "p"."endpoint_group_id" = "endpoint_groups"."id"
  where "name" = ? and "p"."project_id" = ?
  order by "endpoint_groups"."id";

-- getEndpointGroup
select * from "endpoint_groups" where "id" = ?;

-- insertEndpointGroup
insert into "endpoint_groups" ("id", "name", "description", "filters") values (?, ?, ?, ?);

-- updateEndpointGroup
update "endpoint_groups" set "id" = ? where "id" = ?;
update "endpoint_groups" set "id" = ?, "name" = ?, "description" = ?, "filters" = ? where "id" = ?;

-- deleteEndpointGroup
delete from "project_endpoint_groups" where "endpoint_group_id" = ?;
delete from "endpoint_groups" where "id" = ?;

-- listProjectEndpointIds
select "endpoint_id" from "project_endpoints" where "project_id" = ?;

-- listEndpointProjectIds
select "project_id" from "project_endpoints" where "endpoint_id" = ?;

-- listGroupProjectIds
select "project_id" from "project_endpoint_groups" where "endpoint_group_id" = ?;

-- listAllFilters
select * from "project_endpoints";
select "p"."project_id", "g"."filters" from "project_endpoint_groups" as "p" inner join "endpoint_groups" as "g" on "g"."id" = "p"."endpoint_group_id";

-- insertProjectEndpoint
insert into "project_endpoints" ("project_id", "endpoint_id") values (?, ?);

-- insertProjectEndpointGroup
insert into "project_endpoint_groups" ("project_id", "endpoint_group_id") values (?, ?);

-- deleteProjectEndpoint
delete from "project_endpoints" where "project_id" = ? and "endpoint_id" = ?;

-- deleteProjectEndpointGroup
delete from "project_endpoint_groups" where "project_id" = ? and "endpoint_group_id" = ?;

-- services/identity/groups/group.store.ts

-- getGroup
select * from "user_groups" where "id" = ?;

-- listGroups
select "user_groups".* from "user_groups" order by "name", "id";
select "user_groups".*
  from "user_groups"
  inner join "memberships" on "memberships"."group_id" = "user_groups"."id"
  where "domain_id" = ? and "name_key" = ? and "id" in (?) and "memberships"."user_id" = ?
  order by "name", "id";

-- listGroupIds
select "group_id" from "memberships" where "user_id" = ?;

-- listMembers
select "group_id", "user_id" from "memberships" where "group_id" in (?) order by "user_id";

-- insertGroup
insert into "user_groups" ("id", "domain_id", "name", "name_key", "description", "extra") values (?, ?, ?, ?, ?, ?);

-- updateGroup
update "user_groups" set "id" = ? where "id" = ?;
update "user_groups" set "id" = ?, "domain_id" = ?, "name" = ?, "name_key" = ?, "description" = ?, "extra" = ? where "id" = ?;

-- deleteGroupRows
delete from "memberships" where "group_id" = ?;
delete from "user_groups" where "id" = ?;

-- isMember
select "user_id" from "memberships" where "user_id" = ? and "group_id" = ?;

-- insertMembership
select "user_id" from "memberships" where "user_id" = ? and "group_id" = ?;
insert into "memberships" ("user_id", "group_id") values (?, ?);

-- deleteMembership
delete from "memberships" where "user_id" = ? and "group_id" = ?;

-- services/identity/oauth1/oauth1.store.ts

-- listConsumers
select * from "consumers" order by "id";

-- getConsumer
select * from "consumers" where "id" = ?;

-- insertConsumer
insert into "consumers" ("id", "description", "sealed_secret", "extra") values (?, ?, ?, ?);

-- updateConsumer
update "consumers" set "id" = ? where "id" = ?;
update "consumers" set "id" = ?, "description" = ?, "sealed_secret" = ?, "extra" = ? where "id" = ?;

-- deleteConsumer
delete from "request_tokens" where "consumer_id" = ?;
delete from "access_tokens" where "consumer_id" = ?;
delete from "consumers" where "id" = ?;

-- getRequestToken
select * from "request_tokens" where "id" = ?;

-- insertRequestToken
insert into "request_tokens" ("id", "consumer_id", "project_id", "sealed_secret", "user_id", "verifier", "role_ids", "expires_at")
  values (?, ?, ?, ?, ?, ?, ?, ?);

-- authorizeRequestToken
update "request_tokens" set "user_id" = ?, "verifier" = ?, "role_ids" = ? where "id" = ?;

-- exchangeToken
delete from "request_tokens" where "id" = ?;
insert into "access_tokens" ("id", "consumer_id", "project_id", "sealed_secret", "user_id", "role_ids", "expires_at") values (?, ?, ?, ?, ?, ?, ?);

-- getAccessToken
select * from "access_tokens" where "id" = ?;

-- listAccessTokens
select * from "access_tokens" where "user_id" = ? order by "id";

-- deleteAccessToken
delete from "access_tokens" where "id" = ?;

-- services/identity/policies/policy.store.ts

-- listPolicies
select * from "policies" order by "id";
select * from "policies" where "type" = ? order by "id";

-- getPolicy
select * from "policies" where "id" = ?;

-- insertPolicy
insert into "policies" ("id", "type", "blob_text", "extra") values (?, ?, ?, ?);

-- updatePolicy
update "policies" set "id" = ? where "id" = ?;
update "policies" set "id" = ?, "type" = ?, "blob_text" = ?, "extra" = ? where "id" = ?;

-- deletePolicy
delete from "policy_associations" where "policy_id" = ?;
delete from "policies" where "id" = ?;

-- listAttachments
select * from "policy_associations" where "policy_id" = ?;

-- attachedPolicy
select "policy_id" from "policy_associations" where "endpoint_id" = ? and "service_id" = ? and "region_id" = ?;

-- attachPolicy
delete from "policy_associations" where "endpoint_id" = ? and "service_id" = ? and "region_id" = ?;
insert into "policy_associations" ("endpoint_id", "service_id", "region_id", "policy_id") values (?, ?, ?, ?);

-- detachPolicy
delete from "policy_associations" where "endpoint_id" = ? and "service_id" = ? and "region_id" = ?;

-- services/identity/projects/project.store.ts

-- getProject
select * from "projects" where "id" = ?;

-- getDomain
select * from "projects" where "id" = ? and "is_domain" = ?;

-- findProject
select * from "projects" where "domain_key" = ? and "name_key" = ?;

-- listProjects
select * from "projects" order by "name", "id";
select *
  from "projects"
  where "domain_id" = ? and "name_key" = ? and "parent_id" = ? and "enabled" = ? and "is_domain" = ? and "id" in (?)
  order by "name", "id";

-- listSubtree
select * from "projects" where ("ancestors" = ? or ("ancestors" >= ? and "ancestors" < ?)) order by "ancestors", "name";

-- insertProject
insert into "projects" ("id", "name", "name_key", "domain_id", "domain_key", "parent_id", "ancestors", "is_domain", "enabled", "description", "options", "extra")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- updateProject
update "projects" set "id" = ? where "id" = ?;
update "projects"
  set "id" = ?, "name" = ?, "name_key" = ?, "domain_id" = ?, "domain_key" = ?, "parent_id" = ?, "ancestors" = ?, "is_domain" = ?, "enabled" = ?, "description" = ?, "options" = ?, "extra" = ?
  where "id" = ?;

-- deleteProjectRows
delete from "project_tags" where "project_id" = ?;
delete from "assignments" where "target_id" = ? and "target_type" in (?, ?);
delete from "credentials" where "project_id" = ?;
delete from "project_endpoints" where "project_id" = ?;
delete from "request_tokens" where "project_id" = ?;
delete from "access_tokens" where "project_id" = ?;
delete from "domain_options" where "domain_id" = ?;
delete from "project_endpoint_groups" where "project_id" = ?;
update "users" set "default_project_id" = ? where "default_project_id" = ?;
delete from "projects" where "id" = ?;

-- listTags
select * from "project_tags" where "project_id" in (?) order by "name";

-- replaceTags
delete from "project_tags" where "project_id" = ?;
insert into "project_tags" ("project_id", "name") values (?, ?);

-- services/identity/revocations/revocation.store.ts

-- revocations
select "audit_id", "user_id", "issued_before" from "revocations";

-- revokeToken
insert into "revocations" ("id", "audit_id", "user_id", "issued_before", "revoked_at") values (?, ?, ?, ?, ?);

-- revokeUser
insert into "revocations" ("id", "audit_id", "user_id", "issued_before", "revoked_at") values (?, ?, ?, ?, ?);

-- pruneRevocations
delete from "revocations" where "revoked_at" < ?;

-- services/identity/role-assignments/assignment.store.ts

-- listAssignments
select * from "assignments" order by "target_type", "target_id", "actor_id", "role_id";
select *
  from "assignments"
  where "role_id" = ? and "actor_type" = ? and "actor_id" = ? and "actor_type" = ? and "actor_id" in (?) and "target_type" = ? and "target_id" in (?) and "inherited" = ?
  order by "target_type", "target_id", "actor_id", "role_id";

-- hasAssignment
select "role_id" from "assignments" where "actor_type" = ? and "actor_id" = ? and "target_type" = ? and "target_id" = ? and "role_id" = ? and "inherited" = ?;

-- insertAssignment
select "role_id" from "assignments" where "actor_type" = ? and "actor_id" = ? and "target_type" = ? and "target_id" = ? and "role_id" = ? and "inherited" = ?;
insert into "assignments" ("actor_type", "actor_id", "target_type", "target_id", "role_id", "inherited") values (?, ?, ?, ?, ?, ?);

-- deleteAssignment
delete from "assignments" where "actor_type" = ? and "actor_id" = ? and "target_type" = ? and "target_id" = ? and "role_id" = ? and "inherited" = ?;

-- deleteAssignmentsOfGroup
delete from "assignments" where "actor_type" = ? and "actor_id" = ?;

-- services/identity/roles/role.store.ts

-- listAllRoles
select * from "roles" order by "name";

-- listRoles
select * from "roles" where "domain_key" = ? order by "name";
select * from "roles" where "domain_key" = ? and "name_key" = ? order by "name";

-- getRole
select * from "roles" where "id" = ?;

-- insertRole
insert into "roles" ("id", "name", "name_key", "domain_id", "domain_key", "description", "options", "extra") values (?, ?, ?, ?, ?, ?, ?, ?);

-- updateRole
update "roles" set "id" = ? where "id" = ?;
update "roles" set "id" = ?, "name" = ?, "name_key" = ?, "domain_id" = ?, "domain_key" = ?, "description" = ?, "options" = ?, "extra" = ? where "id" = ?;

-- deleteRole
delete from "role_implications" where ("prior_role_id" = ? or "implied_role_id" = ?);
delete from "assignments" where "role_id" = ?;
delete from "application_credential_roles" where "role_id" = ?;
delete from "trust_roles" where "role_id" = ?;
delete from "roles" where "id" = ?;

-- listImplications
select * from "role_implications";
select * from "role_implications" where "prior_role_id" = ?;

-- insertImplication
insert into "role_implications" ("prior_role_id", "implied_role_id") values (?, ?);

-- deleteImplication
delete from "role_implications" where "prior_role_id" = ? and "implied_role_id" = ?;

-- services/identity/tokens/token.store.ts

-- loadSubject
select id, name, enabled, domain_id, password_expires_at from users where id = ?;
select id, name, enabled, domain_id, is_domain, ancestors from projects where id in (?, ?);

-- assignedRoles
select group_id from memberships where user_id = ?;
select role_id, target_type, target_id, inherited from assignments where actor_id in (?, ?) and target_id in (?);
select role_id, target_type, target_id, inherited from assignments where actor_id in (?) and target_id in (?);
select role_id, target_type, target_id, inherited from assignments where actor_id in (?, ?) and target_id in (?, ?);
select role_id, target_type, target_id, inherited from assignments where actor_id in (?) and target_id in (?, ?);

-- services/identity/trusts/trust.store.ts

-- getTrust
select * from "trusts" where "id" = ? and "deleted_at" is null;
select "role_id" from "trust_roles" where "trust_id" = ?;

-- listTrusts
select * from "trusts" where "deleted_at" is null order by "id";
select * from "trusts" where "deleted_at" is null and "trustor_user_id" = ? and "trustee_user_id" = ? and "redelegated_trust_id" = ? order by "id";

-- insertTrust
insert into "trusts" ("id", "trustor_user_id", "trustee_user_id", "project_id", "impersonation", "expires_at", "remaining_uses", "redelegated_trust_id", "redelegation_count", "deleted_at", "extra", "terms")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
insert into "trust_roles" ("trust_id", "role_id") values (?, ?);

-- consumeTrust
update "trusts" set "remaining_uses" = "remaining_uses" - ? where "id" = ? and "deleted_at" is null and "remaining_uses" > ?;

-- deleteTrusts
update "trusts" set "deleted_at" = ?, "terms" = ? where "deleted_at" is null;
update "trusts"
  set "deleted_at" = ?, "terms" = ?
  where "deleted_at" is null and "id" in (?) and ("trustor_user_id" = ? or "trustee_user_id" = ?) and "project_id" = ?;

-- services/identity/users/user.store.ts

-- getUser
select * from "users" where "id" = ?;

-- findUser
select * from "users" where "domain_id" = ? and "name_key" = ?;

-- listUsers
select "users".* from "users" order by "users"."name", "users"."id";
select "users".*
  from "users"
  inner join "memberships" on "memberships"."user_id" = "users"."id"
  where "users"."id" in (?) and "users"."domain_id" = ? and "users"."name_key" = ? and "users"."enabled" = ? and "users"."password_expires_at" = ? and "memberships"."group_id" = ?
  order by "users"."name", "users"."id";
select "users".*
  from "users"
  inner join "memberships" on "memberships"."user_id" = "users"."id"
  where "users"."id" in (?) and "users"."domain_id" = ? and "users"."name_key" = ? and "users"."enabled" = ? and "users"."password_expires_at" != ? and "memberships"."group_id" = ?
  order by "users"."name", "users"."id";
select "users".*
  from "users"
  inner join "memberships" on "memberships"."user_id" = "users"."id"
  where "users"."id" in (?) and "users"."domain_id" = ? and "users"."name_key" = ? and "users"."enabled" = ? and "users"."password_expires_at" < ? and "memberships"."group_id" = ?
  order by "users"."name", "users"."id";
select "users".*
  from "users"
  inner join "memberships" on "memberships"."user_id" = "users"."id"
  where "users"."id" in (?) and "users"."domain_id" = ? and "users"."name_key" = ? and "users"."enabled" = ? and "users"."password_expires_at" <= ? and "memberships"."group_id" = ?
  order by "users"."name", "users"."id";
select "users".*
  from "users"
  inner join "memberships" on "memberships"."user_id" = "users"."id"
  where "users"."id" in (?) and "users"."domain_id" = ? and "users"."name_key" = ? and "users"."enabled" = ? and "users"."password_expires_at" > ? and "memberships"."group_id" = ?
  order by "users"."name", "users"."id";
select "users".*
  from "users"
  inner join "memberships" on "memberships"."user_id" = "users"."id"
  where "users"."id" in (?) and "users"."domain_id" = ? and "users"."name_key" = ? and "users"."enabled" = ? and "users"."password_expires_at" >= ? and "memberships"."group_id" = ?
  order by "users"."name", "users"."id";

-- insertUser
insert into "users" ("id", "domain_id", "name", "name_key", "enabled", "default_project_id", "password_hash", "password_created_at", "password_expires_at", "password_self_service", "failed_auth_count", "failed_auth_at", "created_at", "last_active_at", "options", "extra")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- updateUser
update "users" set "id" = ? where "id" = ?;
update "users"
  set "id" = ?, "domain_id" = ?, "name" = ?, "name_key" = ?, "enabled" = ?, "default_project_id" = ?, "password_hash" = ?, "password_created_at" = ?, "password_expires_at" = ?, "password_self_service" = ?, "failed_auth_count" = ?, "failed_auth_at" = ?, "created_at" = ?, "last_active_at" = ?, "options" = ?, "extra" = ?
  where "id" = ?;

-- deleteUserRows
delete from "old_passwords" where "user_id" = ?;
delete from "memberships" where "user_id" = ?;
delete from "assignments" where "actor_type" = ? and "actor_id" = ?;
delete from "credentials" where "user_id" = ?;
delete from "access_tokens" where "user_id" = ?;
delete from "users" where "id" = ?;

-- listOldPasswords
select "password_hash" from "old_passwords" where "user_id" = ? order by "created_at" desc limit ?;

-- insertOldPassword
insert into "old_passwords" ("id", "user_id", "password_hash", "created_at") values (?, ?, ?, ?);

-- countFailure
update "users" set "failed_auth_count" = "failed_auth_count" + ?, "failed_auth_at" = ? where "id" = ?;
