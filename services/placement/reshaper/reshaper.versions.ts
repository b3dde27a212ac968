/** Claims in a reshaping gained what claims elsewhere gained. */
import { shapeVersions, since } from '#core/versions/versions.ts'
import { claimGains, inEachClaim } from '../allocations/allocation.versions.ts'
import { Reshape } from './reshaper.schema.ts'

type Json = Record<string, unknown>

export const reshapeVersions = shapeVersions({
  request: Reshape,
  deltas: claimGains.map(({ version, older }) => since(version, {
    olderSchema: (schema) => {
      const properties = schema['properties'] as Record<string, Json>
      return { ...schema, properties: { ...properties, allocations: inEachClaim(older)(properties['allocations']!) } }
    },
  })),
})
