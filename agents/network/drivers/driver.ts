/**
 * What a network driver must be able to do on one host: make the host equal to the wanted state, say where it is
 * not, and clean up after itself. A driver knows neither bus nor database. It is told everything it needs by value
 * and speaks back through `DriverEvents`. `apply` is incremental by contract: what is already right is not touched,
 * so traffic through it is never cut, and applying the same state twice changes nothing the second time.
 */
import type { Server } from 'node:net'
import type { Log } from '#core/log/log.ts'
import type { Clock } from '#core/time/clock.ts'
import type {
  WantedNetworkType, WantedPortType, WantedRouterType, WantedRuleType, WantedSecurityGroupType, WantedStateType, WantedSubnetType,
} from '#services/network/agent/network-agent.contract.ts'

export type Wanted = Omit<WantedStateType, 'complete'>
export type Network = WantedNetworkType
export type Subnet = WantedSubnetType
export type Port = WantedPortType
export type Router = WantedRouterType
export type SecurityGroup = WantedSecurityGroupType
export type SecurityGroupRule = WantedRuleType

/** The part of the host an `apply` has to look at. `everything` also removes what is not wanted. */
export type Scope = 'everything' | { networkIds: Set<string>; routerIds: Set<string>; portIds: Set<string>; securityGroupIds: Set<string> }

/** Something on the host that is not as wanted. `problem` is a sentence for `nacre doctor`. */
export interface Difference { resource: 'host' | 'network' | 'dhcp' | 'port' | 'router' | 'firewall'; id: string; problem: string }

export interface Applied {
  /** How many differences were repaired. */
  changed: number
  /** Ports that carry traffic now: guests' ports whose tap is wired, and the host's own DHCP and router ports. */
  portsUp: string[]
  /** Wanted ports that do not (no tap yet, administratively down). */
  portsDown: string[]
  routersActive: string[]
  /** What could not be repaired; the next round tries again. */
  failures: Difference[]
}

export interface DriverEvents {
  /** A tap came or went between two rounds of `apply`. */
  portsChanged(up: string[], down: string[]): void
  /** Something of ours was changed or deleted by someone else: look again soon. */
  disturbed(scope: Scope): void
}

export interface MetadataPlace { networkId?: string; routerId?: string }

/** Answers guests' metadata requests that arrive on a listening socket made in some namespace. */
export interface MetadataListener {
  listen(socket: Server, place: MetadataPlace): Promise<() => Promise<void>>
}

/** `processes` ends the programs only and leaves devices (guests keep talking); `everything` leaves no trace. */
export type CleanupLevel = 'processes' | 'everything'

export interface DriverCapabilities {
  /** False: the driver needs no wanted state to answer for a port, so a nudge is answered without a pull. */
  wiresPorts: boolean
  networkTypes: ('flat' | 'vlan' | 'vxlan' | 'local')[]
  securityGroups: boolean
}

export interface NetworkDriver {
  readonly name: string
  readonly capabilities: DriverCapabilities
  /** Checks that the host can do the work (throws `HostUnable`), prepares it, and begins to watch. */
  start(events: DriverEvents): Promise<void>
  apply(wanted: Wanted, scope: Scope): Promise<Applied>
  check(wanted: Wanted): Promise<Difference[]>
  /** Where `wiresPorts` is false: the answer for these ports, without any state. */
  answerPorts?(portIds: readonly string[]): { up: string[]; down: string[] }
  /** Stops watching. Guests' traffic and DHCP go on. */
  stop(): Promise<void>
  cleanup(level: CleanupLevel): Promise<void>
}

/** An external (provider) network that the host itself is the way out of: a bridge with the subnet's gateway address. */
export interface ExternalNetwork {
  /** Name in `bridgeMappings`, `external` in a default cloud. */
  physicalNetwork: string
  /** The bridge, made when missing; at most 15 characters. */
  bridge: string
  /** Gateway addresses with prefix: `172.24.4.1/24`, `fd00:…::1/64`. */
  gatewayAddresses: string[]
  /** Masquerade guests' traffic towards the host's default route. */
  nat: boolean
}

export interface DriverOptions {
  host: string
  /** Names what belongs to this cloud on the host: `[a-z0-9]`, at most 8 characters. */
  cloudTag: string
  stateDir: string
  /** Network namespace that plays the host; absent is the machine itself. */
  netns?: string
  /** Local VXLAN address; null means that tenant networks stay on this host. */
  tunnelIp: string | null
  /** UDP port of VXLAN, default 4789. */
  vxlanPort?: number
  /** Physical network → bridge or network card. */
  bridgeMappings: Record<string, string>
  externalNetworks: ExternalNetwork[]
  /** Resolvers behind the DHCP namespaces' DNS; absent takes the host's. */
  dnsServers?: string[]
  /** Where the host names its resolvers, looked at again and again: a laptop changes networks. Absent is where Linux has them. */
  resolverFiles?: readonly string[]
  metadata: MetadataListener | null
  log: Log
  clock: Clock
}

/** The host lacks an ability or a program; the message says which, and what to do. */
export class HostUnable extends Error {
  override readonly name = 'HostUnable'
}

const NETWORK_DRIVERS = ['linuxbridge', 'fake'] as const

/** Drivers are loaded when they are chosen. Throws `HostUnable` for a name that is not in `NETWORK_DRIVERS`. */
export async function createNetworkDriver(name: string, options: DriverOptions): Promise<NetworkDriver> {
  switch (name) {
    case 'linuxbridge': return new (await import('./linuxbridge/linuxbridge-driver.ts')).LinuxBridgeDriver(options)
    case 'fake': return new (await import('./fake/fake-driver.ts')).FakeNetworkDriver()
    default: throw new HostUnable(`there is no network driver "${name}"; choose one of ${NETWORK_DRIVERS.join(', ')}`)
  }
}
