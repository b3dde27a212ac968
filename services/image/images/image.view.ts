/** An image row as the API shows it: custom properties and attributes side by side. */
import { isoSeconds } from '#core/time/clock.ts'
import type { ImageRow } from '../database.ts'

/** A row with its properties and tags. */
export interface Image { row: ImageRow; properties: Record<string, string>; tags: string[] }

export function imageView({ row, properties, tags }: Image): Record<string, unknown> {
  const view: Record<string, unknown> = { ...properties }
  view['name'] = row.name
  view['disk_format'] = row.disk_format
  view['container_format'] = row.container_format
  view['visibility'] = row.visibility
  view['size'] = row.size
  view['virtual_size'] = row.virtual_size
  view['status'] = row.status
  view['checksum'] = row.checksum
  view['protected'] = row.protected === 1
  view['min_ram'] = row.min_ram
  view['min_disk'] = row.min_disk
  view['owner'] = row.owner
  view['os_hidden'] = row.os_hidden === 1
  view['os_hash_algo'] = row.os_hash_algo
  view['os_hash_value'] = row.os_hash_value
  view['id'] = row.id
  view['created_at'] = isoSeconds(row.created_at)
  view['updated_at'] = isoSeconds(row.updated_at)
  view['tags'] = tags
  view['self'] = `/v2/images/${row.id}`
  view['file'] = `/v2/images/${row.id}/file`
  view['schema'] = '/v2/schemas/image'
  return view
}
