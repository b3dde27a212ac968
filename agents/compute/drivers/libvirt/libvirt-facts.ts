/** What this host has and is, read from the kernel. */
import { readFile, statfs } from 'node:fs/promises'
import { cpus, loadavg, totalmem, uptime } from 'node:os'
import type { HostFacts } from '../driver.ts'

const MIB = 1024 ** 2
const GIB = 1024 ** 3

export async function hostFacts(stateDir: string, hypervisor: { version: number; acceleration: string }): Promise<HostFacts> {
  const disk = await statfs(stateDir)
  const available = /MemAvailable:\s+(\d+) kB/.exec(await readFile('/proc/meminfo', 'utf8'))?.[1]
  const memoryMiB = Math.floor(totalmem() / MIB)
  return {
    hypervisorType: 'QEMU', hypervisorVersion: hypervisor.version, acceleration: hypervisor.acceleration,
    vcpus: cpus().length, memoryMiB,
    memoryUsedMiB: Math.max(0, memoryMiB - Math.floor(Number(available ?? 0) / 1024)),
    localDiskGiB: Math.floor(disk.blocks * disk.bsize / GIB),
    localDiskFreeGiB: Math.floor(disk.bavail * disk.bsize / GIB),
    cpuInfo: await cpuInfo(),
    uptimeText: uptimeText(),
  }
}

async function cpuInfo(): Promise<Record<string, unknown>> {
  const first = (await readFile('/proc/cpuinfo', 'utf8')).split('\n\n')[0] ?? ''
  const field = (name: string): string => new RegExp(`^${name}\\s*: (.*)$`, 'm').exec(first)?.[1] ?? ''
  const threads = Number(field('siblings') || 1) / Number(field('cpu cores') || 1)
  const cores = Number(field('cpu cores') || 1)
  return {
    arch: 'x86_64', model: field('model name'), vendor: field('vendor_id'),
    topology: { cells: 1, sockets: Math.max(1, Math.round(cpus().length / Math.max(1, cores * threads))), cores, threads: Math.max(1, threads) },
    features: field('flags').split(' ').filter((flag) => flag !== ''),
  }
}

/** The line `uptime` prints, as the hypervisors API shows it. */
function uptimeText(): string {
  const seconds = Math.floor(uptime())
  const days = Math.floor(seconds / 86_400)
  const clock = `${Math.floor(seconds / 3600) % 24}:${String(Math.floor(seconds / 60) % 60).padStart(2, '0')}`
  return ` ${new Date().toISOString().slice(11, 19)} up ${days === 0 ? '' : `${days} day${days === 1 ? '' : 's'}, `}${clock.padStart(5)},  0 users,  load average: ${loadavg().map((load) => load.toFixed(2)).join(', ')}`
}

const DEVICE_TRAITS = [
  'COMPUTE_NODE', 'COMPUTE_NET_ATTACH_INTERFACE',
  ...['AKI', 'AMI', 'ARI', 'ISO', 'QCOW2', 'RAW', 'VDI', 'VHD', 'VHDX', 'VMDK'].map((format) => `COMPUTE_IMAGE_TYPE_${format}`),
  ...['E1000', 'E1000E', 'NE2K_PCI', 'PCNET', 'RTL8139', 'VIRTIO', 'VMXNET3'].map((model) => `COMPUTE_NET_VIF_MODEL_${model}`),
  ...['IDE', 'SATA', 'SCSI', 'USB', 'VIRTIO'].map((bus) => `COMPUTE_STORAGE_BUS_${bus}`),
  ...['BOCHS', 'CIRRUS', 'VGA', 'VIRTIO', 'NONE'].map((model) => `COMPUTE_GRAPHICS_MODEL_${model}`),
]

/** Flag of /proc/cpuinfo → trait. */
const CPU_TRAITS: Record<string, string> = {
  mmx: 'MMX', sse: 'SSE', sse2: 'SSE2', pni: 'SSE3', ssse3: 'SSSE3', sse4_1: 'SSE41', sse4_2: 'SSE42', sse4a: 'SSE4A', aes: 'AESNI', avx: 'AVX', avx2: 'AVX2',
  avx512f: 'AVX512F', fma: 'FMA3', f16c: 'F16C', bmi1: 'BMI', bmi2: 'BMI2', sha_ni: 'SHA', pclmulqdq: 'CLMUL', abm: 'ABM', vmx: 'VMX', svm: 'SVM',
}

/** The standard traits guests can rely on here: emulated guests get the emulated processor's, whatever the host has. */
export async function hostTraits(acceleration: string): Promise<string[]> {
  const emulated = ['mmx', 'sse', 'sse2', 'pni', 'ssse3', 'sse4_1', 'sse4_2']
  const flags = acceleration === 'kvm' ? (await cpuInfo())['features'] as string[] : emulated
  return [...DEVICE_TRAITS, ...flags.flatMap((flag) => CPU_TRAITS[flag] === undefined ? [] : [`HW_CPU_X86_${CPU_TRAITS[flag]}`])]
}
