-- SQL of the stores of image: what each method can ask, once for each form it has.
-- As SQLite gets it; MariaDB's text where it differs in more than the quotes around names.

-- services/image/data/repair.store.ts

-- expiredUploads
select "id", "status", "upload_id" from "images" where "deleted_at" is null and "lease_until" < ? and "upload_id" is not null and "status" in (?, ?);

-- dropLeases
update "images" set "lease_until" = ? where "lease_until" is not null;

-- statusesOf
select "id", "status", "upload_id" from "images" where "id" in (?) and "deleted_at" is null;

-- services/image/images/image.store.ts

-- findImage
select * from images where id = ? and deleted_at is null;

-- isMember
select "member" from "image_members" where "image_id" = ? and "member" = ?;

-- withDetails
select image_id, name, value from image_properties where image_id in (?) union all select image_id, null, value from image_tags where image_id in (?);

-- withDetail
select image_id, name, value from image_properties where image_id in (?) union all select image_id, null, value from image_tags where image_id in (?);

-- insertImage
insert into "images" ("id", "name", "status", "visibility", "protected", "os_hidden", "owner", "disk_format", "container_format", "size", "virtual_size", "min_disk", "min_ram", "checksum", "os_hash_algo", "os_hash_value", "upload_id", "lease_until", "created_at", "updated_at", "deleted_at")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);
insert into "image_properties" ("image_id", "name", "value") values (?, ?, ?);
insert into "image_tags" ("image_id", "value") values (?, ?);

-- saveImage
update "images" set "id" = ?, "updated_at" = ? where "id" = ? and "status" = ? and "deleted_at" is null;
insert into "image_properties" ("image_id", "name", "value") values (?, ?, ?) on conflict ("image_id", "name") do update set "value" = ?;
/* MariaDB */ insert into `image_properties` (`image_id`, `name`, `value`) values (?, ?, ?) on duplicate key update `value` = ?;
update "images"
  set "id" = ?, "name" = ?, "status" = ?, "visibility" = ?, "protected" = ?, "os_hidden" = ?, "owner" = ?, "disk_format" = ?, "container_format" = ?, "size" = ?, "virtual_size" = ?, "min_disk" = ?, "min_ram" = ?, "checksum" = ?, "os_hash_algo" = ?, "os_hash_value" = ?, "upload_id" = ?, "lease_until" = ?, "created_at" = ?, "updated_at" = ?, "deleted_at" = ?
  where "id" = ? and "status" = ? and "deleted_at" is null;
delete from "image_properties" where "image_id" = ? and "name" in (?);
delete from "image_tags" where "image_id" = ?;
insert into "image_tags" ("image_id", "value") values (?, ?);

-- setProperties
insert into "image_properties" ("image_id", "name", "value") values (?, ?, ?) on conflict ("image_id", "name") do update set "value" = ?;
/* MariaDB */ insert into `image_properties` (`image_id`, `name`, `value`) values (?, ?, ?) on duplicate key update `value` = ?;

-- dropProperties
delete from "image_properties" where "image_id" = ? and "name" in (?);

-- markDeleted
update "images"
  set "status" = ?, "deleted_at" = ?, "updated_at" = ?, "upload_id" = ?, "lease_until" = ?
  where "id" = ? and "deleted_at" is null and "protected" = ?;
delete from "image_properties" where "image_id" = ?;
delete from "image_tags" where "image_id" = ?;
delete from "image_members" where "image_id" = ?;

-- countTags
select count(*) as "n" from "image_tags" where "image_id" = ?;

-- hasTag
select "value" from "image_tags" where "image_id" = ? and "value" = ?;

-- addTag
insert into "image_tags" ("image_id", "value") values (?, ?) on conflict ("image_id", "value") do nothing;
/* MariaDB */ insert into `image_tags` (`image_id`, `value`) values (?, ?) on duplicate key update `image_id` = ?;
update "images" set "updated_at" = ? where "id" = ?;

-- dropTag
delete from "image_tags" where "image_id" = ? and "value" = ?;
update "images" set "updated_at" = ? where "id" = ?;

