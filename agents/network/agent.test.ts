import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { agentClient, serveAgent } from '#core/agents/contract.ts'
import { InProcessBus } from '#core/bus/in-process-bus.ts'
import { silentLog } from '#core/log/log.ts'
import { NETWORK_HOST_API, networkAgentContract, networkHostContract, type WantedStateType } from '#services/network/agent/network-agent.contract.ts'
import { startNetworkAgent, type RunningNetworkAgent } from './agent.ts'
import type { FakeNetworkDriver } from './drivers/fake/fake-driver.ts'
import { makeNetwork, makePort, makeRouter, makeId } from './testing/wanted.ts'

interface Asked { host: string; networkIds?: string[]; routerIds?: string[]; portIds?: string[]; securityGroupIds?: string[] }

let bus: InProcessBus
let wanted: WantedStateType
let asked: Asked[]
let up: Map<string, 'up' | 'down'>
let activeRouters: string[]
let hearts: { host: string; agents: { agentType: string; binary: string }[] }[]
let refuse: number
let running: RunningNetworkAgent[]

beforeEach(async () => {
  bus = new InProcessBus()
  wanted = { complete: true, networks: [], ports: [], securityGroups: [], routers: [] }
  asked = []
  up = new Map()
  activeRouters = []
  hearts = []
  refuse = 0
  running = []
  await serveAgent(bus, networkHostContract, NETWORK_HOST_API, {
    wantedState: async (question) => {
      asked.push(question)
      if (refuse-- > 0) throw new Error('the database is away')
      return question.networkIds === undefined && question.routerIds === undefined && question.portIds === undefined ? wanted : {
        complete: false, securityGroups: [],
        networks: wanted.networks.filter(({ id }) => question.networkIds?.includes(id)),
        ports: wanted.ports.filter((port) => question.networkIds?.includes(port.networkId) ?? question.portIds?.includes(port.id)),
        routers: wanted.routers.filter(({ id }) => question.routerIds?.includes(id)),
      }
    },
    reportPorts: async (report) => {
      for (const id of report.up) up.set(id, 'up')
      for (const id of report.down) up.set(id, 'down')
      return null
    },
    reportRouters: async ({ active }) => { activeRouters = active; return null },
    portByAddress: async () => null,
    heartbeat: async (heart) => { hearts.push(heart); return null },
  })
})
afterEach(async () => { for (const agent of running) await agent.stop() })

async function start(): Promise<FakeNetworkDriver> {
  const agent = await startNetworkAgent({ bus, host: 'h1', driver: 'fake', stateDir: '/nonexistent', tunnelIp: '10.0.0.1', bridgeMappings: {}, log: silentLog })
  running.push(agent)
  return agent.driver as FakeNetworkDriver
}

async function until(what: () => boolean): Promise<void> {
  await vi.waitUntil(what, { timeout: 60_000, interval: 5 })
}

describe('the network agent with the fake driver', () => {
  it('applies everything at start and reports ports, its own ports and routers', async () => {
    const network = makeNetwork({ dhcp: { portId: makeId(), macAddress: 'fa:16:3e:00:00:01', fixedIps: [], dnsDomain: 'x', leases: [] } })
    const port = makePort(network)
    const down = makePort(network, { adminStateUp: false })
    const router = makeRouter()
    wanted = { ...wanted, networks: [network], ports: [port, down], routers: [router] }
    const driver = await start()
    await until(() => up.size === 3 && activeRouters.length === 1)
    expect(up.get(port.id)).toBe('up')
    expect(up.get(network.dhcp!.portId)).toBe('up')
    expect(up.get(down.id)).toBe('down')
    expect(activeRouters).toEqual([router.id])
    expect(driver.wanted.ports.map(({ id }) => id)).toEqual([port.id, down.id])
  })

  it('answers a thousand nudged ports without asking for any state', async () => {
    await start()
    await until(() => asked.length === 1)
    const client = agentClient(bus, networkAgentContract, 'h1')
    const ids = Array.from({ length: 1000 }, makeId)
    await Promise.all(ids.map((id) => client.changed({ networkIds: [], routerIds: [], portIds: [id] })))
    await until(() => up.size === 1000)
    expect(asked).toHaveLength(1)
  })

  it('pulls a network only once for the ports in it', async () => {
    const network = makeNetwork()
    wanted.networks.push(network)
    await start()
    await until(() => asked.length === 1)
    const client = agentClient(bus, networkAgentContract, 'h1')
    const id = makeId()
    await client.changed({ networkIds: [], leaseNetworkIds: [network.id], routerIds: [], portIds: [id] })
    await until(() => up.has(id))
    expect(asked).toHaveLength(1)
  })

  it('drops a network that is named together with its ports', async () => {
    const [network, kept] = [makeNetwork(), makeNetwork()]
    wanted.networks.push(network, kept)
    const driver = await start()
    await until(() => driver.wanted.networks.length === 2)
    wanted.networks.shift()
    await agentClient(bus, networkAgentContract, 'h1').changed({ networkIds: [network.id], leaseNetworkIds: [kept.id], routerIds: [], portIds: [makeId()] })
    await until(() => driver.wanted.networks.length === 1)
    expect(driver.wanted.networks[0]!.id).toBe(kept.id)
  })

  it('keeps ports down that the script calls dead', async () => {
    const driver = await start()
    const id = makeId()
    driver.script.deadPorts.add(id)
    await agentClient(bus, networkAgentContract, 'h1').changed({ networkIds: [], routerIds: [], portIds: [id] })
    await until(() => up.has(id))
    expect(up.get(id)).toBe('down')
  })

  it('drops what a partial answer no longer names', async () => {
    const router = makeRouter()
    wanted.routers.push(router, makeRouter())
    const driver = await start()
    await until(() => activeRouters.length === 2)
    wanted.routers.shift()
    await agentClient(bus, networkAgentContract, 'h1').changed({ networkIds: [], routerIds: [router.id], portIds: [] })
    await until(() => activeRouters.length === 1)
    expect(driver.wanted.routers.map(({ id }) => id)).toEqual([wanted.routers[0]!.id])
  })

  it('tries again when the control plane refuses or the driver fails, and loses nothing', async () => {
    refuse = 1
    const network = makeNetwork()
    const port = makePort(network)
    wanted = { ...wanted, networks: [network], ports: [port] }
    await start()
    await until(() => up.has(port.id))
    expect(asked.length).toBeGreaterThan(1)
  })

  it('sync answers how much it repaired, check names what differs', async () => {
    await start()
    await until(() => asked.length === 1)
    const network = makeNetwork()
    wanted.networks.push(network)
    const client = agentClient(bus, networkAgentContract, 'h1')
    expect(await client.check({ repair: false })).toEqual([{ resource: 'network', id: network.id, problem: 'is not there' }])
    expect(await client.sync({})).toEqual({ changed: 1 })
    expect(await client.check({ repair: false })).toEqual([])
  })

  it('registers as the four agents users know', async () => {
    await start()
    await until(() => hearts.length > 0)
    expect(hearts[0]!.agents.map(({ agentType }) => agentType)).toEqual(['Linux bridge agent', 'DHCP agent', 'L3 agent', 'Metadata agent'])
  })

  it('refuses a driver nobody knows, with the names that exist', async () => {
    await expect(startNetworkAgent({ bus, host: 'h2', driver: 'token-ring', stateDir: '/x', tunnelIp: null, bridgeMappings: {}, log: silentLog })).rejects.toThrow('linuxbridge, fake')
  })
})
