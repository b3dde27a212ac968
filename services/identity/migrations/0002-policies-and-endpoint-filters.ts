/** Policies with what they are attached to, and which projects see which endpoints. Empty ids stand for "none", so that a key can hold them. */
import { sql } from 'kysely'
import type { NamedMigration } from '#core/db/database.ts'

const text = sql`longtext`

export const policiesAndEndpointFilters: NamedMigration = {
  name: '0002-policies-and-endpoint-filters',
  async up(db) {
    await db.schema.createTable('policies')
      .addColumn('id', 'varchar(64)', (c) => c.primaryKey()).addColumn('type', 'varchar(255)', (c) => c.notNull())
      .addColumn('blob_text', text, (c) => c.notNull()).addColumn('extra', text, (c) => c.notNull()).execute()
    await db.schema.createTable('policy_associations')
      .addColumn('endpoint_id', 'varchar(64)', (c) => c.notNull()).addColumn('service_id', 'varchar(64)', (c) => c.notNull()).addColumn('region_id', 'varchar(255)', (c) => c.notNull())
      .addColumn('policy_id', 'varchar(64)', (c) => c.notNull())
      .addPrimaryKeyConstraint('policy_associations_key', ['endpoint_id', 'service_id', 'region_id']).execute()
    await db.schema.createIndex('policy_associations_policy').on('policy_associations').column('policy_id').execute()
    await db.schema.createTable('endpoint_groups')
      .addColumn('id', 'varchar(64)', (c) => c.primaryKey()).addColumn('name', 'varchar(255)', (c) => c.notNull()).addColumn('description', text).addColumn('filters', text, (c) => c.notNull()).execute()
    await db.schema.createTable('project_endpoints')
      .addColumn('project_id', 'varchar(64)', (c) => c.notNull()).addColumn('endpoint_id', 'varchar(64)', (c) => c.notNull())
      .addPrimaryKeyConstraint('project_endpoints_key', ['project_id', 'endpoint_id']).execute()
    await db.schema.createIndex('project_endpoints_endpoint').on('project_endpoints').column('endpoint_id').execute()
    await db.schema.createTable('project_endpoint_groups')
      .addColumn('project_id', 'varchar(64)', (c) => c.notNull()).addColumn('endpoint_group_id', 'varchar(64)', (c) => c.notNull())
      .addPrimaryKeyConstraint('project_endpoint_groups_key', ['project_id', 'endpoint_group_id']).execute()
    await db.schema.createIndex('project_endpoint_groups_group').on('project_endpoint_groups').column('endpoint_group_id').execute()
  },
}
