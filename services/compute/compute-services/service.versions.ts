/** Services could be forced down since 2.11, and have a UUID since 2.53. */
import { added, shapeVersions, since } from '#core/versions/versions.ts'
import { openBefore } from '../schema/older-queries.ts'
import { NamedServiceUpdate, ServiceQuery } from './service.schema.ts'

export const serviceListVersions = shapeVersions({ deltas: [since('2.11', { response: added('services[].forced_down') })] })
export const serviceQueryVersions = shapeVersions({ request: ServiceQuery, deltas: [openBefore('2.75')] })
export const namedUpdateVersions = shapeVersions({ request: NamedServiceUpdate, deltas: [since('2.11', { request: added('forced_down') })] })

/** Whether services and hypervisors are named by UUID rather than by number. */
export function namesByUuid(version: number): boolean {
  return version >= 53
}

export function canForceDown(version: number): boolean {
  return version >= 11
}