-- storedBytes
select sum("size") as "total" from "images" where "owner" = ? and "deleted_at" is null and "id" != ?;

-- services/image/images/list-images.store.ts

-- listImages
select *
  from images
  where deleted_at is null and (visibility in ('public', 'community') or owner = ? or (visibility = 'shared' and id in (select image_id
  from image_members
  where member = ? and status = ?))) and (visibility <> 'community' or owner = ?)
  order by created_at desc, id asc
  limit ?;
select * from images where deleted_at is null and visibility in ('public', 'community') and visibility <> 'community' order by created_at desc, id asc limit ?;
select *
  from images
  where deleted_at is null and (visibility <> 'community' or owner = ?) and (((created_at < ? or created_at is null)) or (created_at = ? and id > ?))
  order by created_at desc, id asc
  limit ?;
select *
  from images
  where deleted_at is null and (visibility in ('public', 'community') or owner = ? or (visibility = 'shared' and id in (select image_id
  from image_members
  where member = ?))) and visibility = ? and id in (select image_id
  from image_tags
  where value = ?)
  order by created_at desc, id asc
  limit ?;
select *
  from images
  where deleted_at is null and (visibility in ('public', 'community') or owner = ? or (visibility = 'shared' and id in (select image_id
  from image_members
  where member = ? and status = ?)))
  order by created_at desc, id asc
  limit ?;
select * from images where deleted_at is null and name = ? order by created_at desc, id asc limit ?;
select * from images where deleted_at is null and status in (?, ?) order by created_at desc, id asc limit ?;
select * from images where deleted_at is null and size >= ? order by created_at desc, id asc limit ?;
select *
  from images
  where deleted_at is null and id in (select image_id
  from image_properties
  where name = ? and value = ?)
  order by created_at desc, id asc
  limit ?;
select * from images where deleted_at is null and 1 = 0 order by created_at desc, id asc limit ?;
select * from images where deleted_at is null and created_at >= ? order by created_at desc, id asc limit ?;
select * from images where deleted_at is null and created_at < ? order by created_at desc, id asc limit ?;
select * from images where deleted_at is null and created_at >= ? and created_at < ? order by created_at desc, id asc limit ?;
select * from images where deleted_at is null and (created_at < ? or created_at >= ?) order by created_at desc, id asc limit ?;

-- services/image/import/task.store.ts

-- insertTask
insert into "tasks" ("id", "type", "status", "owner", "image_id", "user_id", "request_id", "input", "result", "message", "expires_at", "created_at", "updated_at")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- findTask
select * from "tasks" where "id" = ?;

-- listTasks
select * from "tasks" order by "id" asc limit ?;
select *
  from "tasks"
  where "status" = ? and (("created_at" < ? or "created_at" is null) or ("created_at" = ? and "id" > ?))
  order by "created_at" desc, "id" asc
  limit ?;

-- tasksOfImage
select * from "tasks" where "image_id" = ? order by "created_at", "id";

-- beginTask
update "tasks" set "status" = ?, "updated_at" = ? where "id" = ? and "status" = ?;

-- endTask
update "tasks" set "status" = ?, "message" = ?, "result" = ?, "updated_at" = ?, "expires_at" = ? where "id" = ? and "status" in (?, ?);

-- dropExpiredTasks
delete from "tasks" where "expires_at" < ?;

-- services/image/members/member.store.ts

-- listMembers
select * from "image_members" where "image_id" = ? order by "created_at", "member";
select * from "image_members" where "image_id" = ? and "member" = ? order by "created_at", "member";

-- insertMember
select count(*) as "n" from "image_members" where "image_id" = ?;
insert into "image_members" ("image_id", "member", "status", "created_at", "updated_at") values (?, ?, ?, ?, ?);

-- setMemberStatus
update "image_members" set "status" = ?, "updated_at" = ? where "image_id" = ? and "member" = ?;

-- deleteMember
delete from "image_members" where "image_id" = ? and "member" = ?;

-- services/image/metadefs/metadef.store.ts

