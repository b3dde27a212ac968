/** A rule's prefix without its host bits gets a column, so that lists filter and sort by it; rules that are there get theirs. */
import type { Kysely } from 'kysely'
import type { NamedMigration } from '#core/db/database.ts'
import { formatCidr, parseCidr } from '../addresses/cidr.ts'

interface Tables { security_group_rules: { remote_ip_prefix: string | null; normalized_cidr: string | null } }

export const normalizedPrefixes: NamedMigration = {
  name: '0004-normalized-prefixes',
  async up(db: Kysely<Tables>) {
    await db.schema.alterTable('security_group_rules').addColumn('normalized_cidr', 'varchar(64)').execute()
    const written = await db.selectFrom('security_group_rules').select('remote_ip_prefix').distinct().where('remote_ip_prefix', 'is not', null).execute()
    for (const { remote_ip_prefix: prefix } of written) {
      await db.updateTable('security_group_rules').set({ normalized_cidr: formatCidr(parseCidr(prefix)!) }).where('remote_ip_prefix', '=', prefix).execute()
    }
  },
}
