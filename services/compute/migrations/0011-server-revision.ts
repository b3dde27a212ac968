/** Counts the changes of a server, so that a list knows which of its rows it has seen. */
import type { Kysely, NamedMigration } from '#core/db/database.ts'

export const serverRevisionMigration: NamedMigration = {
  name: '0011-server-revision',
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('servers').addColumn('revision', 'integer', (c) => c.notNull().defaultTo(1)).execute()
  },
}
