/** An image row as the API shows it: custom properties and attributes side by side. */
import { isoSeconds } from '#core/time/clock.ts'
import type { ImageRow } from '../database.ts'

/** A row with its properties and tags. */
export interface Image { row: ImageRow; properties: Record<string, string>; tags: string[] }

export function imageView({ row, properties, tags }: Image): Record<string, unknown> {
  const attributes = {
    name: row.name, disk_format: row.disk_format, container_format: row.container_format, visibility: row.visibility,
    size: row.size, virtual_size: row.virtual_size, status: row.status, checksum: row.checksum, protected: row.protected === 1,
    min_ram: row.min_ram, min_disk: row.min_disk, owner: row.owner, os_hidden: row.os_hidden === 1,
    os_hash_algo: row.os_hash_algo, os_hash_value: row.os_hash_value, id: row.id,
    created_at: isoSeconds(row.created_at), updated_at: isoSeconds(row.updated_at), tags,
    self: `/v2/images/${row.id}`, file: `/v2/images/${row.id}/file`, schema: '/v2/schemas/image',
  }
  // Objects of clients' names are slow; most images have none.
  for (const _ in properties) return { ...properties, ...attributes }
  return attributes
}
