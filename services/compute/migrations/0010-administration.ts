/** What operators administer: services besides hosts, quotas of users and classes, the record of moves between hosts. */
import type { Kysely, NamedMigration } from '#core/db/database.ts'

export const administrationMigration: NamedMigration = {
  name: '0010-administration',
  async up(db: Kysely<unknown>) {
    await db.schema.createTable('control_services')
      .addColumn('id', 'varchar(36)', (c) => c.primaryKey())
      .addColumn('number', 'integer', (c) => c.notNull().unique())
      .addColumn('kind', 'varchar(64)', (c) => c.notNull())
      .addColumn('host', 'varchar(255)', (c) => c.notNull())
      .addColumn('last_seen_at', 'varchar(32)', (c) => c.notNull())
      .addUniqueConstraint('control_services_place', ['host', 'kind'])
      .execute()
    await createQuotas(db)
    await createServerMigrations(db)
  },
}

async function createQuotas(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable('user_quotas')
    .addColumn('project_id', 'varchar(255)', (c) => c.notNull())
    .addColumn('user_id', 'varchar(255)', (c) => c.notNull())
    .addColumn('resource', 'varchar(128)', (c) => c.notNull())
    .addColumn('hard_limit', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('user_quotas_key', ['project_id', 'user_id', 'resource'])
    .execute()
  await db.schema.createTable('quota_classes')
    .addColumn('class_name', 'varchar(255)', (c) => c.notNull())
    .addColumn('resource', 'varchar(128)', (c) => c.notNull())
    .addColumn('hard_limit', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('quota_classes_key', ['class_name', 'resource'])
    .execute()
}

async function createServerMigrations(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable('server_migrations')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('uuid', 'varchar(36)', (c) => c.notNull().unique())
    .addColumn('server_id', 'varchar(36)', (c) => c.notNull())
    .addColumn('migration_type', 'varchar(32)', (c) => c.notNull())
    .addColumn('status', 'varchar(32)', (c) => c.notNull())
    .addColumn('source_host', 'varchar(255)')
    .addColumn('source_node', 'varchar(255)')
    .addColumn('dest_host', 'varchar(255)')
    .addColumn('dest_node', 'varchar(255)')
    .addColumn('dest_address', 'varchar(255)')
    .addColumn('old_flavor_id', 'varchar(255)')
    .addColumn('new_flavor_id', 'varchar(255)')
    .addColumn('hidden', 'integer', (c) => c.notNull())
    .addColumn('user_id', 'varchar(255)')
    .addColumn('project_id', 'varchar(255)')
    .addColumn('created_at', 'varchar(32)', (c) => c.notNull())
    .addColumn('updated_at', 'varchar(32)')
    .execute()
  await db.schema.createIndex('server_migrations_server').on('server_migrations').column('server_id').execute()
  await db.schema.createIndex('server_migrations_created').on('server_migrations').columns(['created_at', 'id']).execute()
}
