/** Whether an application credential may make others need not have been said. Neither engine lifts a NOT NULL in place, so the column is made anew. */
import { sql } from 'kysely'
import type { NamedMigration } from '#core/db/database.ts'

export const unrestrictedUnsaid: NamedMigration = {
  name: '0005-unrestricted-unsaid',
  async up(db) {
    await db.schema.alterTable('application_credentials').addColumn('unrestricted_given', 'integer').execute()
    await sql`update application_credentials set unrestricted_given = unrestricted`.execute(db)
    await db.schema.alterTable('application_credentials').dropColumn('unrestricted').execute()
    await db.schema.alterTable('application_credentials').renameColumn('unrestricted_given', 'unrestricted').execute()
  },
}
