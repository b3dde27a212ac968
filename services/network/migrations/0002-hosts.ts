/** Indexes for what hosts ask and are told: ports of the service by their kind, and who is on a network. */
import type { Kysely } from 'kysely'
import type { NamedMigration } from '#core/db/database.ts'

export const hostIndexes: NamedMigration = {
  name: '0002-hosts',
  async up(db: Kysely<unknown>) {
    await db.schema.createIndex('ports_device_owner_index').on('ports').columns(['device_owner']).execute()
    await db.schema.createIndex('ports_presence_index').on('ports').columns(['network_id', 'binding_host', 'device_owner']).execute()
  },
}
