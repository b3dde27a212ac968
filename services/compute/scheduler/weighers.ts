/**
 * Weighers: how good a host is, as a number; numbers of one weigher are stretched over 0…1 among the hosts that are
 * left, multiplied by the operator's factor and added up. The best wins; equals are told apart by name, so that the
 * same question has the same answer.
 */
import type { ComputeConfig } from '../context.ts'
import type { HostCandidate, SchedulingRequest } from './request.ts'

interface Weigher { factor: (config: ComputeConfig) => number; value(request: SchedulingRequest, host: HostCandidate): number }

const weighers: readonly Weigher[] = [
  { factor: (config) => config.cpuWeight, value: (_request, host) => host.free['VCPU'] ?? 0 },
  { factor: (config) => config.ramWeight, value: (_request, host) => host.free['MEMORY_MB'] ?? 0 },
  { factor: (config) => config.diskWeight, value: (_request, host) => host.free['DISK_GB'] ?? 0 },
  { factor: (config) => config.ioOpsWeight, value: (_request, host) => host.building },
  { factor: (config) => -config.buildFailureWeight, value: (_request, host) => host.failedBuilds },
  { factor: (config) => config.softAffinityWeight, value: (request, host) => (request.group?.policy === 'soft-affinity' ? request.group.members.get(host.host) ?? 0 : 0) },
  { factor: (config) => config.softAntiAffinityWeight, value: (request, host) => (request.group?.policy === 'soft-anti-affinity' ? -(request.group.members.get(host.host) ?? 0) : 0) },
]

export interface Weighed { host: HostCandidate; weight: number }

/** Best first. */
export function weigh(config: ComputeConfig, request: SchedulingRequest, hosts: readonly HostCandidate[]): Weighed[] {
  const weighed = hosts.map((host) => ({ host, weight: 0 }))
  if (hosts.length > 1) for (const weigher of weighers) add(weighed, weigher, config, request)
  return weighed.sort((a, b) => b.weight - a.weight || (a.host.host < b.host.host ? -1 : 1))
}

function add(weighed: Weighed[], weigher: Weigher, config: ComputeConfig, request: SchedulingRequest): void {
  const values = weighed.map(({ host }) => weigher.value(request, host))
  const [least, most] = [Math.min(...values), Math.max(...values)]
  if (least === most) return
  for (const [at, entry] of weighed.entries()) entry.weight += ((values[at]! - least) / (most - least)) * weigher.factor(config)
}
