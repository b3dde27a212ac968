/** Which of an image's fields are properties: every text that is no attribute of its own. */
import type { Image } from '../neighbours/image.ts'

const OWN_FIELDS = new Set(['id', 'name', 'status', 'owner', 'checksum', 'disk_format', 'container_format', 'visibility', 'created_at', 'updated_at', 'file', 'self',
  'schema', 'os_hash_algo', 'os_hash_value', 'direct_url', 'locations', 'stores', 'tags', 'size', 'virtual_size', 'min_disk', 'min_ram', 'protected', 'os_hidden'])

export function imageProperties(image: Image): Record<string, string> {
  const properties: Record<string, string> = {}
  for (const [key, value] of Object.entries(image)) if (typeof value === 'string' && !OWN_FIELDS.has(key)) properties[key] = value
  return properties
}
