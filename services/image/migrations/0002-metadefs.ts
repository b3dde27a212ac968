/** Metadata definitions: namespaces, what is in them, and the kinds of resources they apply to. */
import { sql, type Kysely, type NamedMigration } from '#core/db/database.ts'

/** Kinds of resources that upstream ships definitions for. */
const RESOURCE_TYPES = ['OS::Cinder::Volume', 'OS::Glance::Image', 'OS::Nova::Aggregate', 'OS::Nova::Flavor', 'OS::Nova::Server', 'OS::Trove::Instance']

export const metadefsMigration: NamedMigration = {
  name: '0002-metadefs',
  async up(db: Kysely<unknown>) {
    await db.schema.createTable('metadef_namespaces')
      .addColumn('id', 'varchar(36)', (c) => c.primaryKey())
      .addColumn('namespace', 'varchar(80)', (c) => c.notNull().unique())
      .addColumn('display_name', 'varchar(80)')
      .addColumn('description', 'varchar(500)')
      .addColumn('visibility', 'varchar(20)', (c) => c.notNull())
      .addColumn('protected', 'integer', (c) => c.notNull())
      .addColumn('owner', 'varchar(255)')
      .addColumn('created_at', 'varchar(30)', (c) => c.notNull())
      .addColumn('updated_at', 'varchar(30)', (c) => c.notNull())
      .execute()
    await db.schema.createTable('metadef_items')
      .addColumn('namespace_id', 'varchar(36)', (c) => c.notNull())
      .addColumn('kind', 'varchar(10)', (c) => c.notNull())
      .addColumn('name', 'varchar(80)', (c) => c.notNull())
      .addColumn('body', sql`longtext`, (c) => c.notNull())
      .addColumn('created_at', 'varchar(30)', (c) => c.notNull())
      .addColumn('updated_at', 'varchar(30)', (c) => c.notNull())
      .addPrimaryKeyConstraint('metadef_items_key', ['namespace_id', 'kind', 'name'])
      .execute()
    await db.schema.createTable('metadef_resource_types')
      .addColumn('name', 'varchar(80)', (c) => c.primaryKey())
      .addColumn('created_at', 'varchar(30)', (c) => c.notNull())
      .addColumn('updated_at', 'varchar(30)', (c) => c.notNull())
      .execute()
    await db.schema.createTable('metadef_associations')
      .addColumn('namespace_id', 'varchar(36)', (c) => c.notNull())
      .addColumn('resource_type', 'varchar(80)', (c) => c.notNull())
      .addColumn('prefix', 'varchar(80)')
      .addColumn('properties_target', 'varchar(80)')
      .addColumn('created_at', 'varchar(30)', (c) => c.notNull())
      .addColumn('updated_at', 'varchar(30)', (c) => c.notNull())
      .addPrimaryKeyConstraint('metadef_associations_key', ['namespace_id', 'resource_type'])
      .execute()
    const now = new Date().toISOString()
    await (db as Kysely<{ metadef_resource_types: { name: string; created_at: string; updated_at: string } }>)
      .insertInto('metadef_resource_types').values(RESOURCE_TYPES.map((name) => ({ name, created_at: now, updated_at: now }))).execute()
  },
}
