/** Images with their properties, tags and members; import tasks. */
import { sql, type Kysely, type NamedMigration } from '#core/db/database.ts'

export const initialMigration: NamedMigration = {
  name: '0001-initial',
  async up(db: Kysely<unknown>) {
    await imagesTable(db)
    await childTables(db)
    await tasksTable(db)
  },
}

async function imagesTable(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable('images')
    .addColumn('id', 'varchar(36)', (c) => c.primaryKey())
    .addColumn('name', 'varchar(255)')
    .addColumn('status', 'varchar(30)', (c) => c.notNull())
    .addColumn('visibility', 'varchar(12)', (c) => c.notNull())
    .addColumn('protected', 'integer', (c) => c.notNull())
    .addColumn('os_hidden', 'integer', (c) => c.notNull())
    .addColumn('owner', 'varchar(255)')
    .addColumn('disk_format', 'varchar(20)')
    .addColumn('container_format', 'varchar(20)')
    .addColumn('size', 'bigint')
    .addColumn('virtual_size', 'bigint')
    .addColumn('min_disk', 'integer', (c) => c.notNull())
    .addColumn('min_ram', 'integer', (c) => c.notNull())
    .addColumn('checksum', 'varchar(32)')
    .addColumn('os_hash_algo', 'varchar(64)')
    .addColumn('os_hash_value', 'varchar(128)')
    .addColumn('upload_id', 'varchar(36)')
    .addColumn('lease_until', 'varchar(30)')
    .addColumn('created_at', 'varchar(30)', (c) => c.notNull())
    .addColumn('updated_at', 'varchar(30)', (c) => c.notNull())
    .addColumn('deleted_at', 'varchar(30)')
    .execute()
  await db.schema.createIndex('images_listed').on('images').columns(['deleted_at', 'created_at', 'id']).execute()
  await db.schema.createIndex('images_owner').on('images').columns(['owner', 'deleted_at']).execute()
  await db.schema.createIndex('images_name').on('images').columns(['name']).execute()
  await db.schema.createIndex('images_hash').on('images').columns(['os_hash_value']).execute()
  await db.schema.createIndex('images_lease').on('images').columns(['lease_until']).execute()
}

async function childTables(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable('image_properties')
    .addColumn('image_id', 'varchar(36)', (c) => c.notNull())
    .addColumn('name', 'varchar(255)', (c) => c.notNull())
    .addColumn('value', sql`longtext`, (c) => c.notNull())
    .addPrimaryKeyConstraint('image_properties_key', ['image_id', 'name'])
    .execute()
  await db.schema.createIndex('image_properties_name').on('image_properties').columns(['name']).execute()
  await db.schema.createTable('image_tags')
    .addColumn('image_id', 'varchar(36)', (c) => c.notNull())
    .addColumn('value', 'varchar(255)', (c) => c.notNull())
    .addPrimaryKeyConstraint('image_tags_key', ['image_id', 'value'])
    .execute()
  await db.schema.createIndex('image_tags_value').on('image_tags').columns(['value']).execute()
  await db.schema.createTable('image_members')
    .addColumn('image_id', 'varchar(36)', (c) => c.notNull())
    .addColumn('member', 'varchar(255)', (c) => c.notNull())
    .addColumn('status', 'varchar(20)', (c) => c.notNull())
    .addColumn('created_at', 'varchar(30)', (c) => c.notNull())
    .addColumn('updated_at', 'varchar(30)', (c) => c.notNull())
    .addPrimaryKeyConstraint('image_members_key', ['image_id', 'member'])
    .execute()
  await db.schema.createIndex('image_members_member').on('image_members').columns(['member', 'status']).execute()
}

async function tasksTable(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable('tasks')
    .addColumn('id', 'varchar(36)', (c) => c.primaryKey())
    .addColumn('type', 'varchar(30)', (c) => c.notNull())
    .addColumn('status', 'varchar(30)', (c) => c.notNull())
    .addColumn('owner', 'varchar(255)')
    .addColumn('image_id', 'varchar(36)')
    .addColumn('user_id', 'varchar(64)')
    .addColumn('request_id', 'varchar(64)')
    .addColumn('input', sql`longtext`, (c) => c.notNull())
    .addColumn('result', sql`longtext`)
    .addColumn('message', sql`longtext`, (c) => c.notNull())
    .addColumn('expires_at', 'varchar(30)')
    .addColumn('created_at', 'varchar(30)', (c) => c.notNull())
    .addColumn('updated_at', 'varchar(30)', (c) => c.notNull())
    .execute()
  await db.schema.createIndex('tasks_image').on('tasks').columns(['image_id']).execute()
}
