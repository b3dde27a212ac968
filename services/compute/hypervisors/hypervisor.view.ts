/** Host → API, with every field any version shows; `hypervisor.versions.ts` takes away what a version does not. */
import type { ComputeContext } from '../context.ts'
import type { HostRow } from '../hosts/host.store.ts'
import { serverName } from '../servers/server-name.ts'
import type { HostFacts } from './host-facts.ts'
import type { HostedServer } from './hypervisor.store.ts'

export type HypervisorView = Record<string, unknown>

export function hypervisorBrief(row: HostRow, up: boolean, byUuid: boolean): HypervisorView {
  return {
    id: byUuid ? row.node_id : row.number, hypervisor_hostname: row.hypervisor_hostname,
    state: up ? 'up' : 'down', status: row.disabled === 1 ? 'disabled' : 'enabled',
  }
}

export function hypervisorDetail(facts: HostFacts, byUuid: boolean): HypervisorView {
  const { row, up, report } = facts
  return {
    ...hypervisorBrief(row, up, byUuid),
    hypervisor_type: report.hypervisorType, hypervisor_version: report.hypervisorVersion, host_ip: report.hostIp,
    service: { id: byUuid ? row.id : row.number, host: row.host, disabled_reason: row.disabled_reason },
    uptime: up ? report.uptimeText : null,
    ...amounts(facts), cpu_info: report.cpuInfo,
  }
}

export interface HostAmounts {
  vcpus: number
  memory_mb: number
  local_gb: number
  vcpus_used: number
  memory_mb_used: number
  local_gb_used: number
  free_ram_mb: number
  free_disk_gb: number
  current_workload: number
  running_vms: number
  disk_available_least: number
}

/** Memory and disk that are not sold count as used. */
export function amounts({ report, use, reservedMemoryMiB, reservedDiskGiB }: HostFacts): HostAmounts {
  const memoryUsed = use.memoryMb + reservedMemoryMiB
  const diskUsed = use.diskGb + reservedDiskGiB
  return {
    vcpus: report.vcpus, memory_mb: report.memoryMiB, local_gb: report.localDiskGiB,
    vcpus_used: use.vcpus, memory_mb_used: memoryUsed, local_gb_used: diskUsed,
    free_ram_mb: report.memoryMiB - memoryUsed, free_disk_gb: report.localDiskGiB - diskUsed,
    current_workload: use.working, running_vms: use.servers, disk_available_least: report.localDiskFreeGiB,
  }
}

export function sumOf(all: HostAmounts[]): HostAmounts & { count: number } {
  const sum = (key: keyof HostAmounts): number => all.reduce((total, one) => total + one[key], 0)
  const keys = ['vcpus', 'memory_mb', 'local_gb', 'vcpus_used', 'memory_mb_used', 'local_gb_used', 'free_ram_mb', 'free_disk_gb', 'current_workload', 'running_vms', 'disk_available_least'] as const
  return { count: all.length, ...Object.fromEntries(keys.map((key) => [key, sum(key)])) as unknown as HostAmounts }
}

export function hostedView(ctx: ComputeContext, servers: HostedServer[]): { name: string; uuid: string }[] {
  return servers.map((server) => ({ name: serverName(ctx, server.number), uuid: server.id }))
}
