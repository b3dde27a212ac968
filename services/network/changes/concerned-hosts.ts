/**
 * Which hosts a change concerns, and the least that each must look at:
 *
 *     a port that is bound to a host          that host, by the port alone: its answer brings network and groups
 *     a port that is gone or went elsewhere   the host it was on, by port and network
 *     leases and neighbours                   who serves DHCP; in an overlay every host with a port of the network
 *     members of a group                      hosts with a port in a group whose rules let the members in
 *     rules of a group                        hosts with a port in the group
 *     a router                                its host
 *
 * Ports of the service itself are no guests: DHCP's stands for its network, a router's for its router.
 */
import type { NetworkContext } from '../context.ts'
import type { Change } from './changes.ts'
import { hostsLettingIn, hostsOfRouters, hostsWithMembers, placedPorts, presencesOn, type PlacedPort, type Presence } from './concerned.store.ts'

export interface Nudge {
  everything: boolean
  networkIds: Set<string>
  /** Networks of which only leases and neighbours are others now. */
  leaseNetworkIds: Set<string>
  portIds: Set<string>
  routerIds: Set<string>
  securityGroupIds: Set<string>
}

class Nudges {
  readonly byHost = new Map<string, Nudge>()
  readonly #listening: ReadonlySet<string>

  constructor(listening: ReadonlySet<string>) { this.#listening = listening }

  /** What to tell the host; what is written to a silent one is lost. */
  of(host: string): Nudge {
    const nudge = this.byHost.get(host) ?? { everything: false, networkIds: new Set(), leaseNetworkIds: new Set(), portIds: new Set(), routerIds: new Set(), securityGroupIds: new Set() }
    if (this.#listening.has(host)) this.byHost.set(host, nudge)
    return nudge
  }
}

export async function concernedHosts(ctx: NetworkContext, changes: readonly Change[], listening: ReadonlySet<string>): Promise<Map<string, Nudge>> {
  const nudges = new Nudges(listening)
  const ports = new Map((await placedPorts(ctx, all(changes, 'portIds'))).map((p) => [p.id, p]))
  const presences = Map.groupBy(await presencesOn(ctx, all(changes, 'networkIds')), (p) => p.network_id)
  for (const change of changes) {
    for (const host of change.hosts ?? []) tellNamedHost(nudges.of(host), host, change, ports, presences)
    for (const id of change.portIds ?? []) tellHostOfPort(nudges, ports.get(id))
    for (const id of change.networkIds ?? []) tellNetwork(nudges, id, presences.get(id) ?? [], change, ports)
  }
  for (const row of await hostsOfRouters(ctx, all(changes, 'routerIds'))) nudges.of(row.host).routerIds.add(row.id)
  await tellGroups(ctx, nudges, changes, listening, ports)
  return nudges.byHost
}

function all(changes: readonly Change[], key: 'networkIds' | 'routerIds' | 'portIds' | 'securityGroupIds'): string[] {
  return [...new Set(changes.flatMap((c) => c[key] ?? []))]
}

/** Changed ports touch only leases and neighbours of their network, unless its subnets came or went with them. */
function onlyLeases(change: Change): boolean { return (change.portIds ?? []).length > 0 && change.reschedule !== true }

/** A host that the command named: it may have lost what it had, the last port on a network and so the network too. */
function tellNamedHost(nudge: Nudge, host: string, change: Change, ports: ReadonlyMap<string, PlacedPort>, presences: ReadonlyMap<string, readonly Presence[]>): void {
  const { portIds = [], networkIds = [], routerIds = [], securityGroupIds = [] } = change
  if (portIds.length + networkIds.length + routerIds.length + securityGroupIds.length === 0) nudge.everything = true
  for (const id of portIds) nudge.portIds.add(id)
  for (const id of routerIds) nudge.routerIds.add(id)
  if (portIds.length > 0 && portIds.every((id) => ports.get(id)?.binding_host === host)) return
  for (const id of networkIds) {
    const stays = presences.get(id)?.some((p) => p.binding_host === host) === true
    if (stays && onlyLeases(change)) nudge.leaseNetworkIds.add(id)
    else nudge.networkIds.add(id)
  }
}

function tellHostOfPort(nudges: Nudges, port: PlacedPort | undefined): void {
  if (port === undefined || port.binding_host === '') return
  const nudge = nudges.of(port.binding_host)
  nudge.portIds.add(port.id)
  if (port.device_owner === 'network:dhcp') nudge.networkIds.add(port.network_id)
  else if (port.device_owner.startsWith('network:router')) nudge.routerIds.add(port.device_id)
}

/** Who must look at a network. */
function tellNetwork(nudges: Nudges, id: string, presences: readonly Presence[], change: Change, ports: ReadonlyMap<string, PlacedPort>): void {
  const told = hostOfOnlyGuest(change, ports)
  for (const { binding_host: host, device_owner: owner, network_type: type } of presences) {
    if (host === told) continue
    if (!onlyLeases(change)) nudges.of(host).networkIds.add(id)
    else if (type === 'vxlan' || owner === 'network:dhcp') nudges.of(host).leaseNetworkIds.add(id)
  }
}

async function tellGroups(ctx: NetworkContext, nudges: Nudges, changes: readonly Change[], listening: ReadonlySet<string>, ports: ReadonlyMap<string, PlacedPort>): Promise<void> {
  const ruled = all(changes.filter((c) => (c.portIds ?? []).length === 0), 'securityGroupIds')
  for (const row of await hostsWithMembers(ctx, ruled)) nudges.of(row.host).securityGroupIds.add(row.id)
  const joined = changes.filter((c) => (c.portIds ?? []).length > 0 && (c.securityGroupIds ?? []).length > 0)
    .map((c) => ({ groups: c.securityGroupIds!, told: hostOfOnlyGuest(c, ports) })).filter((c) => listening.size > 1 || c.told === undefined)
  const hosts = Map.groupBy(await hostsLettingIn(ctx, [...new Set(joined.flatMap((c) => c.groups))]), (row) => row.id)
  for (const { groups, told } of joined) {
    for (const row of groups.flatMap((g) => hosts.get(g) ?? [])) if (row.host !== told) nudges.of(row.host).securityGroupIds.add(row.id)
  }
}

/** Where the one guest's port of a change is bound: asking for that port, the host learns the network and groups too. */
function hostOfOnlyGuest(change: Change, ports: ReadonlyMap<string, PlacedPort>): string | undefined {
  const port = change.portIds?.length === 1 ? ports.get(change.portIds[0]!) : undefined
  return port === undefined || port.binding_host === '' || port.device_owner.startsWith('network:') ? undefined : port.binding_host
}
