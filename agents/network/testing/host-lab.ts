/**
 * A host for tests: a namespace that plays it, with an agent of its own, a control plane of a few lines, and guests
 * that are namespaces behind a veth named like a hypervisor's tap. Everything has the lab's own names, so labs and a
 * running cloud do not meet. `close` removes all of it.
 */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { PATIENCE_MS } from '#testkit/patience.ts'
import { serveAgent } from '#core/agents/contract.ts'
import { InProcessBus } from '#core/bus/in-process-bus.ts'
import { run, type RunResult } from '#core/host/run.ts'
import { openLog, silentLog } from '#core/log/log.ts'
import { systemClock } from '#core/time/clock.ts'
import { NETWORK_HOST_API, networkHostContract, type WantedStateType } from '#services/network/agent/network-agent.contract.ts'
import { startNetworkAgent, type NetworkAgentOptions, type RunningNetworkAgent } from '../agent.ts'
import { createNetworkDriver, type DriverOptions, type Network, type NetworkDriver, type Port } from '../drivers/driver.ts'

/** Why tests of this kind cannot run here; undefined when they can. */
export function whyNoHostTests(): string | undefined {
  return process.getuid?.() === 0 ? undefined : 'not root: namespaces and bridges cannot be made'
}

export interface LabHost {
  name: string
  agent: RunningNetworkAgent
  wanted: WantedStateType
  up: Map<string, 'up' | 'down'>
  activeRouters: string[]
  options: NetworkAgentOptions
}

export class HostLab {
  readonly tag = `t${randomUUID().slice(0, 5)}`
  readonly bus = new InProcessBus()
  readonly hosts = new Map<string, LabHost>()
  readonly owners = new Map<string, { portId: string; deviceId: string; projectId: string }>()
  readonly #namespaces: string[] = []
  readonly #folders: string[] = []
  readonly #endings: (() => Promise<void> | void)[] = []
  readonly #log = process.env['NACRE_LAB_LOG'] === undefined ? silentLog : openLog({ level: process.env['NACRE_LAB_LOG'] })

  static async open(): Promise<HostLab> {
    const lab = new HostLab()
    await serveAgent(lab.bus, networkHostContract, NETWORK_HOST_API, {
      wantedState: async (question) => answer(lab.hosts.get(question.host)!.wanted, question),
      reportPorts: async ({ host, up, down }) => {
        for (const id of up) lab.hosts.get(host)!.up.set(id, 'up')
        for (const id of down) lab.hosts.get(host)!.up.set(id, 'down')
        return null
      },
      reportRouters: async ({ host, active }) => { lab.hosts.get(host)!.activeRouters = active; return null },
      portByAddress: async ({ ipAddress, networkId, routerId }) => lab.owners.get(`${networkId ?? routerId}/${ipAddress}`) ?? null,
      heartbeat: async () => null,
    })
    return lab
  }

  /** A namespace of the lab. */
  async namespace(name: string): Promise<string> {
    const ns = `${this.tag}-${name}`
    await run('ip', ['netns', 'add', ns])
    this.#namespaces.push(ns)
    await run('ip', ['-n', ns, 'link', 'set', 'lo', 'up'])
    await run('sysctl', ['-qw', 'net.ipv6.conf.default.accept_dad=0', 'net.ipv6.conf.all.accept_dad=0'], { netns: ns })
    return ns
  }

  /** A host in a namespace (a new one, or `netns`), with its agent. */
  async host(name: string, over: Partial<NetworkAgentOptions> = {}): Promise<LabHost> {
    const netns = over.netns ?? await this.namespace(name)
    const stateDir = await mkdtemp(join(tmpdir(), 'nacre-net-'))
    this.#folders.push(stateDir)
    const options: NetworkAgentOptions = {
      bus: this.bus, host: name, driver: 'linuxbridge', stateDir, cloudTag: this.tag, netns, tunnelIp: null, bridgeMappings: {}, dnsServers: [],
      log: this.#log, completeEveryMs: 3_600_000, ...over,
    }
    const host: LabHost = { name, options, wanted: { complete: true, networks: [], ports: [], securityGroups: [], routers: [] }, up: new Map(), activeRouters: [], agent: undefined as unknown as RunningNetworkAgent }
    this.hosts.set(name, host)
    host.agent = await startNetworkAgent(options)
    return host
  }

  /** A started driver on a host of its own, without an agent that has wishes too. */
  async driver(name: string, over: Partial<DriverOptions> = {}): Promise<NetworkDriver> {
    const stateDir = await mkdtemp(join(tmpdir(), 'nacre-net-'))
    this.#folders.push(stateDir)
    const driver = await createNetworkDriver('linuxbridge', {
      host: name, stateDir, cloudTag: this.tag, netns: await this.namespace(name), tunnelIp: null, bridgeMappings: {}, externalNetworks: [], dnsServers: [],
      metadata: null, log: this.#log, clock: systemClock, ...over,
    })
    await driver.start({ portsChanged() {}, disturbed() {} })
    this.atEnd(async () => { await driver.cleanup('everything') })
    return driver
  }

