/** Hosts that run servers, how operators group them, and how users group servers. */
import { sql, type Kysely, type NamedMigration } from '#core/db/database.ts'

export const hostsMigration: NamedMigration = {
  name: '0002-hosts',
  async up(db: Kysely<unknown>) {
    const long = sql`longtext`
    await db.schema.createTable('hosts')
      .addColumn('id', 'varchar(36)', (c) => c.primaryKey())
      .addColumn('number', 'integer', (c) => c.notNull().unique())
      .addColumn('host', 'varchar(255)', (c) => c.notNull().unique())
      .addColumn('node_id', 'varchar(36)', (c) => c.notNull().unique())
      .addColumn('hypervisor_hostname', 'varchar(255)', (c) => c.notNull())
      .addColumn('report', long, (c) => c.notNull())
      .addColumn('started_at', 'varchar(32)', (c) => c.notNull())
      .addColumn('last_seen_at', 'varchar(32)', (c) => c.notNull())
      .addColumn('disabled', 'integer', (c) => c.notNull())
      .addColumn('disabled_reason', 'varchar(255)')
      .addColumn('forced_down', 'integer', (c) => c.notNull())
      .addColumn('failed_builds', 'integer', (c) => c.notNull())
      .addColumn('placement_digest', 'varchar(64)')
      .addColumn('created_at', 'varchar(32)', (c) => c.notNull())
      .addColumn('updated_at', 'varchar(32)')
      .execute()
    await db.schema.createTable('aggregates')
      .addColumn('id', 'integer', (c) => c.primaryKey())
      .addColumn('uuid', 'varchar(36)', (c) => c.notNull().unique())
      .addColumn('name', 'varchar(255)', (c) => c.notNull().unique())
      .addColumn('metadata', long, (c) => c.notNull())
      .addColumn('created_at', 'varchar(32)', (c) => c.notNull())
      .addColumn('updated_at', 'varchar(32)')
      .execute()
    await db.schema.createTable('aggregate_hosts')
      .addColumn('aggregate_id', 'integer', (c) => c.notNull())
      .addColumn('host', 'varchar(255)', (c) => c.notNull())
      .addPrimaryKeyConstraint('aggregate_hosts_key', ['aggregate_id', 'host'])
      .execute()
    await db.schema.createTable('server_groups')
      .addColumn('id', 'varchar(36)', (c) => c.primaryKey())
      .addColumn('project_id', 'varchar(255)', (c) => c.notNull())
      .addColumn('user_id', 'varchar(255)', (c) => c.notNull())
      .addColumn('name', 'varchar(255)', (c) => c.notNull())
      .addColumn('policy', 'varchar(64)', (c) => c.notNull())
      .addColumn('rules', long, (c) => c.notNull())
      .addColumn('created_at', 'varchar(32)', (c) => c.notNull())
      .execute()
    await db.schema.createIndex('server_groups_project').on('server_groups').columns(['project_id', 'created_at']).execute()
  },
}
