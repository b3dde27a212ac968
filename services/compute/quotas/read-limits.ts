/** Limits as a client gives them → numbers. -1 is no limit. */
import { toInteger } from '../schema/read-values.ts'
import type { Limits } from './quota-resources.ts'
import type { GivenLimits } from './quota.schema.ts'

export function readLimits(given: GivenLimits): Limits {
  return Object.fromEntries(Object.entries(given).map(([name, limit]) => [name, toInteger(limit)]))
}
