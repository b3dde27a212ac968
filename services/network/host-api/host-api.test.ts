/** The network service and real agents (fake driver) on one bus: what hosts are told, what they report. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startNetworkAgent, type RunningNetworkAgent } from '#agents/network/agent.ts'
import type { FakeNetworkDriver } from '#agents/network/drivers/fake/fake-driver.ts'
import { silentLog } from '#core/log/log.ts'
import { databases } from '#testkit/databases.ts'
import { client, type TestClient } from '#testkit/http.ts'
import { startBench, type Bench } from '#testkit/service-bench.ts'
import { ADMIN, MEMBER } from '#testkit/tokens.ts'
import { CHANGED_TOPIC, PORT_STATUS_TOPIC, type PortStatusEvent } from '../changes/changes.ts'
import type { NetworkContext } from '../context.ts'
import { network } from '../service.ts'
import { markFloatingIps } from './report.store.ts'
import { wantedState } from './wanted-state.ts'

/** What these tests read of networks, ports, agents and the like. */
interface Item {
  id: string; status: string; host: string; agent_type: string; device_id: string; mac_address: string; floating_ip_address: string; revision_number: number
  fixed_ips: { subnet_id: string; ip_address: string }[]; availability_zones: string[]; availability_zone: string | null; heartbeat_timestamp: string; 'binding:host_id': string
}
type Body = Partial<Record<keyof Item, unknown>> & Record<string, unknown>
type One = Record<string, Item>
type Many = Record<string, Item[]>

