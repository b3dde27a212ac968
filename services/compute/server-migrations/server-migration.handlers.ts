/** `GET /os-migrations`: moves of servers between hosts. */
import type { RouteRequest } from '#core/http/route.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { linksOf, nextPage } from '../links.ts'
import { readPage } from '../paging.ts'
import { readInstant } from '../schema/read-values.ts'
import { listServerMigrations, type MigrationFilter } from './server-migration.store.ts'
import { migrationRules } from './server-migration.versions.ts'
import { migrationView } from './server-migration.view.ts'

export async function listMigrations(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const { paged } = migrationRules(request.version)
  const page = paged ? readPage(ctx, request.query) : { limit: ctx.config.maxLimit, marker: undefined }
  const rows = page.limit === 0 ? [] : await listServerMigrations(ctx, readFilter(request), page)
  if (rows === undefined) throw errors.BadRequest({ message: `Marker ${page.marker} could not be found.` })
  const links = linksOf(ctx, request)
  const more = paged && rows.length === page.limit && rows.length > 0
  return {
    migrations: rows.map((row) => migrationView(links, row)),
    ...(more ? { migrations_links: nextPage(links, 'os-migrations', request.rawQuery, rows.at(-1)!.uuid) } : {}),
  }
}

function readFilter({ query, version }: RouteRequest): MigrationFilter {
  const rules = migrationRules(version)
  const text = (key: string): string | undefined => query.getAll(key).at(-1)
  const instant = (key: string): string | undefined => { const value = text(key); return value === undefined ? undefined : readInstant(value) }
  const changesSince = rules.paged ? instant('changes-since') : undefined
  const changesBefore = rules.changesBefore ? instant('changes-before') : undefined
  if (changesSince !== undefined && changesBefore !== undefined && changesBefore < changesSince) throw errors.ChangesReversed()
  return {
    host: text('host'), sourceHost: text('source_compute'), serverId: text('instance_uuid'), status: text('status'), type: text('migration_type'),
    ...(rules.owners ? { userId: text('user_id'), projectId: text('project_id') } : {}), changesSince, changesBefore,
  }
}
