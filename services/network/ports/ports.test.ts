/** Networks, subnets and ports through the front door. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { client, type TestClient } from '#testkit/http.ts'
import { startBench, type Bench } from '#testkit/service-bench.ts'
import { ADMIN, MEMBER, OTHER } from '#testkit/tokens.ts'
import type { NetworkContext } from '../context.ts'
import { network } from '../service.ts'

type Body = Record<string, any>

describe('ports', () => {
  let bench: Bench<NetworkContext>
  let admin: TestClient
  let alice: TestClient
  let bob: TestClient

  beforeAll(async () => {
    bench = await startBench(network)
    admin = client(bench.pipeline, ADMIN)
    alice = client(bench.pipeline, MEMBER)
    bob = client(bench.pipeline, OTHER)
  })
  afterAll(() => bench.stop())

  it('go from network to address', async () => {
    const net = await alice.post<Body>('/v2.0/networks', { network: { name: 'n1' } })
    expect(net.status, net.text).toBe(201)
    const id = net.body['network'].id
    const subnet = await alice.post<Body>('/v2.0/subnets', { subnet: { network_id: id, cidr: '10.1.0.0/24', ip_version: 4 } })
    expect(subnet.status, subnet.text).toBe(201)
    const port = await alice.post<Body>('/v2.0/ports', { port: { network_id: id } })
    expect(port.status, port.text).toBe(201)
    const list = await admin.get<Body>('/v2.0/ports')
    expect(list.status, list.text).toBe(200)
    expect((await bob.get(`/v2.0/ports/${port.body['port'].id}`)).status).toBe(404)
  })
})
