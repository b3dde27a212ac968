/** What a trust with an end says, once each: a key. Trusts that are there keep none, for some may be twice. */
import type { NamedMigration } from '#core/db/database.ts'

export const trustTerms: NamedMigration = {
  name: '0004-trust-terms',
  async up(db) {
    await db.schema.alterTable('trusts').addColumn('terms', 'varchar(255)').execute()
    await db.schema.createIndex('trusts_terms').on('trusts').column('terms').unique().execute()
  },
}
