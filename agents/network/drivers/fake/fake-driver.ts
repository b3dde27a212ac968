/**
 * The fake driver wires nothing and says that everything is wired. It keeps the last state it was given, so a test
 * can look at what a host would have built, and it can be told to fail, to be late, or to leave ports down.
 */
import type { Applied, CleanupLevel, Difference, DriverEvents, NetworkDriver, Scope, Wanted } from '../driver.ts'

export interface FakeScript {
  /** Ports that never come up. */
  deadPorts: Set<string>
  /** The next applies throw this. */
  failNext: Error[]
  /** Each apply takes this long. */
  delayMs: number
}

export class FakeNetworkDriver implements NetworkDriver {
  readonly name = 'fake'
  readonly capabilities = { wiresPorts: false, networkTypes: ['flat', 'vlan', 'vxlan', 'local'] as ('flat' | 'vlan' | 'vxlan' | 'local')[], securityGroups: false }
  readonly script: FakeScript = { deadPorts: new Set(), failNext: [], delayMs: 0 }
  /** What the last apply wanted; for tests. */
  wanted: Wanted = { networks: [], ports: [], securityGroups: [], routers: [] }
  applies = 0

  async start(_events: DriverEvents): Promise<void> {}
  async stop(): Promise<void> {}

  async apply(wanted: Wanted, _scope: Scope): Promise<Applied> {
    if (this.script.delayMs > 0) await new Promise((resolve) => { setTimeout(resolve, this.script.delayMs) })
    const failure = this.script.failNext.shift()
    if (failure !== undefined) throw failure
    const changed = (await this.check(wanted)).length
    this.wanted = structuredClone(wanted)
    this.applies += 1
    const all = ownPorts(wanted).concat(wanted.ports.filter((port) => port.adminStateUp).map((port) => port.id))
    return {
      changed,
      portsUp: all.filter((id) => !this.script.deadPorts.has(id)),
      portsDown: wanted.ports.filter((port) => !port.adminStateUp || this.script.deadPorts.has(port.id)).map((port) => port.id),
      routersActive: wanted.routers.filter((router) => router.adminStateUp).map((router) => router.id),
      failures: [],
    }
  }

  answerPorts(portIds: readonly string[]): { up: string[]; down: string[] } {
    return { up: portIds.filter((id) => !this.script.deadPorts.has(id)), down: portIds.filter((id) => this.script.deadPorts.has(id)) }
  }

  /** Ports are answered as they are asked for and not kept, so they cannot differ. */
  async check(wanted: Wanted): Promise<Difference[]> {
    return [
      ...missing('network', wanted.networks, this.wanted.networks),
      ...missing('router', wanted.routers, this.wanted.routers),
    ]
  }

  async cleanup(_level: CleanupLevel): Promise<void> {
    this.wanted = { networks: [], ports: [], securityGroups: [], routers: [] }
  }
}

function missing(resource: 'network' | 'router', wanted: { id: string }[], present: { id: string }[]): Difference[] {
  const have = new Set(present.map(({ id }) => id))
  const want = new Set(wanted.map(({ id }) => id))
  return [
    ...wanted.filter(({ id }) => !have.has(id)).map(({ id }) => ({ resource, id, problem: 'is not there' })),
    ...present.filter(({ id }) => !want.has(id)).map(({ id }) => ({ resource, id, problem: 'should not be there' })),
  ]
}

/** The host's own ports: DHCP's and the routers'. */
function ownPorts(wanted: Wanted): string[] {
  return [
    ...wanted.networks.flatMap((network) => (network.dhcp === null ? [] : [network.dhcp.portId])),
    ...wanted.routers.filter((router) => router.adminStateUp).flatMap((router) => [
      ...router.interfaces.map(({ portId }) => portId), ...(router.gateway === null ? [] : [router.gateway.portId]),
    ]),
  ]
}
