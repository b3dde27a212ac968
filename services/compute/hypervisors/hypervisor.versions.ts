/**
 * 2.88 took from hypervisors what placement knows better, and gave them their uptime. 2.53 turned two routes into
 * query parameters. 2.33 brought pages.
 */
import { added, shapeVersions, since } from '#core/versions/versions.ts'
import { HypervisorListQuery, repeatablePage } from './hypervisor.schema.ts'
import type { HypervisorView } from './hypervisor.view.ts'

export const hypervisorQueryVersions = shapeVersions({
  request: HypervisorListQuery,
  deltas: [
    since('2.53', { request: added('hypervisor_hostname_pattern', 'with_servers'), olderSchema: (schema) => ({ ...schema, additionalProperties: true, properties: { ...schema['properties'] as object, ...repeatablePage } }) }),
    since('2.33', { request: added('limit', 'marker') }),
  ],
})

const AMOUNTS = ['vcpus', 'memory_mb', 'local_gb', 'vcpus_used', 'memory_mb_used', 'local_gb_used', 'free_ram_mb', 'free_disk_gb',
  'current_workload', 'running_vms', 'disk_available_least', 'cpu_info']

/** A detailed view as this version shows it. */
export function detailAt(version: number, view: HypervisorView): HypervisorView {
  const without = version >= 88 ? AMOUNTS : ['uptime']
  const shown = Object.fromEntries(Object.entries(view).filter(([key]) => !without.includes(key)))
  return version <= 27 ? { ...shown, cpu_info: JSON.stringify(view['cpu_info']) } : shown
}

/** Whether lists come in pages. */
export function isPaged(version: number): boolean {
  return version >= 33
}

/** Whether a hypervisor without servers says so. */
export function showsEmptyServers(version: number): boolean {
  return version >= 75
}
