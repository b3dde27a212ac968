/**
 * Revision numbers as release Zed counts them: where each resource begins, and what of another resource counts as a
 * change of one. Every number here was read off the reference.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { change, make, makeExternal, makeNetwork, show, startNetworkBench, type Json, type NetworkBench } from '../testing/network-bench.ts'

describe('revision numbers', () => {
  let bench: NetworkBench
  beforeAll(async () => { bench = await startNetworkBench() })
  afterAll(() => bench.stop())

  const revision = async (kind: string, id: string): Promise<unknown> => (await show(bench.admin, kind, id))['revision_number']
  const portsWith = async (query: string): Promise<Json[]> => (await bench.admin.get<{ ports: Json[] }>(`/v2.0/ports?${query}`)).body.ports
  const plug = async (verb: 'add' | 'remove', routerId: string, leg: Record<string, unknown>): Promise<void> => {
    expect((await bench.alice.put(`/v2.0/routers/${routerId}/${verb}_router_interface`, leg)).status).toBe(200)
  }
  const slaac = (networkId: string, cidr: string): Promise<Json> => make(bench.alice, 'subnet', { network_id: networkId, cidr, ip_version: 6, ipv6_address_mode: 'slaac', ipv6_ra_mode: 'slaac' })

  it('begin at 0 for what is written in one piece, at 1 for what is made of parts', async () => {
    const { network, subnet } = await makeNetwork(bench.alice)
    const external = await makeExternal(bench.admin)
    const group = await make(bench.alice, 'security_group', { name: 'g' })
    const first = {
      network, subnet, group, external: external.network,
      typed: await make(bench.alice, 'subnet', { network_id: network.id, cidr: '10.0.1.0/24', ip_version: 4, service_types: ['compute:nova'] }),
      port: await make(bench.alice, 'port', { network_id: network.id }),
      bare: await make(bench.alice, 'port', { network_id: network.id, fixed_ips: [], security_groups: [] }),
      rule: await make(bench.alice, 'security_group_rule', { security_group_id: group.id, direction: 'ingress' }),
      ownRule: (group['security_group_rules'] as Json[])[0]!,
      pool: await make(bench.alice, 'subnetpool', { name: 'p', prefixes: ['10.9.0.0/16'] }),
      router: await make(bench.alice, 'router', {}),
      gateway: await make(bench.alice, 'router', { external_gateway_info: { network_id: external.network.id } }),
      floating: await make(bench.alice, 'floatingip', { floating_network_id: external.network.id }),
    }
    expect(Object.fromEntries(Object.entries(first).map(([name, made]) => [name, made['revision_number']]))).toEqual({
      network: 1, subnet: 0, group: 1, external: 1, typed: 1, port: 1, bare: 1, rule: 0, ownRule: 0, pool: 0, router: 1, gateway: 3, floating: 0,
    })
    expect((await portsWith(`device_id=${first.floating.id}`)).map((p) => p['revision_number'])).toEqual([2])
    expect((await portsWith(`device_id=${first.gateway.id}`)).map((p) => p['revision_number'])).toEqual([1])
  })

  it('count each part of a change of a router\'s gateway', async () => {
    const { network: external } = await makeExternal(bench.admin, '203.0.112.0/24')
    const { network: other } = await makeExternal(bench.admin, '203.0.111.0/24')
    const router = await make(bench.admin, 'router', {})
    const gateway = async (info: Record<string, unknown> | null, more = {}): Promise<unknown> => (await change(bench.admin, 'router', router.id, { external_gateway_info: info, ...more }))['revision_number']
    expect(await gateway({ network_id: external.id })).toBe(3)
    const [port] = await portsWith(`device_id=${router.id}`)
    expect(await gateway({ network_id: external.id, enable_snat: false })).toBe(4)
    expect(await revision('port', port!.id)).toBe(1)
    expect(await gateway({ network_id: external.id, external_fixed_ips: [{ ip_address: '203.0.112.200' }] })).toBe(5)
    expect(await revision('port', port!.id)).toBe(2)
    expect(await gateway({ network_id: external.id }, { name: 'named' })).toBe(7)
    expect(await gateway({ network_id: other.id })).toBe(11)
    expect(await gateway(null)).toBe(14)
    expect(await gateway(null)).toBe(15)
  })

  it('tell of an address that a gateway got with a new subnet', async () => {
    const { network: external } = await makeExternal(bench.admin, '203.0.110.0/24')
    const router = await make(bench.alice, 'router', { external_gateway_info: { network_id: external.id } })
    await make(bench.admin, 'subnet', { network_id: external.id, cidr: 'fd01::/64', ip_version: 6 })
    expect(await revision('router', router.id)).toBe(4)
    expect((await portsWith(`device_id=${router.id}`)).map((p) => p['revision_number'])).toEqual([2])
  })

  it('tell of a router\'s legs, and of the addresses that come and go on them', async () => {
    const { network, subnet } = await makeNetwork(bench.alice)
    const router = await make(bench.alice, 'router', {})
    await plug('add', router.id, { subnet_id: subnet.id })
    expect(await revision('router', router.id)).toBe(2)
    expect((await portsWith(`network_id=${network.id}`)).map((p) => p['revision_number'])).toEqual([2])
    const { network: mine, subnet: inside } = await makeNetwork(bench.alice, '10.1.0.0/24')
    const port = await make(bench.alice, 'port', { network_id: mine.id, fixed_ips: [{ subnet_id: inside.id }] })
    await plug('add', router.id, { port_id: port.id })
    expect(await revision('port', port.id)).toBe(3)
    const six = await make(bench.alice, 'network', {})
    const [one, two] = [await slaac(six.id, 'fd10::/64'), await slaac(six.id, 'fd11::/64')]
    await plug('add', router.id, { subnet_id: one.id })
    const [leg] = await portsWith(`network_id=${six.id}`)
    await plug('add', router.id, { subnet_id: two.id })
    expect(await revision('port', leg!.id)).toBe(3)
    await plug('remove', router.id, { subnet_id: two.id })
    expect(await revision('port', leg!.id)).toBe(4)
  })

  it('tell of the addresses that ports get by themselves, and lose with their subnet', async () => {
    const { network } = await makeNetwork(bench.alice)
    const port = await make(bench.alice, 'port', { network_id: network.id })
    const subnet = await slaac(network.id, 'fd03::/64')
    expect(await revision('port', port.id)).toBe(3)
    expect((await bench.alice.delete(`/v2.0/subnets/${subnet.id}`)).status).toBe(204)
    expect(await revision('port', port.id)).toBe(4)
    expect(await revision('network', network.id)).toBe(4)
  })

  it('tell whom a network is shared with', async () => {
    const network = await make(bench.alice, 'network', {})
    const shared = await make(bench.alice, 'rbac_policy', { object_type: 'network', object_id: network.id, action: 'access_as_shared', target_tenant: 'beta' })
    expect(await revision('network', network.id)).toBe(2)
    await change(bench.alice, 'rbac_policy', shared.id, { target_tenant: 'gamma' })
    expect(await revision('network', network.id)).toBe(3)
    await bench.alice.delete(`/v2.0/rbac-policies/${shared.id}`)
    expect(await revision('network', network.id)).toBe(4)
    const external = await make(bench.admin, 'rbac_policy', { object_type: 'network', object_id: network.id, action: 'access_as_external', target_tenant: 'beta' })
    expect(await revision('network', network.id)).toBe(6)
    await bench.admin.delete(`/v2.0/rbac-policies/${external.id}`)
    expect(await revision('network', network.id)).toBe(8)
  })

  it('leave a pool as it is when a subnet is taken out of it', async () => {
    const pool = await make(bench.alice, 'subnetpool', { name: 'p', prefixes: ['10.20.0.0/16'], default_prefixlen: 24 })
    const network = await make(bench.alice, 'network', {})
    const made = await make(bench.alice, 'subnet', { network_id: network.id, subnetpool_id: pool.id, ip_version: 4 })
    expect([made['revision_number'], await show(bench.alice, 'subnetpool', pool.id)]).toEqual([0, pool])
  })

  it('tell a floating IP that its port is gone', async () => {
    const external = await makeExternal(bench.admin, '203.0.109.0/24')
    const { network, subnet } = await makeNetwork(bench.alice)
    const router = await make(bench.alice, 'router', { external_gateway_info: { network_id: external.network.id } })
    await plug('add', router.id, { subnet_id: subnet.id })
    const port = await make(bench.alice, 'port', { network_id: network.id })
    const floating = await make(bench.alice, 'floatingip', { floating_network_id: external.network.id, port_id: port.id })
    expect(floating['revision_number']).toBe(0)
    expect((await bench.alice.delete(`/v2.0/ports/${port.id}`)).status).toBe(204)
    expect(await show(bench.alice, 'floatingip', floating.id)).toMatchObject({ port_id: null, revision_number: 1 })
  })
})
