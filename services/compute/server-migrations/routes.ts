/** Moves of servers between hosts. */
import { route } from '#core/http/route.ts'
import { listMigrations } from './server-migration.handlers.ts'
import { migrationListVersions, migrationQueryVersions } from './server-migration.versions.ts'

export const serverMigrationRoutes = [
  route('GET', '/v2.1/os-migrations', listMigrations, { policy: 'os_compute_api:os-migrations:index', query: migrationQueryVersions, response: migrationListVersions }),
]
