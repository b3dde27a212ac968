/** Many at once: no address, MAC or group twice, on either database. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { make, makeExternal, makeNetwork, refusal, startNetworkBench, type Json, type NetworkBench } from '../testing/network-bench.ts'

describe.each(databases)('on %s', (_name, locate) => {
  let bench: NetworkBench
  beforeAll(async () => { bench = await startNetworkBench({ database: await locate() }) })
  afterAll(() => bench.stop())

  it('forty ports made at once have forty addresses', async () => {
    const { network } = await makeNetwork(bench.alice, '10.1.0.0/24')
    const made = await Promise.all(Array.from({ length: 40 }, () => make(bench.alice, 'port', { network_id: network.id })))
    const addresses = made.map((p) => (p['fixed_ips'] as { ip_address: string }[])[0]!.ip_address)
    expect(new Set(addresses).size).toBe(40)
    expect(new Set(made.flatMap((p) => p['security_groups'] as string[])).size).toBe(1)
  })

  it('of eight who want one address, one gets it', async () => {
    const { network } = await makeNetwork(bench.alice, '10.2.0.0/24')
    const answers = await Promise.all(Array.from({ length: 8 }, () => bench.alice.post<{ port: Json }>('/v2.0/ports', { port: { network_id: network.id, fixed_ips: [{ ip_address: '10.2.0.77' }] } })))
    expect(answers.filter((a) => a.status === 201)).toHaveLength(1)
    expect(answers.filter((a) => a.status !== 201).map(refusal)).toEqual(Array.from({ length: 7 }, () => '409 IpAddressAlreadyAllocated'))
    const ports = await bench.alice.get<{ ports: Json[] }>(`/v2.0/ports?network_id=${network.id}`)
    expect(ports.body.ports).toHaveLength(1)
  })

  it('overlapping subnets of one network do not both come to be', async () => {
    const network = await make(bench.alice, 'network', {})
    const answers = await Promise.all(['10.3.0.0/24', '10.3.0.0/25', '10.3.0.0/16'].map((cidr) => bench.alice.post('/v2.0/subnets', { subnet: { network_id: network.id, cidr, ip_version: 4 } })))
    expect(answers.map((a) => a.status).sort()).toEqual([201, 400, 400])
  })

  it('a quota holds however many ask', async () => {
    await bench.admin.put('/v2.0/quotas/alpha', { quota: { router: 3 } })
    const answers = await Promise.all(Array.from({ length: 8 }, () => bench.alice.post('/v2.0/routers', { router: {} })))
    expect(answers.filter((a) => a.status === 201)).toHaveLength(3)
    await bench.admin.delete('/v2.0/quotas/alpha')
  })

  it('one floating IP leads to an address, and a router joins a subnet once', async () => {
    const external = await makeExternal(bench.admin)
    const { network, subnet } = await makeNetwork(bench.alice, '10.4.0.0/24')
    const router = await make(bench.alice, 'router', { external_gateway_info: { network_id: external.network.id } })
    const legs = await Promise.all(Array.from({ length: 4 }, () => bench.alice.put(`/v2.0/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id })))
    expect(legs.map((l) => l.status).sort()).toEqual([200, 400, 400, 400])
    const port = await make(bench.alice, 'port', { network_id: network.id })
    const answers = await Promise.all(Array.from({ length: 4 }, () => bench.alice.post('/v2.0/floatingips', { floatingip: { floating_network_id: external.network.id, port_id: port.id } })))
    expect(answers.map((a) => a.status).sort(), answers.map((a) => a.text).join()).toEqual([201, 409, 409, 409])
  })

  it('a network does not go while a port comes', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      const { network } = await makeNetwork(bench.alice, '10.5.0.0/24')
      const [gone, ...ports] = await Promise.all([bench.alice.delete(`/v2.0/networks/${network.id}`), ...Array.from({ length: 3 }, () => bench.alice.post('/v2.0/ports', { port: { network_id: network.id } }))])
      const made = ports.filter((p) => p.status === 201).length
      expect([204, 409]).toContain(gone!.status)
      for (const port of ports) expect([201, 404]).toContain(port.status)
      if (gone!.status === 204) expect(made).toBe(0)
    }
  })
})