-- findNamespace
select * from "metadef_namespaces" where "namespace" = ?;

-- listNamespaces
select * from "metadef_namespaces" where "visibility" = ? limit ?;
select *
  from "metadef_namespaces"
  where "visibility" = ? and "id" in (select "namespace_id"
  from "metadef_associations"
  where "resource_type" in (?)) and "id" > ?
  order by "id" asc
  limit ?;
select *
  from "metadef_namespaces"
  where ("visibility" = ? or "owner" = ?) and "visibility" = ? and "id" in (select "namespace_id"
  from "metadef_associations"
  where "resource_type" in (?)) and "id" > ?
  order by "id" asc
  limit ?;

-- insertNamespace
insert into "metadef_namespaces" ("id", "namespace", "display_name", "description", "visibility", "protected", "owner", "created_at", "updated_at")
  values (?, ?, ?, ?, ?, ?, ?, ?, ?);
insert into "metadef_items" ("namespace_id", "kind", "name", "body", "created_at", "updated_at") values (?, ?, ?, ?, ?, ?);
select "name" from "metadef_resource_types" where "name" = ?;
insert into "metadef_associations" ("namespace_id", "resource_type", "prefix", "properties_target", "created_at", "updated_at") values (?, ?, ?, ?, ?, ?);
insert into "metadef_resource_types" ("name", "created_at", "updated_at") values (?, ?, ?);

-- updateNamespace
update "metadef_namespaces" set "id" = ?, "updated_at" = ? where "id" = ?;
update "metadef_namespaces"
  set "id" = ?, "namespace" = ?, "display_name" = ?, "description" = ?, "visibility" = ?, "protected" = ?, "owner" = ?, "created_at" = ?, "updated_at" = ?
  where "id" = ?;

-- deleteNamespace
delete from "metadef_items" where "namespace_id" = ?;
delete from "metadef_associations" where "namespace_id" = ?;
delete from "metadef_namespaces" where "id" = ?;

-- listItems
select * from "metadef_items" where "namespace_id" = ? and "kind" = ? order by "created_at" asc, "name" asc;
select * from "metadef_items" where "namespace_id" = ? and "kind" = ? and "name" > ? order by "name" asc limit ?;

-- findItem
select * from "metadef_items" where "namespace_id" = ? and "kind" = ? and "name" = ?;

-- insertItem
insert into "metadef_items" ("namespace_id", "kind", "name", "body", "created_at", "updated_at") values (?, ?, ?, ?, ?, ?);

-- insertTags
delete from "metadef_items" where "namespace_id" = ? and "kind" = ?;
insert into "metadef_items" ("namespace_id", "kind", "name", "body", "created_at", "updated_at") values (?, ?, ?, ?, ?, ?);

-- updateItem
update "metadef_items" set "name" = ?, "body" = ?, "updated_at" = ? where "namespace_id" = ? and "kind" = ? and "name" = ?;

-- deleteItem
delete from "metadef_items" where "namespace_id" = ? and "kind" = ? and "name" = ?;

-- deleteItems
delete from "metadef_items" where "namespace_id" = ? and "kind" = ?;

-- listResourceTypes
select * from "metadef_resource_types" order by "name";

-- listAssociations
select * from "metadef_associations" where "namespace_id" in (?) order by "resource_type";

-- insertAssociation
select "name" from "metadef_resource_types" where "name" = ?;
insert into "metadef_associations" ("namespace_id", "resource_type", "prefix", "properties_target", "created_at", "updated_at") values (?, ?, ?, ?, ?, ?);
insert into "metadef_resource_types" ("name", "created_at", "updated_at") values (?, ?, ?);

-- deleteAssociation
delete from "metadef_associations" where "namespace_id" = ? and "resource_type" = ?;

-- services/image/story/story.store.ts

-- imagesWithData
select "id", "size" from "images" where "deleted_at" is null and "status" in (?, ?);

-- Not shown: what is asked outside of stores, in
--   services/image/data/upload-leases.ts
--   services/image/import/import-image.operation.ts
