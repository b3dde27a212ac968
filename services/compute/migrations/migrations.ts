/** The migrations of compute, one file per slice, in order. Names never change once released. */
import type { NamedMigration } from '#core/db/database.ts'
import { quotaMigration } from '#core/quota/quota.ts'
import { flavorsMigration } from './0001-flavors.ts'
import { hostsMigration } from './0002-hosts.ts'
import { serversMigration } from './0003-servers.ts'
import { movesMigration } from './0004-moves.ts'
import { administrationMigration } from './0010-administration.ts'
import { serverRevisionMigration } from './0011-server-revision.ts'
import { flavorNumberMigration } from './0012-flavor-number.ts'

export const computeMigrations: readonly NamedMigration[] = [quotaMigration, flavorsMigration, hostsMigration, serversMigration, movesMigration, administrationMigration, serverRevisionMigration, flavorNumberMigration]
