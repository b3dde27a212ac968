/** What of the limits a version no longer shows. */
import { shapeVersions } from '#core/versions/versions.ts'
import { AnyText, many, querySchema } from '../schema/parameter-types.ts'
import { openBefore } from '../schema/older-queries.ts'

export const limitsQueryVersions = shapeVersions({ request: querySchema({ tenant_id: many(AnyText) }, false), deltas: [openBefore('2.75')] })

const GONE: readonly [version: number, names: string[]][] = [
  [36, ['floating_ips', 'security_groups', 'security_group_rules']],
  [39, ['maxImageMeta']],
  [57, ['injected_files', 'injected_file_content_bytes']],
]

export function hiddenLimits(version: number): (name: string) => boolean {
  const hidden = new Set(GONE.filter(([since]) => version >= since).flatMap(([, names]) => names))
  return (name) => hidden.has(name)
}