  async restart(host: LabHost): Promise<void> {
    await host.agent.stop()
    host.agent = await startNetworkAgent(host.options)
  }

  /** A guest behind the port's tap; `address` with prefix is set by hand, else the guest has none. */
  async guest(host: LabHost, port: Port, network: Network, settings: { address?: string; gateway?: string } = {}): Promise<string> {
    const ns = await this.namespace(`g${port.id.slice(0, 6)}`)
    await run('ip', ['-n', host.options.netns!, 'link', 'add', port.tapName, 'type', 'veth', 'peer', 'name', 'eth0', 'address', port.macAddress, 'mtu', String(network.mtu), 'netns', ns])
    await run('ip', ['-n', ns, 'link', 'set', 'eth0', 'up'])
    if (settings.address !== undefined) await run('ip', ['-n', ns, 'addr', 'add', settings.address, 'dev', 'eth0'])
    if (settings.gateway !== undefined) await run('ip', ['-n', ns, 'route', 'add', 'default', 'via', settings.gateway])
    return ns
  }

  /** Joins the namespaces by a cable, each end with its address: an underlay between hosts. */
  async cable(a: string, addressA: string, b: string, addressB: string): Promise<void> {
    await run('ip', ['-n', a, 'link', 'add', 'under0', 'type', 'veth', 'peer', 'name', 'under0', 'netns', b])
    for (const [ns, address] of [[a, addressA], [b, addressB]] as const) {
      await run('ip', ['-n', ns, 'addr', 'add', address, 'dev', 'under0'])
      await run('ip', ['-n', ns, 'link', 'set', 'under0', 'up'])
    }
  }

  atEnd(work: () => Promise<void> | void): void { this.#endings.push(work) }

  async close(): Promise<void> {
    for (const work of this.#endings.reverse()) await work()
    for (const host of this.hosts.values()) {
      await host.agent.stop()
      await host.agent.driver.cleanup('everything')
    }
    for (const ns of this.#namespaces) {
      for (const pid of (await run('ip', ['netns', 'pids', ns])).stdout.split('\n').filter((line) => line !== '')) {
        try { process.kill(Number(pid), 'SIGKILL') } catch { /* it ended by itself */ }
      }
      await run('ip', ['netns', 'del', ns])
    }
    for (const folder of this.#folders) await rm(folder, { recursive: true, force: true })
  }
}

type Question = { networkIds?: string[]; routerIds?: string[]; portIds?: string[]; securityGroupIds?: string[] }

/** As the control plane answers: all, or the part that was asked for with what it needs. */
function answer(wanted: WantedStateType, question: Question): WantedStateType {
  const { networkIds, routerIds, portIds, securityGroupIds } = question
  if (networkIds === undefined && routerIds === undefined && portIds === undefined && securityGroupIds === undefined) return wanted
  const routers = wanted.routers.filter(({ id }) => routerIds?.includes(id))
  const ports = wanted.ports.filter((port) => networkIds?.includes(port.networkId) || portIds?.includes(port.id))
  const touched = new Set([...(networkIds ?? []), ...ports.map(({ networkId }) => networkId), ...routers.flatMap((router) => [router.gateway, ...router.interfaces].map((port) => port?.networkId))])
  const groups = new Set([...(securityGroupIds ?? []), ...ports.flatMap((port) => port.securityGroupIds)])
  for (const group of wanted.securityGroups) if (groups.has(group.id)) for (const rule of group.rules) if (rule.remoteGroupId !== null) groups.add(rule.remoteGroupId)
  return { complete: false, routers, ports, networks: wanted.networks.filter(({ id }) => touched.has(id)), securityGroups: wanted.securityGroups.filter(({ id }) => groups.has(id)) }
}

/** Runs a program in a namespace; a failure is an answer. */
export async function tryIn(netns: string, program: string, ...args: string[]): Promise<RunResult> {
  return await run(program, args, { netns, okCodes: Array.from({ length: 256 }, (_, code) => code), timeoutMs: PATIENCE_MS })
}

/** Once: for what must not work. */
export async function pings(netns: string, address: string, ...more: string[]): Promise<boolean> {
  const flags = address.includes(':') ? ['-6'] : []
  return (await tryIn(netns, 'ping', ...flags, '-n', '-c', '1', '-W', '1', ...more, address)).code === 0
}

/** Pings until it works: whatever has to answer may take a moment on a busy machine. */
export async function pingsSoon(netns: string, address: string, ...more: string[]): Promise<boolean> {
  return await becomesTrue(() => pings(netns, address, ...more))
}

/** Whether it comes true. */
export async function becomesTrue(what: () => boolean | Promise<boolean>, timeoutMs = PATIENCE_MS): Promise<boolean> {
  return await until(what, timeoutMs).then(() => true, () => false)
}

export async function until(what: () => boolean | Promise<boolean>, timeoutMs = PATIENCE_MS): Promise<void> {
  const end = performance.now() + timeoutMs
  while (!await what()) {
    if (performance.now() > end) throw new Error(`still not: ${what.toString()}`)
    await wait(20)
  }
}
