/** What a server was before its resize: kept with it until the user confirms. */
import { toJson } from '#core/db/json.ts'
import { resourcesOf } from '../scheduler/resources.ts'
import { flavorOf, type EmbeddedFlavor, type ServerRow } from '../servers/server.row.ts'

/** The columns that a flavor decides. */
export type FlavorColumns = Pick<ServerRow, 'flavor_id' | 'flavor' | 'vcpus' | 'memory_mb' | 'root_gb' | 'ephemeral_gb' | 'block_devices'>

export interface BeforeResize { migrationId: string; columns: FlavorColumns; wasStopped: boolean; resizedAt: string }

export function flavorColumns(row: ServerRow): FlavorColumns {
  const { flavor_id, flavor, vcpus, memory_mb, root_gb, ephemeral_gb, block_devices } = row
  return { flavor_id, flavor, vcpus, memory_mb, root_gb, ephemeral_gb, block_devices }
}

export function columnsFor(flavor: EmbeddedFlavor, blockDevices: object[]): FlavorColumns {
  return { flavor_id: flavor.id, flavor: toJson(flavor), vcpus: flavor.vcpus, memory_mb: flavor.ram, root_gb: flavor.disk, ephemeral_gb: flavor.ephemeral, block_devices: toJson(blockDevices) }
}

export function beforeResizeOf(row: Pick<ServerRow, 'before_resize'>): BeforeResize | undefined {
  return row.before_resize === null ? undefined : JSON.parse(row.before_resize) as BeforeResize
}

/** The claim of these columns on one host. */
export function claimOf(columns: FlavorColumns, providerId: string): Record<string, { resources: Record<string, number> }> {
  return { [providerId]: { resources: resourcesOf(flavorOf(columns)) } }
}
