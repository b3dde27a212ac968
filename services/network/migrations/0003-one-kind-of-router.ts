/** Routers are neither distributed nor highly available here: nothing is stored that says so. */
import type { Kysely } from 'kysely'
import type { NamedMigration } from '#core/db/database.ts'

export const oneKindOfRouter: NamedMigration = {
  name: '0003-one-kind-of-router',
  async up(db: Kysely<unknown>) {
    for (const column of ['distributed', 'ha']) await db.schema.alterTable('routers').dropColumn(column).execute()
  },
}
