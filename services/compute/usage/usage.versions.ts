/** Usage comes in pages of servers since 2.40. */
import { added, shapeVersions, since, type Delta } from '#core/versions/versions.ts'
import { openBefore } from '../schema/older-queries.ts'
import { UsageListQuery, UsageShowQuery } from './usage.schema.ts'

const deltas: Delta[] = [openBefore('2.75'), since('2.40', { request: added('limit', 'marker') })]

export const usageListQueryVersions = shapeVersions({ request: UsageListQuery, deltas })
export const usageShowQueryVersions = shapeVersions({ request: UsageShowQuery, deltas })

export function isPaged(version: number): boolean {
  return version >= 40
}
