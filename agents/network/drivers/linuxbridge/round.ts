/**
 * One round over the host: in which order things are compared and repaired, and for which part. Bridges come first,
 * then the firewall, and only then guests' taps: no frame of a guest passes unfiltered. The same walk serves `apply`
 * (every plan is executed) and `check` (every plan is only read).
 */
import type { Applied, Difference, DriverOptions, MetadataPlace, Network, Router, Scope, Subnet, Wanted } from '../driver.ts'
import { planDhcp, planDhcpRemoval } from './dhcp/dhcp.ts'
import type { ServedNetwork } from './dhcp/dnsmasq-files.ts'
import { planBridgeFilter, planExternalBridge, planNat } from './external.ts'
import type { FirewallKeeper } from './firewall/firewall.ts'
import { planForwardPolicy } from './forward-policy.ts'
import { planGuestPort, planStrayTap } from './guest-ports.ts'
import type { HostShell } from './host-shell.ts'
import { layer2Devices, planLayer2 } from './layer2.ts'
import { madeIds, planStrayDevices } from './leftovers.ts'
import type { MetadataSockets } from './metadata-sockets.ts'
import type { Names } from './names.ts'
import { observeSpace } from './namespace.ts'
import { NftLoader } from './nft-loader.ts'
import { observeAddresses, observeFdb, observeLinks, type FdbEntry, type Links } from './observe.ts'
import type { Plan } from './plan.ts'
import { ROUTER_METADATA_PORT } from './router/router-rules.ts'
import { planRouter, planRouterRemoval } from './router/router.ts'

/** What lives longer than a round. */
export interface RoundParts {
  options: DriverOptions
  shell: HostShell
  names: Names
  dnsServers: readonly string[]
  firewall: FirewallKeeper
  nat: NftLoader
  routerLoaders: Map<string, NftLoader>
  sockets: MetadataSockets | null
}

/** Namespaces are worked on side by side, a few at a time: each waits for programs mostly. */
const SIDE_BY_SIDE = 3

export class Round {
  readonly #parts: RoundParts
  readonly #wanted: Wanted
  readonly #scope: Scope
  readonly #repair: boolean
  readonly #networks: Map<string, Network>
  /** Networks of the ports in scope: their bridge, tunnel and leases are looked at too. */
  readonly #portNetworks: Set<string>
  #links: Links = new Map()
  #fdb: FdbEntry[] = []
  #namespaces = new Set<string>()
  readonly found: Difference[] = []
  readonly applied: Applied = { changed: 0, portsUp: [], portsDown: [], routersActive: [], failures: [] }

  constructor(parts: RoundParts, wanted: Wanted, scope: Scope, repair: boolean) {
    this.#parts = parts
    this.#wanted = wanted
    this.#scope = scope
    this.#repair = repair
    this.#networks = new Map(wanted.networks.map((network) => [network.id, network]))
    this.#portNetworks = new Set(wanted.ports.filter(({ id }) => scope !== 'everything' && scope.portIds.has(id)).map(({ networkId }) => networkId))
  }

