/** Aggregates have shown a UUID since 2.41. */
import { added, shapeVersions, since } from '#core/versions/versions.ts'

export const aggregateVersions = shapeVersions({ deltas: [since('2.41', { response: added('aggregate.uuid') })] })
export const aggregateListVersions = shapeVersions({ deltas: [since('2.41', { response: added('aggregates[].uuid') })] })
