/** First shape of all tables. Foreign keys decide races between deleting a provider and whatever hangs on it. */
import type { Kysely } from 'kysely'
import type { NamedMigration } from '#core/db/database.ts'

export const initial: NamedMigration = {
  name: '0001-initial',
  async up(db) {
    await createProviders(db)
    await createInventories(db)
    await createAllocations(db)
    await createMarks(db)
  },
}

async function createProviders(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable('resource_providers')
    .addColumn('uuid', 'varchar(36)', (c) => c.primaryKey())
    .addColumn('name', 'varchar(200)', (c) => c.notNull().unique())
    .addColumn('generation', 'integer', (c) => c.notNull())
    .addColumn('parent_uuid', 'varchar(36)')
    .addColumn('root_uuid', 'varchar(36)', (c) => c.notNull())
    .addColumn('trait_set', 'varchar(64)', (c) => c.notNull())
    .addColumn('created_at', 'varchar(32)', (c) => c.notNull())
    .addColumn('updated_at', 'varchar(32)', (c) => c.notNull())
    .addForeignKeyConstraint('resource_providers_parent', ['parent_uuid'], 'resource_providers', ['uuid'])
    .execute()
  await db.schema.createIndex('resource_providers_by_parent').on('resource_providers').column('parent_uuid').execute()
  await db.schema.createIndex('resource_providers_by_root').on('resource_providers').column('root_uuid').execute()
  await db.schema.createIndex('resource_providers_by_trait_set').on('resource_providers').column('trait_set').execute()
}

async function createInventories(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable('inventories')
    .addColumn('provider_uuid', 'varchar(36)', (c) => c.notNull())
    .addColumn('resource_class', 'varchar(255)', (c) => c.notNull())
    .addColumn('total', 'integer', (c) => c.notNull())
    .addColumn('reserved', 'integer', (c) => c.notNull())
    .addColumn('min_unit', 'integer', (c) => c.notNull())
    .addColumn('max_unit', 'integer', (c) => c.notNull())
    .addColumn('step_size', 'integer', (c) => c.notNull())
    .addColumn('allocation_ratio', 'double precision', (c) => c.notNull())
    .addColumn('used', 'bigint', (c) => c.notNull())
    .addColumn('updated_at', 'varchar(32)', (c) => c.notNull())
    .addPrimaryKeyConstraint('inventories_key', ['provider_uuid', 'resource_class'])
    .addForeignKeyConstraint('inventories_provider', ['provider_uuid'], 'resource_providers', ['uuid'], (c) => c.onDelete('cascade'))
    .execute()
}

async function createAllocations(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable('consumers')
    .addColumn('uuid', 'varchar(36)', (c) => c.primaryKey())
    .addColumn('generation', 'integer', (c) => c.notNull())
    .addColumn('project_id', 'varchar(255)', (c) => c.notNull())
    .addColumn('user_id', 'varchar(255)', (c) => c.notNull())
    .addColumn('consumer_type', 'varchar(255)')
    .execute()
  await db.schema.createIndex('consumers_by_project').on('consumers').columns(['project_id', 'user_id']).execute()
  await db.schema.createTable('allocations')
    .addColumn('consumer_uuid', 'varchar(36)', (c) => c.notNull())
    .addColumn('provider_uuid', 'varchar(36)', (c) => c.notNull())
    .addColumn('resource_class', 'varchar(255)', (c) => c.notNull())
    .addColumn('used', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'varchar(32)', (c) => c.notNull())
    .addPrimaryKeyConstraint('allocations_key', ['consumer_uuid', 'provider_uuid', 'resource_class'])
    .addForeignKeyConstraint('allocations_provider', ['provider_uuid'], 'resource_providers', ['uuid'])
    .execute()
  await db.schema.createIndex('allocations_by_provider').on('allocations').column('provider_uuid').execute()
}

/** Traits and aggregates of providers, and the custom names that operators registered. */
async function createMarks(db: Kysely<unknown>): Promise<void> {
  await db.schema.createTable('trait_sets')
    .addColumn('trait_set', 'varchar(64)', (c) => c.notNull())
    .addColumn('trait', 'varchar(255)', (c) => c.notNull())
    .addPrimaryKeyConstraint('trait_sets_key', ['trait', 'trait_set'])
    .execute()
  await db.schema.createIndex('trait_sets_by_set').on('trait_sets').columns(['trait_set', 'trait']).execute()
  await db.schema.createTable('provider_aggregates')
    .addColumn('provider_uuid', 'varchar(36)', (c) => c.notNull())
    .addColumn('aggregate_uuid', 'varchar(36)', (c) => c.notNull())
    .addPrimaryKeyConstraint('provider_aggregates_key', ['provider_uuid', 'aggregate_uuid'])
    .addForeignKeyConstraint('provider_aggregates_provider', ['provider_uuid'], 'resource_providers', ['uuid'], (c) => c.onDelete('cascade'))
    .execute()
  await db.schema.createIndex('provider_aggregates_by_aggregate').on('provider_aggregates').columns(['aggregate_uuid', 'provider_uuid']).execute()
  for (const table of ['traits', 'resource_classes']) {
    await db.schema.createTable(table)
      .addColumn('name', 'varchar(255)', (c) => c.primaryKey())
      .addColumn('created_at', 'varchar(32)', (c) => c.notNull())
      .execute()
  }
}
