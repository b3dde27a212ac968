/**
 * Which extra specs are known, and what their values may be. Since 2.86 a value that cannot be right is refused when
 * it is set, and so is an unknown name in a known namespace. Names outside of these namespaces are anybody's.
 * https://docs.openstack.org/nova/zed/configuration/extra-specs.html
 */
import { STANDARD_TRAITS } from '#services/placement/contract.ts'
import { readFlag } from '../schema/read-values.ts'
import { errors } from '../errors.ts'

type Value = { kind: 'text' } | { kind: 'flag' } | { kind: 'number'; min?: number; max?: number } | { kind: 'one-of'; values: string[] } | { kind: 'pattern'; pattern: string }
interface Rule { name: RegExp; value: Value }

const text: Value = { kind: 'text' }
const flag: Value = { kind: 'flag' }
const atLeast = (min: number): Value => ({ kind: 'number', min })
const number: Value = { kind: 'number' }
const oneOf = (...values: string[]): Value => ({ kind: 'one-of', values })
const matching = (pattern: string): Value => ({ kind: 'pattern', pattern })
const CPU_MASK = '\\^?\\d+((-\\d+)?(,\\^?\\d+(-\\d+)?)?)*'
const GROUP = '([a-zA-Z0-9_-]{1,64})?'
const LEVELS = ['custom', 'high', 'normal', 'low']

function rule(name: string, value: Value): Rule {
  return { name: new RegExp(`^(?:${name})$`), value }
}

function rules(prefix: string, names: string[], value: Value): Rule[] {
  return names.map((name) => rule(`${prefix}:${name}`, value))
}

const CAPABILITIES = ['id', 'uuid', 'service_id', 'host', 'vcpus', 'memory_mb', 'local_gb', 'vcpus_used', 'memory_mb_used', 'local_gb_used',
  'hypervisor_type', 'hypervisor_version', 'hypervisor_hostname', 'free_ram_mb', 'free_disk_gb', 'current_workload', 'running_vms',
  'disk_available_least', 'host_ip', 'mapped', 'cpu_allocation_ratio', 'ram_allocation_ratio', 'disk_allocation_ratio', 'total_usable_ram_mb',
  'total_usable_disk_gb', 'disk_mb_used', 'free_disk_mb', 'vcpus_total', 'num_instances', 'num_io_ops', 'failed_builds', 'aggregates', 'cell_uuid', 'updated']
const NESTED_CAPABILITIES = ['cpu_info', 'metrics', 'stats', 'numa_topology', 'supported_hv_specs', 'pci_device_pools', 'nodename', 'pci_stats',
  'supported_instances', 'limits', 'instances']
const RESOURCE_CLASSES = ['VCPU', 'MEMORY_MB', 'DISK_GB', 'PCI_DEVICE', 'SRIOV_NET_VF', 'NUMA_SOCKET', 'NUMA_CORE', 'NUMA_THREAD', 'NUMA_MEMORY_MB',
  'IPV4_ADDRESS', 'VGPU', 'VGPU_DISPLAY_HEAD', 'NET_BW_EGR_KILOBIT_PER_SEC', 'NET_BW_IGR_KILOBIT_PER_SEC', 'PCPU', 'MEM_ENCRYPTION_CONTEXT', 'FPGA',
  'PGPU', 'NET_PACKET_RATE_KILOPACKET_PER_SEC', 'NET_PACKET_RATE_EGR_KILOPACKET_PER_SEC', 'NET_PACKET_RATE_IGR_KILOPACKET_PER_SEC', 'CUSTOM_[A-Z0-9_]+']

