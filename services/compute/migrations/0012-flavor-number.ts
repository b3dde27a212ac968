/** Numbers the flavors: `os-migrations` names a server's old and new flavor by a number of their own. */
import type { Kysely, NamedMigration } from '#core/db/database.ts'

interface Before { flavors: { id: string; number: number | null; created_at: string }; counters: { name: string; value: number } }

export const flavorNumberMigration: NamedMigration = {
  name: '0012-flavor-number',
  async up(plain: Kysely<unknown>) {
    await plain.schema.alterTable('flavors').addColumn('number', 'integer').execute()
    const db = plain as Kysely<Before>
    const rows = await db.selectFrom('flavors').select('id').orderBy('created_at').orderBy('id').execute()
    for (const [at, { id }] of rows.entries()) await db.updateTable('flavors').set({ number: at + 1 }).where('id', '=', id).execute()
    if (rows.length > 0) await db.insertInto('counters').values({ name: 'flavors', value: rows.length }).execute()
  },
}
