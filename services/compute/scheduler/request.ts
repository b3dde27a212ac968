/** What is to be placed, and the hosts it may go to: the words that filters and weighers speak. */
import type { AllocationRequest } from '#services/placement/contract.ts'
import type { HostReportType } from '../agent/compute-agent.contract.ts'
import type { HostAggregate } from '../aggregates/aggregate.store.ts'
import type { EmbeddedFlavor, ImageMeta } from '../servers/server.row.ts'

export interface GroupWish {
  id: string
  policy: 'affinity' | 'anti-affinity' | 'soft-affinity' | 'soft-anti-affinity'
  /** For anti-affinity: how many a host may have. Default 1. */
  maxPerHost: number
  /** Members on each host, the server itself left out. */
  members: ReadonlyMap<string, number>
}

export interface SchedulingRequest {
  serverId: string
  projectId: string
  flavor: EmbeddedFlavor
  image: ImageMeta
  zone: string | null
  /** Past the filters, onto this host; capacity still counts. */
  forcedHost: string | null
  forcedNode: string | null
  /** Through the filters, onto this host. */
  requestedHost: string | null
  requestedNode: string | null
  sameHost: string[]
  differentHost: string[]
  /** Hosts of servers named in the two hints above. */
  hostsOfServers: ReadonlyMap<string, string>
  group: GroupWish | null
  /** Hosts that failed in earlier attempts, and why. */
  excluded: Record<string, string>
}

export interface HostCandidate {
  host: string
  node: string
  /** The hypervisor's id, which is its provider's. */
  nodeId: string
  up: boolean
  disabled: boolean
  disabledReason: string | null
  report: HostReportType
  zone: string
  aggregates: HostAggregate[]
  traits: readonly string[]
  /** Room that is left: of each class, in its unit. */
  free: Record<string, number>
  building: number
  failedBuilds: number
  allocation: AllocationRequest
}
