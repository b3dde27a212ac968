/** Compute hears when a server is reached otherwise than before. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { change, make, makeExternal, makeNetwork, startNetworkBench, type NetworkBench } from '../testing/network-bench.ts'
import { DEVICE_TOPIC, type DeviceEvent } from './changes.ts'

describe('servers whose network changed', () => {
  let bench: NetworkBench
  const heard: string[] = []

  beforeAll(async () => {
    bench = await startNetworkBench()
    await bench.bus.subscribe(DEVICE_TOPIC, (event) => { heard.push((event as DeviceEvent).deviceId) })
  })
  afterAll(() => bench.stop())

  /** What was heard between the last mark and a new one. Events come in order, however late: the mark is a server that loses its port. */
  let marks = 0
  let seen = 0
  async function heardAfter(work: () => Promise<unknown>): Promise<string[]> {
    await work()
    const mark = `mark-${marks += 1}`
    const { network } = await makeNetwork(bench.admin, '10.99.0.0/24')
    const port = await make(bench.admin, 'port', { network_id: network.id, device_owner: 'compute:nova', device_id: mark })
    expect((await bench.admin.delete(`/v2.0/ports/${port.id}`)).status).toBe(204)
    await vi.waitFor(() => { expect(heard.slice(seen)).toContain(mark) }, { timeout: 60_000, interval: 10 })
    const news = heard.slice(seen, heard.indexOf(mark, seen))
    seen += news.length + 1
    return news
  }

  it('are named once for floating IPs that come, move and go, for other addresses, and for a lost port', async () => {
    const { network: outside } = await makeExternal(bench.admin)
    const { network, subnet } = await makeNetwork(bench.alice)
    const router = await make(bench.alice, 'router', { external_gateway_info: { network_id: outside.id } })
    await bench.alice.put(`/v2.0/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id })
    const [one, two] = await Promise.all(['server-1', 'server-2'].map((device) => make(bench.admin, 'port', { network_id: network.id, project_id: network['project_id'], device_owner: 'compute:nova', device_id: device })))
    let floating = ''
    expect(await heardAfter(async () => { floating = (await make(bench.alice, 'floatingip', { floating_network_id: outside.id, port_id: one!.id })).id })).toEqual(['server-1'])
    expect((await heardAfter(() => change(bench.alice, 'floatingip', floating, { port_id: two!.id }))).toSorted()).toEqual(['server-1', 'server-2'])
    expect(await heardAfter(() => change(bench.alice, 'floatingip', floating, { port_id: null }))).toEqual(['server-2'])
    expect(await heardAfter(() => bench.alice.delete(`/v2.0/floatingips/${floating}`))).toEqual([])
    expect(await heardAfter(() => change(bench.alice, 'port', one!.id, { fixed_ips: [{ subnet_id: subnet.id, ip_address: '10.0.0.77' }] }))).toEqual(['server-1'])
    expect(await heardAfter(() => change(bench.alice, 'port', one!.id, { name: 'renamed' }))).toEqual([])
    expect(await heardAfter(() => bench.alice.delete(`/v2.0/ports/${two!.id}`))).toEqual(['server-2'])
  })

  it('are nobody where a port is of no server', async () => {
    const { network } = await makeNetwork(bench.alice, '10.7.0.0/24')
    const port = await make(bench.alice, 'port', { network_id: network.id, device_id: 'something' })
    expect(await heardAfter(() => bench.alice.delete(`/v2.0/ports/${port.id}`))).toEqual([])
  })
})
