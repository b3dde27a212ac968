/** OAuth 1.0a (consumers, request tokens, access tokens) and the options kept for a domain. Secrets are sealed before they come here. */
import { sql } from 'kysely'
import type { NamedMigration } from '#core/db/database.ts'

const text = sql`longtext`

export const oauth1AndDomainConfig: NamedMigration = {
  name: '0003-oauth1-and-domain-config',
  async up(db) {
    await db.schema.createTable('consumers')
      .addColumn('id', 'varchar(64)', (c) => c.primaryKey()).addColumn('description', text).addColumn('sealed_secret', text, (c) => c.notNull()).addColumn('extra', text, (c) => c.notNull()).execute()
    await db.schema.createTable('request_tokens')
      .addColumn('id', 'varchar(64)', (c) => c.primaryKey()).addColumn('consumer_id', 'varchar(64)', (c) => c.notNull()).addColumn('project_id', 'varchar(64)', (c) => c.notNull())
      .addColumn('sealed_secret', text, (c) => c.notNull()).addColumn('user_id', 'varchar(64)').addColumn('verifier', 'varchar(64)').addColumn('role_ids', text)
      .addColumn('expires_at', 'varchar(30)', (c) => c.notNull()).execute()
    await db.schema.createTable('access_tokens')
      .addColumn('id', 'varchar(64)', (c) => c.primaryKey()).addColumn('consumer_id', 'varchar(64)', (c) => c.notNull()).addColumn('project_id', 'varchar(64)', (c) => c.notNull())
      .addColumn('sealed_secret', text, (c) => c.notNull()).addColumn('user_id', 'varchar(64)', (c) => c.notNull()).addColumn('role_ids', text, (c) => c.notNull())
      .addColumn('expires_at', 'varchar(30)', (c) => c.notNull()).execute()
    await db.schema.createIndex('access_tokens_user').on('access_tokens').column('user_id').execute()
    await db.schema.createTable('domain_options')
      .addColumn('domain_id', 'varchar(64)', (c) => c.notNull()).addColumn('group_name', 'varchar(64)', (c) => c.notNull()).addColumn('option_name', 'varchar(128)', (c) => c.notNull())
      .addColumn('sensitive', 'integer', (c) => c.notNull()).addColumn('value', text, (c) => c.notNull())
      .addPrimaryKeyConstraint('domain_options_key', ['domain_id', 'group_name', 'option_name']).execute()
  },
}
