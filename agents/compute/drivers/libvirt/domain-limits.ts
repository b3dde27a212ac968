/**
 * What extra specs allow a guest of its host, and how its CPUs look to it: `quota:cpu_*`, `quota:disk_*`, `quota:vif_*`
 * and `hw:cpu_sockets|cores|threads` (docs.openstack.org/nova "extra specs"). The host's cgroups, QEMU and tc enforce
 * them; where they cannot, libvirt says so when the guest starts.
 */
import { UnsupportedSpec } from '../../errors.ts'

type Property = (name: string) => string | undefined

/** A property that is a whole number; undefined where it is not given. */
function wholeNumber(property: Property, name: string): number | undefined {
  const value = property(name)?.trim()
  if (value === undefined) return undefined
  if (!/^-?\d{1,18}$/.test(value)) throw new UnsupportedSpec(`${name} is ${value}; give it a whole number`)
  return Number(value)
}

/** `quota:cpu_shares` (weight), `quota:cpu_period` and `quota:cpu_quota` (µs of CPU in each period, for each vCPU). */
export function cpuTune(property: Property): string {
  const parts = ['shares', 'period', 'quota'].map((name) => {
    const value = wholeNumber(property, `quota:cpu_${name}`)
    return value === undefined ? '' : `<${name}>${value}</${name}>`
  }).join('')
  return parts === '' ? '' : `<cputune>${parts}</cputune>`
}

/** `quota:disk_read_bytes_sec`, `…_write_iops_sec` and their like; they hold for each disk. */
export function diskTune(property: Property): string {
  const parts = ['total_bytes_sec', 'read_bytes_sec', 'write_bytes_sec', 'total_iops_sec', 'read_iops_sec', 'write_iops_sec'].map((name) => {
    const value = wholeNumber(property, `quota:disk_${name}`)
    return value === undefined ? '' : `<${name}>${value}</${name}>`
  }).join('')
  return parts === '' ? '' : `<iotune>${parts}</iotune>`
}

/** `quota:vif_inbound_average` (KiB/s), `…_peak` (KiB/s), `…_burst` (KiB), and outbound; they hold for each NIC. */
export function nicBandwidth(property: Property): string {
  const parts = ['inbound', 'outbound'].map((direction) => {
    const limits = ['average', 'peak', 'burst'].flatMap((name) => {
      const value = wholeNumber(property, `quota:vif_${direction}_${name}`)
      return value === undefined ? [] : [` ${name}='${value}'`]
    })
    return limits.length === 0 ? '' : `<${direction}${limits.join('')}/>`
  }).join('')
  return parts === '' ? '' : `<bandwidth>${parts}</bandwidth>`
}

/** The limits of the NICs a domain has, for one more. */
export function bandwidthOf(xml: string): string {
  const found = /<interface [\s\S]*?<\/interface>/.exec(xml)?.[0]
  return /<bandwidth>[\s\S]*?<\/bandwidth>/.exec(found ?? '')?.[0] ?? ''
}

interface Topology { sockets: number; cores: number; threads: number }

const PARTS = ['sockets', 'cores', 'threads'] as const

/**
 * Sockets, cores and threads that make up the vCPUs: within the limits (`hw:cpu_max_…`), as near to the wishes as can
 * be, otherwise as few threads and as many sockets as can be. Extra specs come before image properties. Empty where
 * nothing is asked for.
 */
export function cpuTopology(vcpus: number, property: Property): string {
  const wish = (name: string): number | undefined => wholeNumber(property, `hw:${name}`) ?? wholeNumber(property, `hw_${name}`)
  const limit = (part: string): number => wish(`cpu_max_${part}`) ?? wish(`max_cpu_${part}`) ?? vcpus
  if (PARTS.every((part) => wish(`cpu_${part}`) === undefined && limit(part) >= vcpus)) return ''
  const score = (topology: Topology): number => PARTS.filter((part) => topology[part] === wish(`cpu_${part}`)).length
  const [best] = possibleTopologies(vcpus)
    .filter((topology) => PARTS.every((part) => topology[part] <= limit(part)))
    .toSorted((a, b) => score(b) - score(a) || a.threads - b.threads || b.sockets - a.sockets)
  if (best === undefined) throw new UnsupportedSpec(`${vcpus} vCPUs do not fit into at most ${PARTS.map((part) => `${limit(part)} ${part}`).join(', ')}; allow more of them`)
  return `<topology sockets='${best.sockets}' cores='${best.cores}' threads='${best.threads}'/>`
}

function possibleTopologies(vcpus: number): Topology[] {
  const divisors = (of: number): number[] => Array.from({ length: of }, (_, at) => at + 1).filter((n) => of % n === 0)
  return divisors(vcpus).flatMap((sockets) => divisors(vcpus / sockets).map((cores) => ({ sockets, cores, threads: vcpus / sockets / cores })))
}