  async walk(): Promise<void> {
    const { shell } = this.#parts
    ;[this.#links, this.#fdb, this.#namespaces] = await Promise.all([observeLinks(shell), this.#wanted.networks.some(({ type }) => type === 'vxlan') && this.#parts.options.tunnelIp !== null ? observeFdb(shell) : [], shell.namespaces()])
    if (this.#scope === 'everything' || this.#parts.options.externalNetworks.some(({ bridge }) => !this.#links.has(bridge))) await this.#host()
    if (this.applied.changed > 0) this.#links = await observeLinks(shell)
    const networks = this.#wanted.networks.filter((network) => this.#concerns(network))
    for (const network of networks) await this.#take(planLayer2(network, { ...this.#parts, links: this.#links, fdb: this.#fdb }))
    await this.#take(await this.#parts.firewall.plan(this.#wanted, this.#scope === 'everything'))
    await this.#guestPorts()
    await sideBySide(networks.filter(isServed), async (network) => { await this.#guard('dhcp', network.id, async () => { await this.#dhcp(network) }) })
    await sideBySide(this.#wanted.routers.filter((router) => router.adminStateUp), async (router) => { await this.#guard('router', router.id, async () => { await this.#router(router) }) })
    if (this.#scope === 'everything' || this.#scope.networkIds.size + this.#scope.routerIds.size > 0) await this.#leftovers()
  }

  /** Executes or notes a plan; true when the thing is as wanted afterwards. */
  async #take(plan: Plan): Promise<boolean> {
    this.found.push(...plan.differences)
    if (plan.empty || !this.#repair) return plan.empty
    try {
      await plan.execute(this.#parts.shell)
      this.applied.changed += plan.differences.length
      this.#parts.shell.log.debug({ resource: plan.resource, id: plan.id, problems: plan.differences.map(({ problem }) => problem) }, 'repaired')
      return true
    } catch (error) {
      this.#parts.shell.log.warn({ err: error, resource: plan.resource, id: plan.id }, 'a difference could not be repaired')
      this.applied.failures.push({ resource: plan.resource, id: plan.id, problem: `${plan.differences.map(({ problem }) => problem).join('; ')}: ${(error as Error).message}` })
      return false
    }
  }

  /** One thing that cannot even be looked at must not keep the others from their repair. */
  async #guard(resource: Difference['resource'], id: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#parts.shell.log.warn({ err: error, resource, id }, 'a part of the host could not be compared')
      const failure = { resource, id, problem: (error as Error).message }
      this.found.push(failure)
      this.applied.failures.push(failure)
    }
  }

  #concerns(network: Network): boolean {
    const scope = this.#scope
    if (scope === 'everything' || scope.networkIds.has(network.id)) return true
    if (this.#portNetworks.has(network.id)) return true
    return this.#wanted.routers.some((router) => scope.routerIds.has(router.id) && [router.gateway, ...router.interfaces].some((port) => port?.networkId === network.id))
  }

  async #host(): Promise<void> {
    const { options, names, shell, nat } = this.#parts
    const addresses = options.externalNetworks.length === 0 ? this.#links : await observeAddresses(shell)
    for (const external of options.externalNetworks) await this.#take(planExternalBridge(external, addresses, names))
    await this.#take(await planNat(options.externalNetworks, names, nat, shell, true))
    await this.#take(await planBridgeFilter(shell))
    await this.#take(await planForwardPolicy(options.externalNetworks, names, shell))
  }

  async #guestPorts(): Promise<void> {
    const scope = this.#scope
    const ports = this.#wanted.ports.filter((port) => scope === 'everything' || scope.portIds.has(port.id) || scope.networkIds.has(port.networkId))
    const { names, firewall } = this.#parts
    await sideBySide(ports, async (port) => {
      const { plan, wired } = planGuestPort(port, this.#networks.get(port.networkId), this.#links.get(port.tapName), names)
      const right = await this.#take(plan)
      if (!this.#repair) return
      if (wired && right && firewall.covers(port.id)) this.applied.portsUp.push(port.id)
      else this.applied.portsDown.push(port.id)
    })
    if (scope === 'everything') await this.#strayTaps()
  }

  async #strayTaps(): Promise<void> {
    const { names } = this.#parts
    const wanted = new Set(this.#wanted.ports.map(({ tapName }) => tapName))
    const bridges = new Set(this.#wanted.networks.filter(({ type }) => type !== 'flat').map((network) => names.bridge(network)))
    for (const link of this.#links.values()) {
      if (link.name.startsWith('tap') && link.alias !== names.alias && link.master !== undefined && bridges.has(link.master) && !wanted.has(link.name)) await this.#take(planStrayTap(link))
    }
  }

  async #dhcp(network: ServedNetwork): Promise<void> {
    const { shell, names, options, dnsServers } = this.#parts
    const ns = names.dhcpNamespace(network.id)
    const plan = await planDhcp(network, await observeSpace(shell, ns, this.#namespaces), {
      shell, names, dnsServers, stateDir: options.stateDir, links: this.#links, metadata: options.metadata !== null, isolated: (subnet) => this.#isolated(network, subnet), thorough: this.#scope === 'everything',
    })
    await this.#planMetadata(plan, ns, '169.254.169.254', 80, { networkId: network.id })
    if (await this.#take(plan) && this.#repair) this.applied.portsUp.push(network.dhcp.portId)
  }

  /** No router of this host has the subnet's gateway. */
  #isolated(network: Network, subnet: Subnet): boolean {
    return !this.#wanted.routers.some((router) => router.adminStateUp && router.interfaces.some((port) => port.networkId === network.id && port.fixedIps.some(({ ipAddress }) => ipAddress === subnet.gatewayIp)))
  }

  async #router(router: Router): Promise<void> {
    const scope = this.#scope
    if (scope !== 'everything' && !scope.routerIds.has(router.id)) {
      this.applied.routersActive.push(router.id)
      return
    }
    const { shell, names, options, routerLoaders } = this.#parts
    const ns = names.routerNamespace(router.id)
    const loader = routerLoaders.get(router.id) ?? new NftLoader(shell, ns)
    routerLoaders.set(router.id, loader)
    const plan = await planRouter(router, await observeSpace(shell, ns, this.#namespaces), {
      shell, names, loader, stateDir: options.stateDir, links: this.#links, networks: this.#networks, thorough: scope === 'everything',
    })
    await this.#planMetadata(plan, ns, '0.0.0.0', ROUTER_METADATA_PORT, { routerId: router.id })
    if (!await this.#take(plan) || !this.#repair) return
    this.applied.routersActive.push(router.id)
    this.applied.portsUp.push(...router.interfaces.map(({ portId }) => portId), ...(router.gateway === null ? [] : [router.gateway.portId]))
  }

  async #planMetadata(plan: Plan, ns: string, address: string, port: number, place: MetadataPlace): Promise<void> {
    const { sockets } = this.#parts
    if (sockets === null || (await sockets.serves(ns) && this.#namespaces.has(ns))) return
    plan.wrong('metadata requests are not answered').run(async () => { await sockets.serve(ns, address, port, place) })
  }

  async #leftovers(): Promise<void> {
    const { options, names, shell, sockets, routerLoaders } = this.#parts
    const { stateDir } = options
    const release = async (ns: string): Promise<void> => { await sockets?.release(ns) }
    const served = new Set(this.#wanted.networks.filter(isServed).map(({ id }) => id))
    for (const id of await madeIds(stateDir, 'dhcp')) {
      if (served.has(id)) continue
      await this.#take(planDhcpRemoval(id, { shell, names, stateDir }, release))
    }
    const routers = new Set(this.#wanted.routers.filter(({ adminStateUp }) => adminStateUp).map(({ id }) => id))
    for (const id of await madeIds(stateDir, 'routers')) {
      if (routers.has(id)) continue
      routerLoaders.delete(id)
      await this.#take(planRouterRemoval(id, { shell, names, stateDir }, release))
    }
    const links = this.#repair ? await observeLinks(shell) : this.#links
    for (const plan of planStrayDevices(links, this.#wantedDevices(), names, shell)) await this.#take(plan)
  }

  #wantedDevices(): Set<string> {
    const { names, options } = this.#parts
    const wanted = layer2Devices(this.#wanted.networks, names, options.bridgeMappings)
    for (const { bridge } of options.externalNetworks) wanted.add(bridge)
    for (const network of this.#wanted.networks) if (network.dhcp !== null) wanted.add(names.tap(network.dhcp.portId))
    for (const router of this.#wanted.routers) {
      if (!router.adminStateUp) continue
      for (const port of [router.gateway, ...router.interfaces]) if (port !== null) wanted.add(names.tap(port.portId))
    }
    return wanted
  }
}

function isServed(network: Network): network is ServedNetwork { return network.dhcp !== null }

async function sideBySide<T>(list: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...list]
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item)
  }))
}
