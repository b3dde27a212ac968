/**
 * Filters: each says why a host will not do, or nothing. They are asked in this order, the cheap and telling ones
 * first; a host falls to the first that refuses. Forced destinations pass all but the first two.
 */
import { meets } from './extra-spec-operators.ts'
import { capabilities, features } from './host-abilities.ts'
import type { HostCandidate, SchedulingRequest } from './request.ts'

export interface HostFilter {
  name: string
  /** Holds for forced destinations too. */
  always?: boolean
  refuse(request: SchedulingRequest, host: HostCandidate): string | undefined
}

const alreadyTried: HostFilter = {
  name: 'retry', always: true,
  refuse: (request, host) => (request.excluded[host.host] === undefined ? undefined : `it failed in an earlier attempt: ${request.excluded[host.host]}`),
}

const destination: HostFilter = {
  name: 'destination', always: true,
  refuse(request, host) {
    const wantedHost = request.forcedHost ?? request.requestedHost
    const wantedNode = request.forcedNode ?? request.requestedNode
    if (wantedHost !== null && wantedHost !== host.host) return `host ${wantedHost} was asked for`
    return wantedNode !== null && wantedNode !== host.node ? `hypervisor ${wantedNode} was asked for` : undefined
  },
}

const computeStatus: HostFilter = {
  name: 'compute-status',
  refuse(_request, host) {
    if (host.disabled) return `its compute service is disabled${host.disabledReason === null ? '' : `: ${host.disabledReason}`}`
    return host.up ? undefined : 'its compute service is down'
  },
}

const availabilityZone: HostFilter = {
  name: 'availability-zone',
  refuse: (request, host) => (request.zone === null || request.zone === host.zone ? undefined : `it is in zone ${host.zone}, ${request.zone} was asked for`),
}

const sameHost: HostFilter = {
  name: 'same-host',
  refuse(request, host) {
    if (request.sameHost.length === 0) return undefined
    return request.sameHost.some((id) => request.hostsOfServers.get(id) === host.host) ? undefined : `none of the servers ${request.sameHost.join(', ')} is on it`
  },
}

const differentHost: HostFilter = {
  name: 'different-host',
  refuse(request, host) {
    const there = request.differentHost.find((id) => request.hostsOfServers.get(id) === host.host)
    return there === undefined ? undefined : `server ${there} is on it`
  },
}

const serverGroup: HostFilter = {
  name: 'server-group',
  refuse(request, host) {
    const { group } = request
    if (group === null) return undefined
    const here = group.members.get(host.host) ?? 0
    if (group.policy === 'affinity') return group.members.size === 0 || here > 0 ? undefined : `affinity group ${group.id} lives on ${[...group.members.keys()].join(', ')}`
    if (group.policy === 'anti-affinity' && here >= group.maxPerHost) return `anti-affinity group ${group.id} has ${here} of at most ${group.maxPerHost} servers on it`
    return undefined
  },
}

/** Image properties that a host must be able to honour. */
const imageProperties: HostFilter = {
  name: 'image-properties',
  refuse(request, host) {
    const wanted = request.image.properties
    const arch = canonicalArch(wanted['hw_architecture'] ?? wanted['architecture'])
    const offered = canonicalArch(typeof host.report.cpuInfo['arch'] === 'string' ? host.report.cpuInfo['arch'] : undefined)
    if (arch !== undefined && offered !== undefined && arch !== offered) return `the image is for ${arch}, the host is ${offered}`
    const type = wanted['img_hv_type'] ?? wanted['hypervisor_type']
    if (type !== undefined && !sameHypervisor(type, host.report)) return `the image is for hypervisor ${type}, the host has ${host.report.hypervisorType}`
    const bus = wanted['hw_disk_bus']
    return bus !== undefined && host.report.supportedDiskBuses.length > 0 && !host.report.supportedDiskBuses.includes(bus)
      ? `the image wants disk bus ${bus}, the host has ${host.report.supportedDiskBuses.join(', ')}` : undefined
  },
}

function canonicalArch(arch: string | undefined): string | undefined {
  const lower = arch?.toLowerCase()
  return lower === 'amd64' || lower === 'x64' ? 'x86_64' : lower === 'arm64' ? 'aarch64' : lower
}

function sameHypervisor(type: string, report: HostCandidate['report']): boolean {
  const wanted = type.toLowerCase()
  return [report.hypervisorType.toLowerCase(), report.acceleration.toLowerCase()].includes(wanted) || (wanted === 'qemu' && report.hypervisorType.toLowerCase() === 'kvm')
}

const SCOPE = 'aggregate_instance_extra_specs:'

/** Extra specs in the aggregates' scope must be found among the properties of the host's aggregates. */
const aggregateProperties: HostFilter = {
  name: 'aggregate-properties',
  refuse(request, host) {
    for (const [key, wanted] of Object.entries(request.flavor.extra_specs)) {
      if (!key.startsWith(SCOPE)) continue
      const name = key.slice(SCOPE.length)
      const values = host.aggregates.flatMap((aggregate) => (aggregate.metadata[name] === undefined ? [] : aggregate.metadata[name].split(',').map((v) => v.trim())))
      if (!values.some((value) => meets(wanted, value))) return `its aggregates have ${name} = ${values.length === 0 ? 'nothing' : values.join(', ')}, the flavor wants ${wanted}`
    }
    return undefined
  },
}

/** Aggregates may be reserved for projects (`filter_tenant_id…`). */
const isolation: HostFilter = {
  name: 'aggregate-isolation',
  refuse(request, host) {
    const owners = host.aggregates.flatMap((aggregate) => Object.entries(aggregate.metadata).filter(([key]) => key.startsWith('filter_tenant_id')).map(([, value]) => value))
    return owners.length === 0 || owners.includes(request.projectId) ? undefined : 'it is reserved for other projects'
  },
}

export const hostFilters: readonly HostFilter[] = [alreadyTried, destination, computeStatus, availabilityZone, sameHost, differentHost, serverGroup, imageProperties, aggregateProperties, isolation, capabilities, features]