describe.each(databases)('hosts on %s', (_name, locate) => {
  let bench: Bench<NetworkContext>
  let admin: TestClient
  let alice: TestClient
  const agents = new Map<string, RunningNetworkAgent>()
  const heard: PortStatusEvent[] = []

  beforeAll(async () => {
    bench = await startBench(network, { database: await locate() })
    admin = client(bench.pipeline, ADMIN)
    alice = client(bench.pipeline, MEMBER)
    await bench.bus.subscribe(PORT_STATUS_TOPIC, (event) => { heard.push(event as PortStatusEvent) })
    for (const [host, tunnelIp] of [['h1', '10.9.0.1'], ['h2', '10.9.0.2']] as const) {
      agents.set(host, await startNetworkAgent({ bus: bench.bus, host, driver: 'fake', stateDir: '/nonexistent', tunnelIp, bridgeMappings: { external: 'br-ex' }, log: silentLog }))
    }
    await until(async () => (await list('agents')).length === 8)
    await bench.settled()
  })
  afterAll(async () => {
    for (const agent of agents.values()) await agent.stop()
    await bench.stop()
  })

  async function until(what: () => Promise<boolean> | boolean): Promise<void> {
    await vi.waitFor(async () => {
      if (!(await what())) throw new Error(`still not: ${what.toString()}`)
    }, { timeout: 60_000, interval: 10 })
  }
  async function list(collection: string, query = ''): Promise<Item[]> {
    const answer = await admin.get<Many>(`/v2.0/${collection}${query}`)
    expect(answer.status, answer.text).toBe(200)
    return answer.body[collection]!
  }
  async function make(by: TestClient, collection: string, item: Body): Promise<Item> {
    const name = collection.replace(/s$/, '').replaceAll('-', '_')
    const answer = await by.post<One>(`/v2.0/${collection}`, { [name]: item })
    expect(answer.status, answer.text).toBe(201)
    return answer.body[name]!
  }
  async function show(collection: string, id: string): Promise<Item> {
    return (await admin.get<One>(`/v2.0/${collection}/${id}`)).body[collection.replace(/s$/, '')]!
  }
  async function makeNetwork(cidr: string): Promise<{ id: string; subnetId: string }> {
    const net = await make(alice, 'networks', { name: 'n' })
    const subnet = await make(alice, 'subnets', { network_id: net['id'], cidr, ip_version: 4 })
    return { id: net['id'], subnetId: subnet['id'] }
  }
  async function dhcpPorts(networkId: string): Promise<Item[]> {
    return await list('ports', `?network_id=${networkId}&device_owner=network:dhcp`)
  }
  async function boundPort(networkId: string, host: string, more: Body = {}): Promise<Item> {
    return await make(admin, 'ports', { network_id: networkId, project_id: 'alpha', device_owner: 'compute:nova', device_id: crypto.randomUUID(), 'binding:host_id': host, ...more })
  }
  /** A bus may deliver late: what happens until `release` is told together. */
  function holdChanges(): { late: unknown[]; release(): Promise<void> } {
    const late: unknown[] = []
    const fanout = bench.bus.fanout.bind(bench.bus)
    const slow = vi.spyOn(bench.bus, 'fanout').mockImplementation(async (topic, message) => {
      if (topic === CHANGED_TOPIC) late.push(message)
      else await fanout(topic, message)
    })
    return {
      late,
      async release() {
        slow.mockRestore()
        await Promise.all(late.map((message) => fanout(CHANGED_TOPIC, message)))
      },
    }
  }
  /** Whether some host has the network. */
  function built(id: string): boolean { return [...agents.values()].some((agent) => (agent.driver as FakeNetworkDriver).wanted.networks.some((n) => n.id === id)) }
  async function isActive(id: string): Promise<boolean> { return (await show('ports', id))['status'] === 'ACTIVE' }

  describe('agents', () => {
    it('are listed alive, four of each host, as clients read them', async () => {
      const all = await list('agents', '?host=h1')
      expect(all.map((a) => a['agent_type']).sort()).toEqual(['DHCP agent', 'L3 agent', 'Linux bridge agent', 'Metadata agent'])
      const dhcp = all.find((a) => a['agent_type'] === 'DHCP agent')!
      expect(dhcp).toMatchObject({ alive: true, admin_state_up: true, binary: 'neutron-dhcp-agent', topic: 'dhcp_agent', availability_zone: 'nova', description: null, resources_synced: null })
      expect(dhcp['heartbeat_timestamp']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
      expect(all.find((a) => a['agent_type'] === 'Linux bridge agent')!['availability_zone']).toBeNull()
      expect(await list('agents', '?alive=False')).toEqual([])
      expect(await list('agents', '?alive=True&agent_type=L3%20agent')).toHaveLength(2)
      expect((await admin.get(`/v2.0/agents?sort_key=host&sort_dir=asc`)).status).toBe(400)
    })

    it('are nothing that others may see', async () => {
      const answer = await alice.get<Many>('/v2.0/agents')
      expect(answer.body).toEqual({ agents: [] })
      const [agent] = await list('agents')
      expect((await alice.get(`/v2.0/agents/${agent!['id']}`)).status).toBe(404)
      expect((await alice.get(`/v2.0/agents/${agent!['id']}/dhcp-networks`)).status).toBe(403)
    })

    it('can be described and switched, not made', async () => {
      const [agent] = await list('agents', '?host=h2&agent_type=Metadata%20agent')
      const path = `/v2.0/agents/${agent!['id']}`
      const changed = await admin.put<One>(path, { agent: { description: 'rack 7', admin_state_up: false } })
      expect(changed.status, changed.text).toBe(200)
      expect(changed.body['agent']).toMatchObject({ description: 'rack 7', admin_state_up: false, alive: true })
      expect((await admin.put(path, { agent: { host: 'elsewhere' } })).status).toBe(400)
      expect((await admin.put(path, { agent: { admin_state_up: true } })).status).toBe(200)
      expect((await admin.post('/v2.0/agents', { agent: {} })).status).toBe(405)
      expect((await admin.get('/v2.0/agents/nobody')).status).toBe(404)
    })
  })

  describe('DHCP', () => {
    it('gets a host and a port of its own as soon as a subnet wants it, and gives both back', async () => {
      const { id, subnetId } = await makeNetwork('10.50.0.0/24')
      await until(async () => (await dhcpPorts(id)).some((p) => p['status'] === 'ACTIVE'))
      const [port] = await dhcpPorts(id)
      expect(port).toMatchObject({ project_id: 'alpha', 'binding:vif_type': 'bridge', security_groups: [], fixed_ips: [{ subnet_id: subnetId, ip_address: '10.50.0.2' }] })
      expect(port!['device_id']).toMatch(new RegExp(`^dhcp[0-9a-f-]{36}-${id}$`))
      const serving = (await admin.get<Many>(`/v2.0/networks/${id}/dhcp-agents`)).body['agents']!
      expect(serving.map((a) => a['host'])).toEqual([port!['binding:host_id']])
      expect((await show('networks', id))['availability_zones']).toEqual(['nova'])
      expect((await admin.put(`/v2.0/subnets/${subnetId}`, { subnet: { enable_dhcp: false } })).status).toBe(200)
      await until(async () => (await dhcpPorts(id)).length === 0)
      expect((await admin.put(`/v2.0/subnets/${subnetId}`, { subnet: { enable_dhcp: true } })).status).toBe(200)
      await until(async () => (await dhcpPorts(id)).length === 1)
      expect((await alice.delete(`/v2.0/subnets/${subnetId}`)).status).toBe(204)
      await until(async () => (await dhcpPorts(id)).length === 0)
      expect((await alice.delete(`/v2.0/networks/${id}`)).status).toBe(204)
    })

    it.each(['its subnet first, at once', 'its subnet first, and all is settled', 'as soon as somebody serves it', 'at once'])('lets go of a network that is deleted: %s', async (how) => {
      const { id, subnetId } = await makeNetwork('10.58.0.0/24')
      if (how.startsWith('its subnet')) await until(() => built(id))
      if (how.startsWith('as soon')) await until(async () => (await admin.get<Many>(`/v2.0/networks/${id}/dhcp-agents`)).body['agents']!.length > 0)
      if (how.startsWith('its subnet')) expect((await alice.delete(`/v2.0/subnets/${subnetId}`)).status).toBe(204)
      if (how.endsWith('settled')) await bench.settled()
      expect((await alice.delete(`/v2.0/networks/${id}`)).status).toBe(204)
      await bench.settled()
      // A host that is only told of other things keeps what nobody told it to drop.
      const { id: other } = await makeNetwork('10.59.0.0/24')
      await until(() => built(other))
      await until(() => !built(id))
    })

    it('lets go of a network when its host hears of the lost port and of the lost network in one breath', async () => {
      const { id, subnetId } = await makeNetwork('10.57.0.0/24')
      await until(() => built(id))
      await bench.settled()
      const told = holdChanges()
      expect((await alice.delete(`/v2.0/subnets/${subnetId}`)).status).toBe(204)
      bench.nudge('dhcp')
      await until(async () => (await dhcpPorts(id)).length === 0)
      expect((await alice.delete(`/v2.0/networks/${id}`)).status).toBe(204)
      await until(() => told.late.length >= 3)
      await told.release()
      await until(() => !built(id))
    })

    it('follows the subnets of a network with the addresses of its port', async () => {
      const { id } = await makeNetwork('10.51.0.0/24')
      await until(async () => (await dhcpPorts(id)).length === 1)
      const six = await make(alice, 'subnets', { network_id: id, cidr: 'fd00:51::/64', ip_version: 6, ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' })
      await until(async () => (await dhcpPorts(id))[0]!['fixed_ips'].length === 2)
      expect((await alice.delete(`/v2.0/subnets/${six['id']}`)).status).toBe(204)
      await until(async () => (await dhcpPorts(id))[0]!['fixed_ips'].length === 1)
      expect((await alice.delete(`/v2.0/networks/${id}`)).status).toBe(204)
    })

    it('is moved by hand: what is taken off stays off, and the next host takes over port and address', async () => {
      const { id } = await makeNetwork('10.52.0.0/24')
      await until(async () => (await dhcpPorts(id)).length === 1)
      const [before] = await dhcpPorts(id)
      const all = await list('agents', '?agent_type=DHCP%20agent')
      const from = all.find((a) => a['host'] === before!['binding:host_id'])!
      const to = all.find((a) => a['host'] !== before!['binding:host_id'])!
      const onAgent = async (agent: Item): Promise<string[]> => ((await admin.get<Many>(`/v2.0/agents/${agent['id']}/dhcp-networks`)).body['networks']!).map((n) => n['id'])

      expect(await onAgent(from)).toContain(id)
      expect((await admin.post(`/v2.0/agents/${from['id']}/dhcp-networks`, { network_id: id })).status).toBe(409)
      expect((await admin.delete(`/v2.0/agents/${from['id']}/dhcp-networks/${id}`)).status).toBe(204)
      expect((await admin.delete(`/v2.0/agents/${from['id']}/dhcp-networks/${id}`)).status).toBe(409)
      await bench.settled()
      expect((await admin.get<Many>(`/v2.0/networks/${id}/dhcp-agents`)).body['agents']).toEqual([])
      expect((await dhcpPorts(id))[0]).toMatchObject({ device_id: 'reserved_dhcp_port', 'binding:host_id': '', status: 'DOWN' })

      const added = await admin.post(`/v2.0/agents/${to['id']}/dhcp-networks`, { network_id: id })
      expect([added.status, added.text]).toEqual([201, 'null'])
      expect(await onAgent(to)).toContain(id)
      await until(async () => (await dhcpPorts(id))[0]!['status'] === 'ACTIVE')
      const [after] = await dhcpPorts(id)
      expect(after).toMatchObject({ id: before!['id'], fixed_ips: before!['fixed_ips'], 'binding:host_id': to['host'] })
    })

    it('refuses what is no network, no body and no DHCP agent; a network without subnets may be placed', async () => {
      const [dhcp] = await list('agents', '?agent_type=DHCP%20agent')
      const [l3] = await list('agents', '?agent_type=L3%20agent')
      const bare = await make(alice, 'networks', { name: 'bare' })
      expect((await admin.post(`/v2.0/agents/${dhcp!['id']}/dhcp-networks`, { network_id: crypto.randomUUID() })).status).toBe(404)
      expect((await admin.post(`/v2.0/agents/${l3!['id']}/dhcp-networks`, { network_id: bare['id'] })).status).toBe(404)
      for (const body of [{}, [], { network_id: 7 }, { __proto__: null, network: 1 }]) expect((await admin.post(`/v2.0/agents/${dhcp!['id']}/dhcp-networks`, body)).status).toBe(400)
      expect((await admin.get(`/v2.0/agents/${crypto.randomUUID()}/dhcp-networks`)).status).toBe(404)
      expect((await admin.post(`/v2.0/agents/${dhcp!['id']}/dhcp-networks`, { network_id: bare['id'] })).status).toBe(201)
      bench.nudge('dhcp')
      await bench.settled()
      expect((await admin.get<Many>(`/v2.0/networks/${bare['id']}/dhcp-agents`)).body['agents']).toHaveLength(1)
      expect((await admin.delete(`/v2.0/agents/${dhcp!['id']}/dhcp-networks/${bare['id']}`)).status).toBe(204)
    })
  })

  describe('ports', () => {
    it('become active when they are bound, and compute hears it once', async () => {
      const { id } = await makeNetwork('10.60.0.0/24')
      const port = await boundPort(id, 'h1')
      expect(port).toMatchObject({ status: 'DOWN', 'binding:vif_type': 'bridge' })
      await until(() => heard.some((e) => e.portId === port['id']))
      await bench.settled()
      expect(heard.filter((e) => e.portId === port['id'])).toEqual([{ portId: port['id'], status: 'ACTIVE', deviceId: port['device_id'], host: 'h1' }])
      expect((await show('ports', port['id']))['revision_number']).toBeGreaterThan(port['revision_number'])

      expect((await admin.put(`/v2.0/ports/${port['id']}`, { port: { admin_state_up: false } })).status).toBe(200)
      await until(async () => !(await isActive(port['id'])))
      await until(() => heard.filter((e) => e.portId === port['id']).at(-1)!.status === 'DOWN')
    })

    it('follow their binding to another host', async () => {
      const { id } = await makeNetwork('10.61.0.0/24')
      const port = await boundPort(id, 'h1')
      await until(() => isActive(port['id']))
      expect((await admin.put(`/v2.0/ports/${port['id']}`, { port: { 'binding:host_id': 'h2' } })).status).toBe(200)
      await until(() => heard.some((e) => e.portId === port['id'] && e.host === 'h2' && e.status === 'ACTIVE'))
      expect((await wantedState(bench.context(), { host: 'h1', portIds: [port['id']] })).ports).toEqual([])
      expect((await wantedState(bench.context(), { host: 'h2', portIds: [port['id']] })).ports).toHaveLength(1)
    })

    it('on a host without an agent fail to bind and never become active', async () => {
      const { id } = await makeNetwork('10.62.0.0/24')
      const port = await boundPort(id, 'nowhere')
      expect(port).toMatchObject({ 'binding:vif_type': 'binding_failed', status: 'DOWN' })
      await bench.settled()
      expect(await isActive(port['id'])).toBe(false)
    })

    it('bound by the hundred cost no host a picture of the cloud', async () => {
      const { id } = await makeNetwork('10.63.0.0/22')
      await until(async () => (await dhcpPorts(id)).some((p) => p['status'] === 'ACTIVE'))
      await bench.settled()
      const apply = vi.spyOn(agents.get('h1')!.driver, 'apply')
      // Told together whatever the machine takes to make them: a slow one would otherwise tell of each by itself.
      const told = holdChanges()
      const ports = await Promise.all(Array.from({ length: 100 }, async () => await boundPort(id, 'h1')))
      await until(() => told.late.length >= 100)
      await told.release()
      const ids = new Set(ports.map((p) => p['id']))
      await until(async () => (await list('ports', `?network_id=${id}&status=ACTIVE`)).filter((p) => ids.has(p['id'])).length === 100)
      const scopes = apply.mock.calls.map(([, scope]) => scope)
      apply.mockRestore()
      expect(scopes.length).toBeLessThan(50)
      // Every few minutes a host looks at everything by itself; that may be now.
      expect(scopes.filter((scope) => scope === 'everything').length).toBeLessThan(2)
    })
  })

  describe('the wanted state', () => {
    it('names networks, leases, neighbours and groups of a host, whole and in parts alike', async () => {
      const { id } = await makeNetwork('10.70.0.0/24')
      const here = await boundPort(id, 'h1', { extra_dhcp_opts: [{ opt_name: 'mtu', opt_value: '1400' }], allowed_address_pairs: [{ ip_address: '10.70.0.200' }] })
      const there = await boundPort(id, 'h2')
      await until(async () => (await dhcpPorts(id)).length === 1)
      const [dhcp] = await dhcpPorts(id)
      const whole = await wantedState(bench.context(), { host: 'h1' })
      const net = whole.networks.find((n) => n.id === id)!
      expect(net).toMatchObject({ type: 'vxlan', external: false, remoteTunnelIps: ['10.9.0.2'] })
      expect(net.neighbours).toContainEqual({ macAddress: there['mac_address'], ipAddresses: [there['fixed_ips'][0]!.ip_address], tunnelIp: '10.9.0.2' })
      expect(net.dhcp === null).toBe(dhcp!['binding:host_id'] !== 'h1')
      const served = (await wantedState(bench.context(), { host: dhcp!['binding:host_id'], networkIds: [id] })).networks[0]!
      expect(served.dhcp!.leases).toContainEqual({
        portId: here['id'], macAddress: here['mac_address'], hostname: '', extraDhcpOpts: [{ optName: 'mtu', optValue: '1400', ipVersion: 4 }],
        fixedIps: [{ subnetId: here['fixed_ips'][0]!.subnet_id, ipAddress: here['fixed_ips'][0]!.ip_address, prefixLength: 24 }],
      })
      const port = whole.ports.find((p) => p.id === here['id'])!
      expect(port).toMatchObject({ networkId: id, tapName: `tap${here['id'].slice(0, 11)}`, portSecurityEnabled: true, allowedAddressPairs: [{ ipAddress: '10.70.0.200', macAddress: here['mac_address'] }] })
      const group = whole.securityGroups.find((g) => g.id === port.securityGroupIds[0])!
      expect(group.memberIps).toEqual(expect.arrayContaining(['10.70.0.200', there['fixed_ips'][0]!.ip_address]))

      const part = await wantedState(bench.context(), { host: 'h1', portIds: [here['id']] })
      expect(part).toEqual({ complete: false, networks: [net], ports: [port], securityGroups: [group], routers: [] })
      expect(await wantedState(bench.context(), { host: 'h1', securityGroupIds: [group.id] })).toMatchObject({ complete: false, networks: [], ports: [], securityGroups: [group] })
      expect((await wantedState(bench.context(), { host: 'h3', networkIds: [id] })).networks).toEqual([])
    })

    it('answers the members of a group that only another group lets in', async () => {
      const { id } = await makeNetwork('10.71.0.0/24')
      const inside = await make(alice, 'security-groups', { name: 'inside' })
      const door = await make(alice, 'security-groups', { name: 'door' })
      await make(alice, 'security-group-rules', { security_group_id: door['id'], direction: 'ingress', ethertype: 'IPv4', remote_group_id: inside['id'] })
      const member = await boundPort(id, 'h1', { security_groups: [inside['id']] })
      const part = await wantedState(bench.context(), { host: 'h1', portIds: [member['id']] })
      expect(part.securityGroups).toHaveLength(1)
      expect(part.securityGroups[0]!.memberIps).toEqual([member['fixed_ips'][0]!.ip_address])
    })
  })

  describe('routers', () => {
    async function external(): Promise<{ id: string }> {
      const [known] = await list('networks', '?router:external=True')
      if (known !== undefined) return { id: known['id'] }
      const net = await make(admin, 'networks', { name: 'public', 'router:external': true, 'provider:network_type': 'flat', 'provider:physical_network': 'external' })
      await make(admin, 'subnets', { network_id: net['id'], cidr: '172.24.4.0/24', ip_version: 4, enable_dhcp: false })
      return { id: net['id'] }
    }
    async function routed(cidr: string): Promise<{ routerId: string; networkId: string; subnetId: string; publicId: string }> {
      const { id: publicId } = await external()
      const { id: networkId, subnetId } = await makeNetwork(cidr)
      const router = await make(alice, 'routers', { name: 'r', external_gateway_info: { network_id: publicId } })
      const answer = await alice.put<One>(`/v2.0/routers/${router['id']}/add_router_interface`, { subnet_id: subnetId })
      expect(answer.status, answer.text).toBe(200)
      return { routerId: router['id'], networkId, subnetId, publicId }
    }
    async function routerPorts(routerId: string): Promise<Item[]> { return await list('ports', `?device_id=${routerId}`) }

    it('find a host, their ports come up there, floating IPs become active', async () => {
      const { routerId, networkId, publicId } = await routed('10.80.0.0/24')
      await until(async () => (await routerPorts(routerId)).every((p) => p['status'] === 'ACTIVE'))
      const hosting = (await admin.get<Many>(`/v2.0/routers/${routerId}/l3-agents`)).body['agents']!
      expect(hosting).toHaveLength(1)
      expect(hosting[0]).toMatchObject({ agent_type: 'L3 agent', ha_state: null })
      expect((await routerPorts(routerId)).map((p) => p['binding:host_id'])).toEqual([hosting[0]!['host'], hosting[0]!['host']])
      const port = await boundPort(networkId, 'h1')
      const floating = await make(alice, 'floatingips', { floating_network_id: publicId, port_id: port['id'] })
      await until(async () => (await show('floatingips', floating['id']))['status'] === 'ACTIVE')
      const state = await wantedState(bench.context(), { host: hosting[0]!['host'], routerIds: [routerId] })
      expect(state.routers).toHaveLength(1)
      expect(state.routers[0]).toMatchObject({ id: routerId, adminStateUp: true, gateway: { networkId: publicId, nextHops: ['172.24.4.1'], enableSnat: true } })
      expect(state.routers[0]!.floatingIps).toEqual([{ id: floating['id'], floatingIpAddress: floating['floating_ip_address'], fixedIpAddress: port['fixed_ips'][0]!.ip_address }])
      expect(state.networks.map((n) => n.id).sort()).toEqual([networkId, publicId].sort())
    })

    it('are moved by hand, and stay away from where they were taken', async () => {
      const { routerId, networkId, publicId } = await routed('10.81.0.0/24')
      await until(async () => (await routerPorts(routerId)).every((p) => p['status'] === 'ACTIVE'))
      const floating = await make(alice, 'floatingips', { floating_network_id: publicId, port_id: (await boundPort(networkId, 'h1'))['id'] })
      const floatingIs = async (status: string): Promise<boolean> => (await show('floatingips', floating['id']))['status'] === status
      await until(async () => await floatingIs('ACTIVE'))
      const all = await list('agents', '?agent_type=L3%20agent')
      const host = (await routerPorts(routerId))[0]!['binding:host_id']
      const from = all.find((a) => a['host'] === host)!
      const to = all.find((a) => a['host'] !== host)!
      expect(((await admin.get<Many>(`/v2.0/agents/${from['id']}/l3-routers`)).body['routers']!).map((r) => r['id'])).toContain(routerId)
      expect((await admin.post<One>(`/v2.0/agents/${to['id']}/l3-routers`, { router_id: routerId })).status).toBe(409)
      expect((await admin.post<One>(`/v2.0/agents/${from['id']}/l3-routers`, { router_id: routerId })).status).toBe(201)
      expect((await admin.delete(`/v2.0/agents/${from['id']}/l3-routers/${routerId}`)).status).toBe(204)
      bench.nudge('routers')
      await bench.settled()
      expect((await admin.get<Many>(`/v2.0/routers/${routerId}/l3-agents`)).body['agents']).toEqual([])
      expect(await show('floatingips', floating['id'])).toMatchObject({ status: 'DOWN', router_id: routerId })
      expect((await wantedState(bench.context(), { host: host as string, routerIds: [routerId] })).routers).toEqual([])
      expect((await admin.post<One>(`/v2.0/agents/${to['id']}/l3-routers`, { router_id: routerId })).status).toBe(201)
      await until(async () => (await routerPorts(routerId)).every((p) => p['status'] === 'ACTIVE' && p['binding:host_id'] === to['host']))
      await until(async () => await floatingIs('ACTIVE'))
      await markFloatingIps(bench.context(), host as string, [floating['id']], 'DOWN') // a late word of the host it was on
      expect(await floatingIs('ACTIVE')).toBe(true)
      expect((await admin.post<One>(`/v2.0/agents/${to['id']}/l3-routers`, { router_id: crypto.randomUUID() })).status).toBe(404)
    })

    it('tell who has an address behind them, when it is one', async () => {
      const { routerId, networkId } = await routed('10.82.0.0/24')
      const port = await boundPort(networkId, 'h2')
      const { networkHostContract, NETWORK_HOST_API } = await import('../agent/network-agent.contract.ts')
      const { agentClient } = await import('#core/agents/contract.ts')
      const control = agentClient(bench.bus, networkHostContract, NETWORK_HOST_API)
      const owner = { portId: port['id'], deviceId: port['device_id'], projectId: 'alpha' }
      expect(await control.portByAddress({ ipAddress: port['fixed_ips'][0]!.ip_address, routerId })).toEqual(owner)
      expect(await control.portByAddress({ ipAddress: port['fixed_ips'][0]!.ip_address, networkId })).toEqual(owner)
      expect(await control.portByAddress({ ipAddress: '10.82.0.250', networkId })).toBeNull()
      expect(await control.portByAddress({ ipAddress: 'no address', networkId })).toBeNull()
      expect(await control.portByAddress({ ipAddress: port['fixed_ips'][0]!.ip_address })).toBeNull()
    })
  })
})
