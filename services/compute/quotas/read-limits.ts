/** Limits as a client gives them → numbers. -1 is no limit. */
import { readBounded } from '../schema/read-bounded.ts'
import { UNLIMITED, type Limits } from './quota-resources.ts'
import type { GivenLimits } from './quota.schema.ts'

const MAX_INT = 0x7fff_ffff

export function readLimits(given: GivenLimits): Limits {
  return Object.fromEntries(Object.entries(given).map(([name, limit]) => [name, readBounded(name, limit, UNLIMITED, MAX_INT)]))
}
