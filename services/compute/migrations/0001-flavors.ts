/** Flavors, who may use private ones, and key pairs. */
import { sql, type Kysely, type NamedMigration } from '#core/db/database.ts'

export const flavorsMigration: NamedMigration = {
  name: '0001-flavors',
  async up(db: Kysely<unknown>) {
    await db.schema.createTable('flavors')
      .addColumn('id', 'varchar(36)', (c) => c.primaryKey())
      .addColumn('flavorid', 'varchar(255)', (c) => c.notNull().unique())
      .addColumn('name', 'varchar(255)', (c) => c.notNull().unique())
      .addColumn('memory_mb', 'integer', (c) => c.notNull())
      .addColumn('vcpus', 'integer', (c) => c.notNull())
      .addColumn('root_gb', 'integer', (c) => c.notNull())
      .addColumn('ephemeral_gb', 'integer', (c) => c.notNull())
      .addColumn('swap', 'integer', (c) => c.notNull())
      .addColumn('rxtx_factor', 'double precision', (c) => c.notNull())
      .addColumn('is_public', 'integer', (c) => c.notNull())
      .addColumn('disabled', 'integer', (c) => c.notNull())
      .addColumn('description', sql`longtext`)
      .addColumn('extra_specs', sql`longtext`, (c) => c.notNull())
      .addColumn('created_at', 'varchar(32)', (c) => c.notNull())
      .addColumn('updated_at', 'varchar(32)')
      .execute()
    await db.schema.createTable('flavor_projects')
      .addColumn('flavorid', 'varchar(255)', (c) => c.notNull())
      .addColumn('project_id', 'varchar(255)', (c) => c.notNull())
      .addPrimaryKeyConstraint('flavor_projects_key', ['flavorid', 'project_id'])
      .execute()
    await db.schema.createTable('keypairs')
      .addColumn('id', 'integer', (c) => c.notNull().unique())
      .addColumn('user_id', 'varchar(255)', (c) => c.notNull())
      .addColumn('name', 'varchar(255)', (c) => c.notNull())
      .addColumn('type', 'varchar(16)', (c) => c.notNull())
      .addColumn('fingerprint', 'varchar(255)', (c) => c.notNull())
      .addColumn('public_key', sql`longtext`, (c) => c.notNull())
      .addColumn('created_at', 'varchar(32)', (c) => c.notNull())
      .addPrimaryKeyConstraint('keypairs_key', ['user_id', 'name'])
      .execute()
    await db.schema.createTable('counters')
      .addColumn('name', 'varchar(64)', (c) => c.primaryKey())
      .addColumn('value', 'integer', (c) => c.notNull())
      .execute()
  },
}