const RULES: readonly Rule[] = [
  rule('accel:device_profile', text), rule('aggregate_instance_extra_specs:.+', text),
  ...rules('capabilities', CAPABILITIES, text), ...rules('capabilities', NESTED_CAPABILITIES.map((name) => `${name}(:\\w+)*`), text),
  ...rules('hw', ['cpu_realtime', 'hide_hypervisor_id', 'locked_memory', 'boot_menu', 'vif_multiqueue_enabled', 'mem_encryption', 'pmu', 'ephemeral_encryption'], flag),
  rule('hw:cpu_realtime_mask', matching(`(\\^)?\\d+((-\\d+)?(,\\^?\\d+(-\\d+)?)?)*`)), rule('hw:cpu_dedicated_mask', matching(CPU_MASK)),
  rule('hw:cpu_policy', oneOf('dedicated', 'shared', 'mixed')), rule('hw:cpu_thread_policy', oneOf('prefer', 'isolate', 'require')),
  rule('hw:emulator_threads_policy', oneOf('isolate', 'share')), rule('hw:mem_page_size', matching('(large|small|any|\\d+([kKMGT]i?)?(b|bit|B)?)')),
  rule('hw:numa_cpus\\.\\d+', matching(CPU_MASK)), rule('hw:numa_mem\\.\\d+', atLeast(1)),
  ...rules('hw', ['numa_nodes', 'cpu_sockets', 'cpu_cores', 'cpu_threads', 'max_cpu_sockets', 'max_cpu_cores', 'max_cpu_threads'], atLeast(1)),
  rule('hw:pci_numa_affinity_policy', oneOf('required', 'preferred', 'legacy', 'socket')), rule('hw:pmem', matching('([a-zA-Z0-9_]+(,)?)+')),
  rule('hw:serial_port_count', atLeast(0)), rule('hw:tpm_model', oneOf('tpm-tis', 'tpm-crb')), rule('hw:tpm_version', oneOf('1.2', '2.0')),
  rule('hw:watchdog_action', oneOf('none', 'pause', 'poweroff', 'reset', 'disabled')), rule('hw:viommu_model', oneOf('intel', 'smmuv3', 'virtio', 'auto')),
  rule('hw:ephemeral_encryption_format', oneOf('plain', 'luks', 'luksv2')),
  rule('hw_rng:allowed', flag), rule('hw_rng:rate_bytes', atLeast(0)), rule('hw_rng:rate_period', atLeast(0)), rule('hw_video:ram_max_mb', atLeast(0)),
  rule('hide_hypervisor_id', flag), rule('group_policy', oneOf('isolate', 'none')), rule('os:secure_boot', oneOf('disabled', 'required')),
  rule('os:resolution', oneOf('1024x768', '1280x1024', '1600x1200', '1920x1200', '2560x1600', '3840x2160')),
  rule('os:monitors', { kind: 'number', min: 1, max: 8 }), rule('os:vram', oneOf('64', '128', '256', '512', '1024')),
  rule('pci_passthrough:alias', matching('[^:]+:\\d+(?:\\s*,\\s*[^:]+:\\d+)*')),
  ...['cpu', 'memory', 'disk_io', 'vif'].flatMap((what) => [
    rule(`quota:${what}_limit`, atLeast(0)), rule(`quota:${what}_reservation`, number), rule(`quota:${what}_shares_level`, oneOf(...LEVELS)), rule(`quota:${what}_shares_share`, atLeast(0)),
  ]),
  ...rules('quota', ['cpu_shares', 'cpu_period', 'disk_(read|write|total)_(bytes|iops)_sec', 'vif_(in|out)bound_(average|peak|burst)'], atLeast(0)), rule('quota:cpu_quota', number),
  ...RESOURCE_CLASSES.map((name) => rule(`resources${GROUP}:${name}`, number)),
  rule(`trait${GROUP}:(CUSTOM_[A-Z0-9_]+|${[...STANDARD_TRAITS].join('|')})`, oneOf('required', 'forbidden')),
  rule('vmware:hw_version', text), rule('vmware:storage_policy', text),
]

const NAMESPACES = new RegExp(`^(?:accel|aggregate_instance_extra_specs|capabilities|hw|hw_rng|hw_video|os|pci_passthrough|quota|resources${GROUP}|trait${GROUP}|vmware)$`)

/** Throws 400 when a known spec has a value it cannot have. */
export function checkExtraSpec(name: string, value: string): void {
  const known = RULES.find((candidate) => candidate.name.test(name))
  if (known !== undefined) {
    const problem = problemOf(known.value, value)
    if (problem !== undefined) throw errors.BadRequest({ message: `Validation failed; '${value}' ${problem}.` })
    return
  }
  if (name.includes(':') && NAMESPACES.test(name.split(':', 1)[0]!)) {
    throw errors.BadRequest({ message: `Validation failed; extra spec '${name}' does not appear to be a valid extra spec.` })
  }
}

function problemOf(rule: Value, value: string): string | undefined {
  switch (rule.kind) {
    case 'text': return undefined
    case 'flag': return readFlag(value) === undefined ? 'is not a valid boolean-like value' : undefined
    case 'one-of': return rule.values.includes(value) ? undefined : `is not one of: ${rule.values.join(', ')}`
    case 'pattern': return new RegExp(`^(?:${rule.pattern})$`).test(value) ? undefined : `is not of the format '${rule.pattern}'`
    case 'number': {
      if (!/^\s*[+-]?\d+\s*$/.test(value)) return 'is not a valid integer value'
      if (rule.max !== undefined && Number(value) > rule.max) return `is greater than the max value of '${rule.max}'`
      return rule.min !== undefined && Number(value) < rule.min ? `is less than the min value of '${rule.min}'` : undefined
    }
  }
}
