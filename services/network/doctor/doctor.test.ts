/** What doctor finds and mends, and what `why` tells, on a cloud with one host that may fall silent. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Problem } from '#core/service/explain.ts'
import { databases } from '#testkit/databases.ts'
import { recordHeartbeat } from '../agents/record-heartbeat.ts'
import { make, makeExternal, makeNetwork, startNetworkBench, type NetworkBench } from '../testing/network-bench.ts'
import { networkChecks } from './checks.ts'
import { explain } from './explain.ts'

const AGENTS = [
  { binary: 'neutron-linuxbridge-agent', agentType: 'Linux bridge agent', topic: 'N/A', configurations: { tunnel_types: ['vxlan'], bridge_mappings: { external: 'br-ex', provider: 'br-ex' } } },
  { binary: 'neutron-dhcp-agent', agentType: 'DHCP agent', topic: 'dhcp_agent', configurations: {} },
  { binary: 'neutron-l3-agent', agentType: 'L3 agent', topic: 'l3_agent', configurations: {} },
]

describe.each(databases)('doctor on %s', (_name, locate) => {
  let bench: NetworkBench
  let nowMs = Date.parse('2026-05-01T10:00:00Z')

  beforeAll(async () => {
    const clock = { now: () => nowMs, after: (delayMs: number, task: () => void) => { const timer = setTimeout(task, delayMs); return () => { clearTimeout(timer) } } }
    bench = await startNetworkBench({ database: await locate(), clock })
  })
  afterAll(() => bench.stop())

  async function heartbeat(): Promise<void> {
    await recordHeartbeat(bench.context(), { host: 'h1', agents: AGENTS, tunnelIp: '10.9.0.1', startedAt: new Date(nowMs).toISOString() })
    await bench.settled()
  }
  async function run(name: string, repair = false): Promise<Problem[]> {
    return await networkChecks.find((c) => c.name === name)!.run(bench.context(), repair)
  }

  it('finds networks and routers without a host, and places them when there is one', async () => {
    const { network, subnet } = await makeNetwork(bench.alice, '10.1.0.0/24')
    const router = await make(bench.alice, 'router', { name: 'r' })
    await bench.alice.put(`/v2.0/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id })
    await bench.settled()
    expect(await run('dhcp-served', true)).toMatchObject([{ kind: 'unserved-network', id: network.id, repairable: true, repaired: false }])
    expect(await run('routers-hosted')).toMatchObject([{ kind: 'hostless-router', id: router.id }])
    expect(await explain(bench.context(), network.id)).toMatchObject({ type: 'network', problem: 'No host serves its DHCP.' })
    expect(await explain(bench.context(), router.id)).toMatchObject({ type: 'router', problem: 'No host runs it.' })
    await heartbeat()
    expect(await run('dhcp-served')).toEqual([])
    expect(await run('routers-hosted')).toEqual([])
    expect((await explain(bench.context(), network.id))!.problem).toBeUndefined()
    const dhcp = (await bench.admin.get<{ ports: { id: string }[] }>(`/v2.0/ports?network_id=${network.id}&device_owner=network:dhcp`)).body.ports[0]!
    expect((await explain(bench.context(), dhcp.id))!.related).toEqual([{ type: 'network', id: network.id }])
    const leg = (await bench.admin.get<{ ports: { id: string }[] }>(`/v2.0/ports?device_id=${router.id}`)).body.ports[0]!
    expect((await explain(bench.context(), leg.id))!.related).toEqual([{ type: 'network', id: network.id }, { type: 'router', id: router.id }])
  })

  it('tells of a subnet, and when it has no address left', async () => {
    const { network, subnet } = await makeNetwork(bench.alice, '10.9.0.0/24')
    await bench.alice.put(`/v2.0/subnets/${subnet.id}`, { subnet: { allocation_pools: [{ start: '10.9.0.10', end: '10.9.0.19' }], enable_dhcp: false } })
    await bench.settled()
    const taken = (await explain(bench.context(), subnet.id))!
    const addresses = taken.facts.find(([label]) => label === 'addresses')![1]
    expect(taken).toMatchObject({ type: 'subnet', related: [{ type: 'network', id: network.id }], facts: expect.arrayContaining([['range', '10.9.0.0/24, gateway 10.9.0.1'], ['DHCP', 'off']]) as object })
    expect(taken.problem).toBeUndefined()
    expect(addresses).toMatch(/^\d+ taken, (9|10) of the pools free$/)
    await bench.alice.put(`/v2.0/subnets/${subnet.id}`, { subnet: { allocation_pools: [{ start: '10.9.0.100', end: '10.9.0.100' }] } })
    await make(bench.alice, 'port', { network_id: network.id, fixed_ips: [{ ip_address: '10.9.0.100' }] })
    expect(await explain(bench.context(), subnet.id)).toMatchObject({ status: 'in use', problem: 'No address of its pools is free.' })
    expect((await explain(bench.context(), network.id))!.related).toContainEqual({ type: 'subnet', id: subnet.id })
  })

  it('finds what is on a host that fell silent', async () => {
    await heartbeat()
    const { network } = await makeNetwork(bench.alice, '10.2.0.0/24')
    const port = await make(bench.admin, 'port', { network_id: network.id, device_owner: 'compute:nova', device_id: 'server-1', 'binding:host_id': 'h1' })
    await bench.settled()
    expect(await run('ports-on-live-hosts')).toEqual([])
    expect(await explain(bench.context(), port.id)).toMatchObject({ type: 'port', status: 'DOWN', problem: 'h1 has not reported it as wired.' })
    nowMs += 200_000
    const silent = await run('ports-on-live-hosts')
    expect(silent.map((p) => p.id)).toContain(port.id)
    expect(silent[0]!.sentence).toContain('silent since')
    expect((await run('dhcp-served')).map((p) => p.id)).toContain(network.id)
    expect(await explain(bench.context(), port.id)).toMatchObject({ problem: 'The network agent on h1 is silent.' })
    await heartbeat()
    expect(await run('ports-on-live-hosts')).toEqual([])
  })

  it('mends rows that speak of what is gone', async () => {
    const db = bench.context().db
    await db.insertInto('dhcp_bindings').values({ network_id: 'gone', agent_id: 'nobody' }).execute()
    await db.insertInto('router_bindings').values({ router_id: 'gone', agent_id: 'nobody' }).execute()
    expect((await run('no-loose-ends')).map((p) => p.kind).sort()).toEqual(['dhcp-by-nobody', 'dhcp-of-nothing', 'router-by-nobody', 'router-of-nothing'])
    expect((await run('no-loose-ends', true)).every((p) => p.repaired)).toBe(true)
    expect(await run('no-loose-ends')).toEqual([])
  })

  it('frees floating IPs that stand for nobody', async () => {
    await heartbeat()
    const { network: outside } = await makeExternal(bench.admin)
    const floating = await make(bench.alice, 'floatingip', { floating_network_id: outside.id })
    expect(await run('floating-ips-whole')).toEqual([])
    await bench.context().db.updateTable('floating_ips').set({ fixed_port_id: 'gone', fixed_ip_address: '10.0.0.9' }).where('id', '=', floating.id).execute()
    expect(await run('floating-ips-whole', true)).toMatchObject([{ kind: 'floating-ip-to-nowhere', id: floating.id, repaired: true }])
    expect(await run('floating-ips-whole')).toEqual([])
    expect(await explain(bench.context(), floating.id)).toMatchObject({ type: 'floating IP', name: floating['floating_ip_address'] })
    expect(await explain(bench.context(), crypto.randomUUID())).toBeUndefined()
  })
})
