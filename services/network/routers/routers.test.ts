/** Routers and floating IPs through the front door. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { change, make, makeExternal, makeNetwork, refusal, show, startNetworkBench, type Json, type NetworkBench } from '../testing/network-bench.ts'

describe('routers', () => {
  let bench: NetworkBench
  let external: { network: Json; subnet: Json }

  beforeAll(async () => {
    bench = await startNetworkBench()
    external = await makeExternal(bench.admin)
  })
  afterAll(() => bench.stop())

  it('connect subnets at their gateway and lead out by an address of the external network', async () => {
    const { network, subnet } = await makeNetwork(bench.alice, '10.2.0.0/24')
    const router = await make(bench.alice, 'router', { name: 'r', external_gateway_info: { network_id: external.network.id } })
    expect(router['external_gateway_info']).toMatchObject({ network_id: external.network.id, enable_snat: true, external_fixed_ips: [{ subnet_id: external.subnet.id }] })
    const leg = await bench.alice.put<Json>(`/v2.0/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id })
    expect(leg.status, leg.text).toBe(200)
    expect(leg.body).toMatchObject({ id: router.id, subnet_id: subnet.id, subnet_ids: [subnet.id], network_id: network.id })
    const port = await show(bench.alice, 'port', String(leg.body['port_id']))
    expect(port).toMatchObject({ device_owner: 'network:router_interface', device_id: router.id, fixed_ips: [{ ip_address: '10.2.0.1' }], security_groups: [] })
    expect(refusal(await bench.alice.delete(`/v2.0/routers/${router.id}`))).toBe('409 RouterInUse')
    expect(refusal(await bench.alice.delete(`/v2.0/ports/${port.id}`))).toBe('409 ServicePortInUse')
    expect(refusal(await bench.alice.delete(`/v2.0/subnets/${subnet.id}`))).toBe('409 SubnetInUse')
    expect(refusal(await bench.alice.put(`/v2.0/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id }))).toBe('400 BadRequest')
    expect((await bench.alice.put(`/v2.0/routers/${router.id}/remove_router_interface`, { subnet_id: subnet.id })).status).toBe(200)
    expect(refusal(await bench.alice.put(`/v2.0/routers/${router.id}/remove_router_interface`, { subnet_id: subnet.id }))).toBe('404 RouterInterfaceNotFoundForSubnet')
    expect((await bench.alice.delete(`/v2.0/routers/${router.id}`)).status).toBe(204)
    const left = await bench.admin.get<{ ports: Json[] }>(`/v2.0/ports?device_id=${router.id}`)
    expect(left.body.ports).toEqual([])
  })

  it('give floating IPs a way to a port and keep what they need', async () => {
    const { network, subnet } = await makeNetwork(bench.alice, '10.3.0.0/24')
    const port = await make(bench.alice, 'port', { network_id: network.id })
    const ip = await make(bench.alice, 'floatingip', { floating_network_id: external.network.id })
    expect(ip).toMatchObject({ status: 'DOWN', port_id: null, router_id: null, fixed_ip_address: null, port_details: null })
    expect(refusal(await bench.alice.put(`/v2.0/floatingips/${ip.id}`, { floatingip: { port_id: port.id } }))).toBe('404 ExternalGatewayForFloatingIPNotFound')
    const router = await make(bench.alice, 'router', { external_gateway_info: { network_id: external.network.id } })
    await bench.alice.put(`/v2.0/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id })
    const bound = await change(bench.alice, 'floatingip', ip.id, { port_id: port.id })
    expect(bound).toMatchObject({ port_id: port.id, router_id: router.id, fixed_ip_address: '10.3.0.2', port_details: { network_id: network.id } })
    expect(refusal(await bench.alice.put(`/v2.0/routers/${router.id}/remove_router_interface`, { subnet_id: subnet.id }))).toBe('409 RouterInterfaceInUseByFloatingIP')
    expect(refusal(await bench.alice.put(`/v2.0/routers/${router.id}`, { router: { external_gateway_info: {} } }))).toBe('409 RouterExternalGatewayInUseByFloatingIp')
    expect(await change(bench.alice, 'floatingip', ip.id, { description: 'kept' })).toMatchObject({ port_id: port.id })
    expect(await change(bench.alice, 'floatingip', ip.id, {})).toMatchObject({ port_id: null, fixed_ip_address: null, router_id: null })
    expect(await change(bench.alice, 'floatingip', ip.id, { port_id: port.id })).toMatchObject({ port_id: port.id })
    const second = await make(bench.alice, 'floatingip', { floating_network_id: external.network.id })
    expect(refusal(await bench.alice.put(`/v2.0/floatingips/${second.id}`, { floatingip: { port_id: port.id } }))).toBe('409 FloatingIPPortAlreadyAssociated')
    await bench.alice.delete(`/v2.0/ports/${port.id}`)
    expect(await show(bench.alice, 'floatingip', ip.id)).toMatchObject({ port_id: null, router_id: null, status: 'DOWN' })
    expect((await bench.alice.delete(`/v2.0/floatingips/${ip.id}`)).status).toBe(204)
  })

  it('take extra routes together and one by one, to neighbours only', async () => {
    const { subnet } = await makeNetwork(bench.alice, '10.4.0.0/24')
    const router = await make(bench.alice, 'router', {})
    await bench.alice.put(`/v2.0/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id })
    const route = { destination: '192.0.2.0/24', nexthop: '10.4.0.9' }
    expect((await change(bench.alice, 'router', router.id, { routes: [route] }))['routes']).toEqual([route])
    expect(refusal(await bench.alice.put(`/v2.0/routers/${router.id}`, { router: { routes: [{ ...route, nexthop: '10.9.9.9' }] } }))).toBe('400 InvalidRoutes')
    const more = { destination: '198.51.100.0/24', nexthop: '10.4.0.10' }
    const added = await bench.alice.put<{ router: Json }>(`/v2.0/routers/${router.id}/add_extraroutes`, { router: { routes: [more, route] } })
    expect(added.body.router['routes']).toEqual([route, more])
    expect(refusal(await bench.alice.put(`/v2.0/routers/${router.id}/remove_router_interface`, { subnet_id: subnet.id }))).toBe('409 RouterInterfaceInUseByRoute')
    const removed = await bench.alice.put<{ router: Json }>(`/v2.0/routers/${router.id}/remove_extraroutes`, { router: { routes: [route] } })
    expect(removed.body.router['routes']).toEqual([more])
  })

  it('are of one kind: neither distributed nor highly available, and no field says otherwise', async () => {
    const router = await make(bench.admin, 'router', { distributed: false, ha: 'False' })
    for (const field of ['distributed', 'ha']) expect(router).not.toHaveProperty(field)
    const here = 'a router of this cloud runs on one host at a time, and on another by itself when that one falls silent'
    for (const [name, way] of [['distributed', '--centralized'], ['ha', '--no-ha']]) {
      const said = `400 Unrecognized attribute(s) '${name!}': ${here}. Leave it out, or say ${way!} (${name!}: false).`
      for (const [method, path] of [['POST', '/v2.0/routers'], ['PUT', `/v2.0/routers/${router.id}`]]) {
        const answer = await bench.admin.request<{ NeutronError: { message: string } }>(method!, path!, { router: { [name!]: true } })
        expect(`${answer.status} ${answer.body.NeutronError.message}`).toBe(said)
      }
    }
    expect((await bench.admin.put(`/v2.0/routers/${router.id}`, { router: { ha: false, name: 'plain' } })).status).toBe(200)
    expect((await bench.admin.get('/v2.0/routers?ha=False')).status).toBe(400)
  })

  it('hide what is for administrators and refuse it to others', async () => {
    const router = await make(bench.alice, 'router', {})
    expect(refusal(await bench.alice.put(`/v2.0/routers/${router.id}`, { router: { external_gateway_info: { network_id: external.network.id, enable_snat: false } } }))).toBe('403 PolicyNotAuthorized')
    expect((await change(bench.admin, 'router', router.id, { external_gateway_info: { network_id: external.network.id, enable_snat: false } }))['external_gateway_info']).toMatchObject({ enable_snat: false })
    expect(refusal(await bench.bob.get(`/v2.0/routers/${router.id}`))).toBe('404 RouterNotFound')
    expect(refusal(await bench.bob.put(`/v2.0/routers/${router.id}/add_router_interface`, {}))).toBe('404 RouterNotFound')
  })
})
