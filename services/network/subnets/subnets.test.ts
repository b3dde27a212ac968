/** Subnets, the pools they come from, and how many addresses are left. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { change, make, makeExternal, makeNetwork, refusal, show, startNetworkBench, type Json, type NetworkBench } from '../testing/network-bench.ts'

describe('subnets', () => {
  let bench: NetworkBench
  let network: Json
  beforeAll(async () => {
    bench = await startNetworkBench()
    network = await make(bench.alice, 'network', {})
  })
  afterAll(() => bench.stop())

  it('fill in gateway and pools around it', async () => {
    const subnet = await make(bench.alice, 'subnet', { network_id: network.id, ip_version: 4, cidr: '10.10.0.0/24', gateway_ip: '10.10.0.100' })
    expect(subnet).toMatchObject({ gateway_ip: '10.10.0.100', allocation_pools: [{ start: '10.10.0.1', end: '10.10.0.99' }, { start: '10.10.0.101', end: '10.10.0.254' }] })
    expect((await show(bench.alice, 'network', network.id))['subnets']).toEqual([subnet.id])
    const bare = await make(bench.alice, 'subnet', { network_id: network.id, ip_version: 4, cidr: '10.11.0.0/24', gateway_ip: null })
    expect(bare).toMatchObject({ gateway_ip: null, allocation_pools: [{ start: '10.11.0.1', end: '10.11.0.254' }] })
    const six = await make(bench.alice, 'subnet', { network_id: network.id, ip_version: 6, cidr: '2001:0db8:0:0::/64' })
    expect(six).toMatchObject({ cidr: '2001:db8::/64', gateway_ip: '2001:db8::', allocation_pools: [{ start: '2001:db8::1', end: '2001:db8::ffff:ffff:ffff:ffff' }] })
    expect(await make(bench.alice, 'subnet', { network_id: network.id, ip_version: 4, cidr: '10.13.0.0/24', service_types: ['compute:nova'] })).toMatchObject({ service_types: ['compute:nova'] })
    expect(await make(bench.alice, 'subnet', { network_id: network.id, ip_version: 4, cidr: '10.12.0.0/24', allocation_pools: [] })).toMatchObject({ allocation_pools: [{ start: '10.12.0.2', end: '10.12.0.254' }] })
    expect(await change(bench.alice, 'subnet', bare.id, { gateway_ip: '10.11.0.254', allocation_pools: [{ start: '10.11.0.10', end: '10.11.0.20' }], dns_nameservers: ['9.9.9.9'], host_routes: [{ destination: '192.0.2.0/24', nexthop: '10.11.0.3' }] }))
      .toMatchObject({ gateway_ip: '10.11.0.254', dns_nameservers: ['9.9.9.9'], host_routes: [{ destination: '192.0.2.0/24', nexthop: '10.11.0.3' }] })
  })

  it.each([
    [{ cidr: '10.10.0.128/25' }, '400 InvalidInput'],
    [{ cidr: '10.20.0.0/24', allocation_pools: [{ start: '10.20.0.1', end: '10.20.0.300' }] }, '400 HTTPBadRequest'],
    [{ cidr: '10.20.0.0/24', allocation_pools: [{ start: '10.20.0.9', end: '10.20.0.2' }] }, '400 InvalidAllocationPool'],
    [{ cidr: '10.20.0.0/24', allocation_pools: [{ start: '10.20.0.2', end: '10.21.0.2' }] }, '400 OutOfBoundsAllocationPool'],
    [{ cidr: '10.20.0.0/24', allocation_pools: [{ start: '10.20.0.2', end: '10.20.0.9' }, { start: '10.20.0.9', end: '10.20.0.12' }] }, '409 OverlappingAllocationPools'],
    [{ cidr: '10.20.0.0/24', gateway_ip: '10.20.0.5', allocation_pools: [{ start: '10.20.0.2', end: '10.20.0.9' }] }, '409 GatewayConflictWithAllocationPools'],
    [{ cidr: '10.20.0.0/24', gateway_ip: '10.20.0.0' }, '400 InvalidInput'],
    [{ cidr: '10.20.0.0/31' }, '400 InvalidInput'],
    [{ cidr: '2001:db8:9::/64' }, '400 InvalidInput'],
    [{ cidr: '10.20.0.0/24', ipv6_ra_mode: 'slaac' }, '400 InvalidInput'],
    [{ ip_version: 6, cidr: '2001:db8:9::/80', ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' }, '400 InvalidInput'],
    [{ ip_version: 6, cidr: '2001:db8:9::/64', ipv6_ra_mode: 'slaac', ipv6_address_mode: 'dhcpv6-stateful' }, '400 InvalidInput'],
    [{ cidr: '10.20.0.0/24', dns_nameservers: ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4', '1.1.1.5', '1.1.1.6'] }, '400 DNSNameServersExhausted'],
    [{ cidr: '10.20.0.0/24', service_types: ['nonsense'] }, '400 InvalidSubnetServiceType'],
    [{}, '400 BadRequest'],
  ])('refuse %j', async (item, expected) => {
    expect(refusal(await bench.admin.post('/v2.0/subnets', { subnet: { network_id: network.id, ip_version: 4, ...item } }))).toBe(expected)
  })

  it('come out of pools, which grow, shrink and hold address scopes', async () => {
    const scope = await make(bench.alice, 'address_scope', { name: 's', ip_version: 4 })
    const pool = await make(bench.alice, 'subnetpool', { name: 'p', prefixes: ['10.64.0.0/24', '10.64.1.0/24'], min_prefixlen: 26, default_prefixlen: 26, address_scope_id: scope.id })
    expect(pool).toMatchObject({ prefixes: ['10.64.0.0/23'], min_prefixlen: 26, max_prefixlen: 32, ip_version: 4 })
    const home = await make(bench.alice, 'network', {})
    const first = await make(bench.alice, 'subnet', { network_id: home.id, ip_version: 4, subnetpool_id: pool.id })
    const second = await make(bench.alice, 'subnet', { network_id: home.id, ip_version: 4, subnetpool_id: pool.id, prefixlen: 28 })
    expect([first['cidr'], second['cidr']]).toEqual(['10.64.0.0/26', '10.64.0.64/28'])
    expect(await show(bench.alice, 'network', home.id)).toMatchObject({ ipv4_address_scope: scope.id, ipv6_address_scope: null })
    const asked = { network_id: home.id, ip_version: 4, subnetpool_id: pool.id }
    expect(refusal(await bench.alice.post('/v2.0/subnets', { subnet: { ...asked, prefixlen: 24 } }))).toBe('400 MinPrefixSubnetAllocationError')
    expect(refusal(await bench.alice.post('/v2.0/subnets', { subnet: { ...asked, cidr: '10.64.0.0/27' } }))).toBe('409 SubnetAllocationError')
    expect(refusal(await bench.alice.post('/v2.0/subnets', { subnet: { network_id: home.id, ip_version: 4, cidr: '172.16.0.0/24' } }))).toBe('400 NetworkAddressScopeAffinityError')
    expect(refusal(await bench.alice.delete(`/v2.0/subnetpools/${pool.id}`))).toBe('400 SubnetPoolDeleteError')
    expect(refusal(await bench.alice.put(`/v2.0/subnetpools/${pool.id}`, { subnetpool: { default_quota: null } }))).toBe('400 InvalidInput')
    expect((await bench.alice.put(`/v2.0/subnetpools/${pool.id}/add_prefixes`, { prefixes: ['10.65.0.0/24'] })).body).toEqual({ prefixes: ['10.64.0.0/23', '10.65.0.0/24'] })
    expect(refusal(await bench.alice.put(`/v2.0/subnetpools/${pool.id}/remove_prefixes`, { prefixes: ['10.64.0.0/26'] }))).toBe('400 IllegalSubnetPoolPrefixUpdate')
    expect((await bench.alice.put(`/v2.0/subnetpools/${pool.id}/remove_prefixes`, { prefixes: ['10.64.1.0/24'] })).body).toEqual({ prefixes: ['10.64.0.0/24', '10.65.0.0/24'] })
    expect(refusal(await bench.alice.post('/v2.0/subnetpools', { subnetpool: { name: 'q', prefixes: ['10.65.0.0/16'], address_scope_id: scope.id } }))).toBe('409 AddressScopePrefixConflict')
    expect(refusal(await bench.alice.delete(`/v2.0/address-scopes/${scope.id}`))).toBe('409 AddressScopeInUse')
  })

  it('tell how many addresses are left, exactly', async () => {
    const { network: counted } = await makeNetwork(bench.alice, '10.30.0.0/28')
    await make(bench.alice, 'subnet', { network_id: counted.id, ip_version: 6, cidr: '2001:db8:5::/64' })
    await make(bench.alice, 'port', { network_id: counted.id })
    const answer = await bench.admin.get(`/v2.0/network-ip-availabilities/${counted.id}`)
    expect(answer.status).toBe(200)
    expect(answer.text).toContain('"total_ips":18446744073709551628')
    expect(answer.text).toContain('"used_ips":2')
    expect(refusal(await bench.alice.get(`/v2.0/network-ip-availabilities/${counted.id}`))).toBe('404 HTTPNotFound')
  })

  it('are made for who names none', async () => {
    expect(refusal(await bench.alice.get('/v2.0/auto-allocated-topology/alpha'))).toBe('409 AutoAllocationFailure')
    const external = await makeExternal(bench.admin)
    await change(bench.admin, 'network', external.network.id, { is_default: true })
    await make(bench.admin, 'subnetpool', { name: 'default', prefixes: ['10.200.0.0/16'], default_prefixlen: 26, is_default: true, shared: true })
    expect((await bench.alice.get<{ auto_allocated_topology: Json }>('/v2.0/auto-allocated-topology/None?fields=dry-run')).body.auto_allocated_topology.id).toBe('dry-run=pass')
    const asked = await Promise.all([1, 2, 3].map(() => bench.alice.get<{ auto_allocated_topology: Json }>('/v2.0/auto-allocated-topology/alpha')))
    expect(asked.map((a) => a.status)).toEqual([200, 200, 200])
    expect(new Set(asked.map((a) => a.body.auto_allocated_topology.id)).size).toBe(1)
    const made = await show(bench.alice, 'network', asked[0]!.body.auto_allocated_topology.id)
    expect(made).toMatchObject({ name: 'auto_allocated_network', admin_state_up: true })
    expect((await bench.alice.delete('/v2.0/auto-allocated-topology/alpha')).status).toBe(204)
    expect(refusal(await bench.alice.get(`/v2.0/networks/${made.id}`))).toBe('404 NetworkNotFound')
  })
})
