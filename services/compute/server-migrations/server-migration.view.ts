/** Row → API. A live migration under way has a place of its own below its server. */
import { isoMicrosNoZone } from '#core/time/clock.ts'
import { resourceLinks, type Links } from '../links.ts'
import type { ServerMigrationRow } from './server-migration.store.ts'

const UNDER_WAY = ['queued', 'preparing', 'running', 'post-migrating']

export function migrationView(links: Links, row: ServerMigrationRow): object {
  const ownPlace = row.migration_type === 'live-migration' && UNDER_WAY.includes(row.status)
  return {
    id: row.id, uuid: row.uuid, instance_uuid: row.server_id, migration_type: row.migration_type, status: row.status,
    source_compute: row.source_host, source_node: row.source_node, dest_compute: row.dest_host, dest_node: row.dest_node, dest_host: row.dest_address,
    old_instance_type_id: flavorNumber(row.old_flavor_id), new_instance_type_id: flavorNumber(row.new_flavor_id), user_id: row.user_id, project_id: row.project_id,
    created_at: isoMicrosNoZone(row.created_at), updated_at: row.updated_at === null ? null : isoMicrosNoZone(row.updated_at),
    ...(ownPlace ? { links: resourceLinks(links, `servers/${row.server_id}/migrations`, String(row.id)) } : {}),
  }
}

/** The number is stored as text. One that is none is the id of a flavor from before flavors had numbers. */
function flavorNumber(id: string | null): number | null {
  return id !== null && /^\d{1,9}$/.test(id) ? Number(id) : null
}
