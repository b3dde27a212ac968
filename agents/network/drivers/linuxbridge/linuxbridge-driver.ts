/**
 * The Linux bridge driver: START HERE. Networks are bridges (`brq…`), guests' taps are put into them, tenant networks
 * span hosts by VXLAN, DHCP and routers live in namespaces (`qdhcp-…`, `qrouter-…`), security groups are nftables.
 * Names are upstream's, so everything users know about such a host holds.
 *
 *     round.ts        one walk over the host: compare, repair
 *     watch.ts        what makes a walk happen between two timers
 *     plan.ts         a difference: a sentence and its repair
 *     layer2 · guest-ports · firewall/ · dhcp/ · router/ · external     what is compared
 *
 * A tap that the hypervisor has just made does not wait for a round: it is wired when the kernel tells of it, if its
 * port is wanted and filtered already.
 */
import type { Applied, CleanupLevel, Difference, DriverEvents, DriverOptions, NetworkDriver, Port, Scope, Wanted } from '../driver.ts'
import { cleanUp } from './cleanup.ts'
import { runningDaemon } from './daemon.ts'
import { dhcpFolder } from './dhcp/dhcp.ts'
import { FirewallKeeper } from './firewall/firewall.ts'
import { planGuestPort } from './guest-ports.ts'
import { requireHostAbilities } from './host-abilities.ts'
import { hostResolvers } from './host-resolvers.ts'
import { HostShell } from './host-shell.ts'
import { MetadataSockets } from './metadata-sockets.ts'
import { makeNames, type Names } from './names.ts'
import { NftLoader } from './nft-loader.ts'
import { observeLink } from './observe.ts'
import { Round, type RoundParts } from './round.ts'
import { HostWatch, type LinkEvent } from './watch.ts'
import { join } from 'node:path'
import { mkdir } from 'node:fs/promises'

/** How often the cheap looks happen: does dnsmasq run, are the tables there? */
const GLANCE_MS = 2_000
const TABLES_EVERY_GLANCES = 5
const NOTHING: Wanted = { networks: [], ports: [], securityGroups: [], routers: [] }

export class LinuxBridgeDriver implements NetworkDriver {
  readonly name = 'linuxbridge'
  readonly capabilities = { wiresPorts: true, networkTypes: ['flat', 'vlan', 'vxlan', 'local'] as ('flat' | 'vlan' | 'vxlan' | 'local')[], securityGroups: true }
  readonly #options: DriverOptions
  readonly #shell: HostShell
  readonly #names: Names
  readonly #bridges = new Set<string>()
  #parts: RoundParts
  #events: DriverEvents | undefined
  #watch: HostWatch | undefined
  #wanted: Wanted = NOTHING
  #ports = new Map<string, Port>()
  /** Ports that were wired by a link message; a round that began before may not have seen it. */
  readonly #wired = new Set<string>()
  /** Taps the kernel told of; one may come before its port is known, or while a round looks elsewhere. */
  readonly #seenTaps = new Set<string>()
  /** Our devices and namespaces → the part of the host to look at when one is touched. */
  #owners = new Map<string, { networkId?: string; routerId?: string }>()
  #cancelGlance = (): void => {}
  #glances = 0
  #stopped = false

  constructor(options: DriverOptions) {
    if (!/^[a-z0-9]{1,8}$/.test(options.cloudTag)) throw new Error(`the cloud tag "${options.cloudTag}" must be 1 to 8 characters of a-z and 0-9`)
    this.#options = options
    this.#shell = new HostShell(options.netns, options.log)
    for (const { bridge } of options.externalNetworks) this.#bridges.add(bridge)
    this.#names = makeNames(options, (device) => this.#bridges.has(device))
    this.#parts = {
      options, shell: this.#shell, names: this.#names, dnsServers: options.dnsServers ?? [],
      firewall: new FirewallKeeper(this.#shell, this.#names, options.stateDir), nat: new NftLoader(this.#shell), routerLoaders: new Map(),
      sockets: options.metadata === null ? null : new MetadataSockets(options.metadata),
    }
  }

