/** What a server was before a resize that is not confirmed, and where a shelved one is kept. */
import { sql, type Kysely, type NamedMigration } from '#core/db/database.ts'

export const movesMigration: NamedMigration = {
  name: '0004-moves',
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('servers').addColumn('before_resize', sql`longtext`).execute()
    await db.schema.alterTable('servers').addColumn('shelved', sql`longtext`).execute()
  },
}
