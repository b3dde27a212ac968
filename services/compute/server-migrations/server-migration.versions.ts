/** The list of moves gained types and links with 2.23, UUIDs, pages and changes-since with 2.59, users with 2.80. */
import { added, shapeVersions, since } from '#core/versions/versions.ts'
import { MigrationQuery } from './server-migration.schema.ts'

export const migrationQueryVersions = shapeVersions({
  request: MigrationQuery,
  deltas: [
    since('2.80', { request: added('user_id', 'project_id') }),
    since('2.66', { request: added('changes-before') }),
    since('2.59', { request: added('limit', 'marker', 'changes-since'), olderSchema: (schema) => ({ ...schema, additionalProperties: true }) }),
  ],
})

export const migrationListVersions = shapeVersions({
  deltas: [
    since('2.23', { response: added('migrations[].migration_type', 'migrations[].links') }),
    since('2.59', { response: added('migrations[].uuid', 'migrations_links') }),
    since('2.80', { response: added('migrations[].user_id', 'migrations[].project_id') }),
  ],
})

/** Which filters and pages a version knows; older ones let unknown words pass and mean nothing by them. */
export function migrationRules(version: number): { paged: boolean; changesBefore: boolean; owners: boolean } {
  return { paged: version >= 59, changesBefore: version >= 66, owners: version >= 80 }
}