  async start(events: DriverEvents): Promise<void> {
    this.#events = events
    await requireHostAbilities(this.#shell)
    await mkdir(this.#options.stateDir, { recursive: true })
    await this.#findResolvers()
    await this.#findBridges()
    this.#watch = new HostWatch(this.#options.netns, this.#options.log, (event) => { this.#onLink(event) }, (name) => { this.#touched(name) })
    await this.#watch.start()
    this.#glanceLater()
  }

  async apply(wanted: Wanted, scope: Scope): Promise<Applied> {
    if (scope === 'everything') await Promise.all([this.#findBridges(), this.#findResolvers()])
    this.#remember(wanted)
    const round = new Round(this.#parts, wanted, scope, true)
    await round.walk()
    await this.#wireLateTaps(round.applied.portsDown)
    round.applied.portsUp.push(...round.applied.portsDown.filter((id) => this.#wired.has(id)))
    round.applied.portsDown = round.applied.portsDown.filter((id) => !this.#wired.has(id))
    return round.applied
  }

  async check(wanted: Wanted): Promise<Difference[]> {
    const round = new Round(this.#parts, wanted, 'everything', false)
    await round.walk()
    return round.found
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancelGlance()
    this.#watch?.stop()
    await this.#parts.sockets?.stop()
  }

  async cleanup(level: CleanupLevel): Promise<void> {
    await this.stop()
    await cleanUp(level, this.#options, this.#names, this.#shell)
  }

  /** A physical network may be mapped to a bridge or to a card; only the device itself knows. */
  async #findBridges(): Promise<void> {
    for (const device of Object.values(this.#options.bridgeMappings)) {
      if ((await observeLink(this.#shell, device))?.kind === 'bridge') this.#bridges.add(device)
    }
  }

  /** A host between two networks has none; the last ones stay until there are others. */
  async #findResolvers(): Promise<void> {
    const found = this.#options.dnsServers ?? await hostResolvers(this.#options.resolverFiles)
    if (found.length > 0) this.#parts = { ...this.#parts, dnsServers: found }
  }

  #remember(wanted: Wanted): void {
    const names = this.#names
    this.#wanted = wanted
    this.#ports = new Map(wanted.ports.map((port) => [port.tapName, port]))
    const current = new Set(wanted.ports.filter((port) => port.adminStateUp).map(({ id }) => id))
    for (const id of this.#wired) if (!current.has(id)) this.#wired.delete(id)
    this.#owners = new Map()
    for (const network of wanted.networks) {
      const owner = { networkId: network.id }
      this.#owners.set(names.ownBridge(network.id), owner)
      if (network.segmentationId !== null) this.#owners.set(names.vxlan(network.segmentationId), owner)
      if (network.dhcp !== null) this.#owners.set(names.tap(network.dhcp.portId), owner).set(names.dhcpNamespace(network.id), owner)
    }
    for (const router of wanted.routers) {
      const owner = { routerId: router.id }
      this.#owners.set(names.routerNamespace(router.id), owner)
      for (const port of [router.gateway, ...router.interfaces]) if (port !== null) this.#owners.set(names.tap(port.portId), owner)
    }
  }

  /** Taps that appeared while the round was under way, or before it knew their ports. */
  async #wireLateTaps(portIds: readonly string[]): Promise<void> {
    const down = new Set(portIds)
    for (const port of this.#ports.values()) if (down.has(port.id) && this.#seenTaps.has(port.tapName)) await this.#onTap(port)
  }

  #onLink(event: LinkEvent): void {
    if (event.deleted) this.#seenTaps.delete(event.name)
    else if (event.name.startsWith('tap')) this.#seenTaps.add(event.name)
    const port = this.#ports.get(event.name)
    if (port !== undefined) {
      if (event.deleted) {
        this.#wired.delete(port.id)
        this.#events?.portsChanged([], [port.id])
      }
      else void this.#onTap(port).catch((error: unknown) => { this.#options.log.debug({ err: error, portId: port.id }, 'a new tap could not be wired at once; the next round does it') })
      return
    }
    const external = this.#options.externalNetworks.some(({ bridge }) => bridge === event.name)
    if (external && (event.deleted || !event.up)) this.#events?.disturbed('everything')
    // A cable or tunnel that is in no bridge, a bridge that is down: somebody's hand, or our own in the middle of work.
    if (event.deleted || !event.up || (event.master === undefined && !event.name.startsWith('brq'))) this.#touched(event.name)
  }

  async #onTap(port: Port): Promise<void> {
    if (this.#stopped || !this.#parts.firewall.covers(port.id)) return
    const network = this.#wanted.networks.find(({ id }) => id === port.networkId)
    const { plan, wired } = planGuestPort(port, network, await observeLink(this.#shell, port.tapName), this.#names)
    if (!wired || plan.empty) return
    await plan.execute(this.#shell)
    this.#wired.add(port.id)
    this.#events?.portsChanged([port.id], [])
  }

  #touched(name: string): void {
    const owner = this.#owners.get(name)
    if (owner === undefined || this.#stopped) return
    this.#events?.disturbed({
      networkIds: new Set(owner.networkId === undefined ? [] : [owner.networkId]), routerIds: new Set(owner.routerId === undefined ? [] : [owner.routerId]),
      portIds: new Set(), securityGroupIds: new Set(),
    })
  }

  #glanceLater(): void {
    if (this.#stopped) return
    this.#cancelGlance = this.#options.clock.after(GLANCE_MS, () => { void this.#glance().catch(() => {}).then(() => { this.#glanceLater() }) })
  }

  /** Looks that cost next to nothing: is every dnsmasq alive, are the firewall's tables loaded? */
  async #glance(): Promise<void> {
    for (const network of this.#wanted.networks) {
      if (network.dhcp === null) continue
      const [folder, ns] = [dhcpFolder(this.#options.stateDir, network.id), this.#names.dhcpNamespace(network.id)]
      if (await runningDaemon({ pidFile: join(folder, 'pid'), marker: folder, ns }) === undefined) this.#touched(ns)
    }
    this.#glances += 1
    if (this.#wanted === NOTHING || this.#glances % TABLES_EVERY_GLANCES !== 0) return
    const tables = await this.#shell.run('nft', ['list', 'tables'])
    const ours = [this.#names.l2Table, this.#names.groupTable, ...(this.#options.externalNetworks.length > 0 ? [this.#names.natTable] : [])]
    if (ours.some((table) => !tables.includes(` ${table}\n`))) this.#events?.disturbed('everything')
  }
}
