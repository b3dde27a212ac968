/**
 * What a flavor or an image may ask of a host itself. Capabilities (`capabilities:hypervisor_type`) are compared with
 * what the host says of itself. Features that no driver here has (pinned CPUs, huge pages, devices passed through …)
 * are refused by name: a guest without them would only look like the one that was asked for.
 */
import type { EmbeddedFlavor, ImageMeta } from '../servers/server.row.ts'
import { meets } from './extra-spec-operators.ts'
import type { HostFilter } from './filters.ts'
import type { HostCandidate } from './request.ts'

/** A host under the names that extra specs have for it (docs.openstack.org/nova ComputeCapabilitiesFilter). */
function capabilitiesOf({ report, ...host }: HostCandidate): Record<string, unknown> {
  return {
    host: host.host, nodename: host.node, uuid: host.nodeId, host_ip: report.hostIp, hypervisor_type: report.hypervisorType, hypervisor_version: report.hypervisorVersion,
    hypervisor_hostname: report.hypervisorHostname, cpu_info: report.cpuInfo, vcpus_total: report.vcpus, total_usable_ram_mb: report.memoryMiB, total_usable_disk_gb: report.localDiskGiB,
    free_ram_mb: host.free['MEMORY_MB'] ?? 0, free_disk_mb: (host.free['DISK_GB'] ?? 0) * 1024, num_instances: report.runningServers, num_io_ops: host.building, failed_builds: host.failedBuilds,
  }
}

/** The capability at a path; undefined where there is none. */
function find(capabilities: unknown, path: readonly string[]): unknown {
  let value = capabilities
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

export const capabilities: HostFilter = {
  name: 'capabilities',
  refuse(request, host) {
    const offered = capabilitiesOf(host)
    for (const [key, wanted] of Object.entries(request.flavor.extra_specs)) {
      const path = key.split(':')
      // Without a scope it is a capability only where the host has one of that name.
      if (path.length === 1 ? !Object.hasOwn(offered, key) : path.shift() !== 'capabilities') continue
      const value = find(offered, path)
      if (value === undefined || value === null) return `it has no capability ${path.join(':')}`
      const said = typeof value === 'object' ? JSON.stringify(value) : String(value)
      if (!meets(wanted, said)) return `its ${path.join(':')} is ${said}, the flavor wants ${wanted}`
    }
    return undefined
  },
}

interface Feature { name: string; flavor?: string; image?: string; asked: (value: string) => boolean }

const set = (): boolean => true
const isTrue = (value: string): boolean => /^(1|t|true|on|y|yes)$/i.test(value.trim())
const among = (...values: string[]) => (value: string): boolean => values.includes(value)

const ABSENT: readonly Feature[] = [
  { name: 'CPUs pinned to it', flavor: 'hw:cpu_policy', image: 'hw_cpu_policy', asked: among('dedicated', 'mixed') },
  { name: 'realtime CPUs', flavor: 'hw:cpu_realtime', asked: isTrue },
  { name: 'NUMA topologies', flavor: 'hw:numa_nodes', image: 'hw_numa_nodes', asked: set },
  { name: 'huge pages', flavor: 'hw:mem_page_size', image: 'hw_mem_page_size', asked: (value) => !['small', 'any'].includes(value) },
  { name: 'encrypted memory', flavor: 'hw:mem_encryption', image: 'hw_mem_encryption', asked: isTrue },
  { name: 'persistent memory', flavor: 'hw:pmem', asked: set },
  { name: 'a TPM for guests', flavor: 'hw:tpm_version', image: 'hw_tpm_version', asked: set },
  { name: 'a virtual IOMMU', flavor: 'hw:viommu_model', image: 'hw_viommu_model', asked: set },
  { name: 'UEFI firmware', image: 'hw_firmware_type', asked: among('uefi') },
  { name: 'secure boot', flavor: 'os:secure_boot', image: 'os_secure_boot', asked: among('required') },
  { name: 'devices to pass through', flavor: 'pci_passthrough:alias', asked: set },
  { name: 'accelerators', flavor: 'accel:device_profile', asked: set },
]

/** The first feature asked for that no host has, as "does not offer …"; undefined where there is none. */
export function absentFeature(flavor: Pick<EmbeddedFlavor, 'extra_specs'>, image: Pick<ImageMeta, 'properties'>): string | undefined {
  for (const feature of ABSENT) {
    for (const [what, key, values] of [['flavor', feature.flavor, flavor.extra_specs], ['image', feature.image, image.properties]] as const) {
      const value = key === undefined ? undefined : values[key]
      if (value !== undefined && feature.asked(value)) return `does not offer ${feature.name}, the ${what} wants ${key}=${value}`
    }
  }
  return undefined
}

export const features: HostFilter = {
  name: 'features',
  refuse({ flavor, image }) {
    const absent = absentFeature(flavor, image)
    return absent === undefined ? undefined : `it ${absent}`
  },
}
