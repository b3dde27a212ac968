/** Since 1.38 usages are told apart by the type of their consumers. */
import { added, shapeVersions, since } from '#core/versions/versions.ts'
import { UsageQuery } from './usage.schema.ts'

export const usageQueryVersions = shapeVersions({ request: UsageQuery, deltas: [since('1.38', { request: added('consumer_type') })] })
