/** Ports: addresses, security, binding, who may ask for what. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { change, make, makeNetwork, refusal, show, startNetworkBench, type Json, type NetworkBench } from '../testing/network-bench.ts'

describe('ports', () => {
  let bench: NetworkBench
  beforeAll(async () => { bench = await startNetworkBench() })
  afterAll(() => bench.stop())

  const addresses = (port: Json): string[] => (port['fixed_ips'] as { ip_address: string }[]).map((f) => f.ip_address)

  it('get the lowest free address, a MAC of ours, the default group', async () => {
    const { network } = await makeNetwork(bench.alice, '10.1.0.0/24')
    const first = await make(bench.alice, 'port', { network_id: network.id })
    expect(addresses(first)).toEqual(['10.1.0.2'])
    expect(first['mac_address']).toMatch(/^fa:16:3e(:[0-9a-f]{2}){3}$/)
    expect(first).toMatchObject({ status: 'DOWN', port_security_enabled: true, ip_allocation: 'immediate', device_id: '', device_owner: '' })
    expect(first['security_groups']).toHaveLength(1)
    expect(first).not.toHaveProperty('binding:host_id')
    await make(bench.alice, 'port', { network_id: network.id })
    await bench.alice.delete(`/v2.0/ports/${first.id}`)
    expect(addresses(await make(bench.alice, 'port', { network_id: network.id }))).toEqual(['10.1.0.2'])
  })

  it('get the address that was asked for, once', async () => {
    const { network, subnet } = await makeNetwork(bench.alice, '10.2.0.0/29')
    const asked = { network_id: network.id, fixed_ips: [{ subnet_id: subnet.id, ip_address: '10.2.0.4' }] }
    expect(addresses(await make(bench.alice, 'port', asked))).toEqual(['10.2.0.4'])
    expect(refusal(await bench.alice.post('/v2.0/ports', { port: asked }))).toBe('409 IpAddressAlreadyAllocated')
    expect(refusal(await bench.alice.post('/v2.0/ports', { port: { network_id: network.id, fixed_ips: [{ ip_address: '192.0.2.1' }] } }))).toBe('400 InvalidIpForNetwork')
    expect(refusal(await bench.alice.post('/v2.0/ports', { port: { network_id: network.id, fixed_ips: [{ subnet_id: subnet.id, ip_address: '10.2.0.7' }] } }))).toBe('400 InvalidIpForSubnet')
    expect(addresses(await make(bench.alice, 'port', { network_id: network.id, fixed_ips: [] }))).toEqual([])
    for (let left = 4; left > 0; left -= 1) await make(bench.alice, 'port', { network_id: network.id })
    const none = await bench.alice.post<{ NeutronError: { message: string; detail: string } }>('/v2.0/ports', { port: { network_id: network.id } })
    expect(refusal(none)).toBe('409 IpAddressGenerationFailure')
    expect(none.body.NeutronError.message).toBe(`No more IP addresses available on network ${network.id}.`)
    expect(none.body.NeutronError.detail).toBe(`Subnet ${subnet.id} (10.2.0.0/29): all 5 addresses of its allocation pools are taken. Delete a port that has one, or widen the pools.`)
  })

  it('say how much of a quota is used when it is full', async () => {
    await bench.admin.put('/v2.0/quotas/alpha', { quota: { router: 2 } })
    await make(bench.alice, 'router', {})
    const over = await bench.alice.post<{ NeutronError: { message: string; detail: string } }>('/v2.0/routers', { routers: [{}, {}] })
    await bench.admin.delete('/v2.0/quotas/alpha')
    expect(refusal(over)).toBe('409 OverQuota')
    expect(over.body.NeutronError.message).toBe("Quota exceeded for resources: ['router'].")
    expect(over.body.NeutronError.detail).toBe('router: 1 of 2 are in use and 2 more were asked for. Delete what is not needed, or have an administrator raise the limit.')
  })

  it('make their own IPv6 address where hosts do', async () => {
    const network = await make(bench.alice, 'network', {})
    await make(bench.alice, 'subnet', { network_id: network.id, ip_version: 6, cidr: '2001:db8:1::/64', ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' })
    const port = await make(bench.alice, 'port', { network_id: network.id, mac_address: 'FA-16-3E-01-02-03' })
    expect(port['mac_address']).toBe('fa:16:3e:01:02:03')
    expect(addresses(port)).toEqual(['2001:db8:1:0:f816:3eff:fe01:203'])
    const later = await make(bench.alice, 'subnet', { network_id: network.id, ip_version: 6, cidr: '2001:db8:2::/64', ipv6_ra_mode: 'dhcpv6-stateless', ipv6_address_mode: 'dhcpv6-stateless' })
    expect(addresses(await show(bench.alice, 'port', port.id))).toEqual(['2001:db8:1:0:f816:3eff:fe01:203', '2001:db8:2:0:f816:3eff:fe01:203'])
    const taken = { port: { network_id: network.id, fixed_ips: [{ subnet_id: later.id, ip_address: '2001:db8:2::5' }] } }
    expect(refusal(await bench.alice.post('/v2.0/ports', taken))).toBe('400 AllocationOnAutoAddressSubnet')
    expect(refusal(await bench.alice.post('/v2.0/ports', { port: { network_id: network.id, mac_address: 'fa:16:3e:01:02:03' } }))).toBe('409 MacAddressInUse')
  })

  it('change their addresses and keep the others', async () => {
    const { network, subnet } = await makeNetwork(bench.alice, '10.3.0.0/24')
    const second = await make(bench.alice, 'subnet', { network_id: network.id, ip_version: 4, cidr: '10.4.0.0/24' })
    const port = await make(bench.alice, 'port', { network_id: network.id })
    const both = await change(bench.alice, 'port', port.id, { fixed_ips: [{ subnet_id: subnet.id }, { subnet_id: second.id }] })
    expect(addresses(both)).toEqual(['10.3.0.2', '10.4.0.2'])
    expect(addresses(await change(bench.alice, 'port', port.id, { fixed_ips: [{ subnet_id: second.id, ip_address: '10.4.0.9' }] }))).toEqual(['10.4.0.9'])
    expect(addresses(await make(bench.alice, 'port', { network_id: network.id }))).toEqual(['10.3.0.2'])
    expect(addresses(await change(bench.alice, 'port', port.id, { name: 'same' }))).toEqual(['10.4.0.9'])
    expect(addresses(await change(bench.alice, 'port', port.id, { fixed_ips: [] }))).toEqual([])
  })

  it('have security, or neither groups nor extra addresses', async () => {
    const { network } = await makeNetwork(bench.alice, '10.5.0.0/24')
    const port = await make(bench.alice, 'port', { network_id: network.id, allowed_address_pairs: [{ ip_address: '10.5.0.200' }, { ip_address: '192.0.2.0/24', mac_address: 'fa:16:3e:0a:0b:0c' }] })
    expect(port['allowed_address_pairs']).toEqual([{ mac_address: port['mac_address'], ip_address: '10.5.0.200' }, { mac_address: 'fa:16:3e:0a:0b:0c', ip_address: '192.0.2.0/24' }])
    const off = { port: { port_security_enabled: false } }
    expect(refusal(await bench.alice.put(`/v2.0/ports/${port.id}`, off))).toBe('409 AddressPairAndPortSecurityRequired')
    await change(bench.alice, 'port', port.id, { allowed_address_pairs: [] })
    expect(refusal(await bench.alice.put(`/v2.0/ports/${port.id}`, off))).toBe('409 PortSecurityPortHasSecurityGroup')
    expect(await change(bench.alice, 'port', port.id, { port_security_enabled: false, security_groups: [] })).toMatchObject({ port_security_enabled: false, security_groups: [] })
    expect(refusal(await bench.alice.post('/v2.0/ports', { port: { network_id: network.id, allowed_address_pairs: [{ ip_address: '10.5.0.9', x: 1 }] } }))).toBe('400 HTTPBadRequest')
    expect(refusal(await bench.alice.post('/v2.0/ports', { port: { network_id: network.id, allowed_address_pairs: [{}] } }))).toBe('400 AllowedAddressPairsMissingIP')
  })

  it('are found by address, group, device and tag', async () => {
    const { network, subnet } = await makeNetwork(bench.alice, '10.6.0.0/24')
    const port = await make(bench.alice, 'port', { network_id: network.id, device_id: 'dev-1', tags: ['blue'] })
    await make(bench.alice, 'port', { network_id: network.id })
    const found = async (query: string): Promise<string[]> => (await bench.alice.get<{ ports: Json[] }>(`/v2.0/ports?${query}`)).body.ports.map((p) => p.id)
    expect(await found(`fixed_ips=ip_address%3D10.6.0.2&fixed_ips=subnet_id%3D${subnet.id}`)).toEqual([port.id])
    expect(await found(`network_id=${network.id}&fixed_ips=ip_address_substr%3D6.0.2`)).toEqual([port.id])
    expect(await found('device_id=dev-1')).toEqual([port.id])
    expect(await found('tags=blue')).toEqual([port.id])
    expect(await found(`mac_address=${String(port['mac_address']).toUpperCase()}`)).toEqual([port.id])
    expect(await found(`security_groups=${(port['security_groups'] as string[])[0]!}&network_id=${network.id}`)).toHaveLength(2)
    expect(refusal(await bench.alice.get('/v2.0/ports?fixed_ips=10.6.0.2'))).toBe('400 InvalidInput')
  })

  it('bind only where an agent reaches the network', async () => {
    const { network } = await makeNetwork(bench.alice, '10.7.0.0/24')
    const port = await make(bench.alice, 'port', { network_id: network.id })
    expect(refusal(await bench.alice.put(`/v2.0/ports/${port.id}`, { port: { 'binding:host_id': 'h' } }))).toBe('403 PolicyNotAuthorized')
    expect(await change(bench.admin, 'port', port.id, { 'binding:host_id': 'nowhere' })).toMatchObject({ 'binding:vif_type': 'binding_failed', 'binding:host_id': 'nowhere' })
    expect(await change(bench.admin, 'port', port.id, { 'binding:host_id': '' })).toMatchObject({ 'binding:vif_type': 'unbound', 'binding:host_id': '' })
  })

  it('on a shared network belong to who made them, within limits', async () => {
    const { network, subnet } = await makeNetwork(bench.admin, '10.8.0.0/24', { shared: true })
    expect(refusal(await bench.bob.post('/v2.0/ports', { port: { network_id: network.id, mac_address: 'fa:16:3e:00:00:09' } }))).toBe('403 PolicyNotAuthorized')
    expect(refusal(await bench.bob.post('/v2.0/ports', { port: { network_id: network.id, fixed_ips: [{ ip_address: '10.8.0.50' }] } }))).toBe('403 PolicyNotAuthorized')
    const port = await make(bench.bob, 'port', { network_id: network.id, fixed_ips: [{ subnet_id: subnet.id }] })
    expect(port['project_id']).toBe('beta')
    expect(refusal(await bench.alice.get(`/v2.0/ports/${port.id}`))).toBe('404 PortNotFound')
    expect((await show(bench.admin, 'port', port.id)).id).toBe(port.id)
    expect(refusal(await bench.bob.post('/v2.0/subnets', { subnet: { network_id: network.id, cidr: '10.9.0.0/24', ip_version: 4 } }))).toBe('403 PolicyNotAuthorized')
  })
})
