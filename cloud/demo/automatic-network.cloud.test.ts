/** A user of the demo's cloud who names no network gets one, with a way out. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hostReady, startCloudProcess, type CloudProcess } from '#testkit/cloud-process.ts'
import { PATIENCE_MS } from '#testkit/patience.ts'
import { until, type OpenStack } from '../openstack.ts'
import { ensureAutomaticNetworks } from './automatic-network.ts'
import { ensureExternalNetwork } from './first-server.ts'

describe("the demo's cloud", () => {
  let cloud: CloudProcess
  let admin: OpenStack
  beforeAll(async () => {
    cloud = await startCloudProcess({})
    admin = await cloud.as('admin')
    const external = await ensureExternalNetwork(admin, '172.30.9.0/24', '172.30.9.1')
    await ensureAutomaticNetworks(admin, external)
    await ensureAutomaticNetworks(admin, external)
  })
  afterAll(async () => { await cloud?.remove() })

  it('has one default external network and one default pool, however often it is furnished', async () => {
    const { networks } = await admin.get<{ networks: { name: string }[] }>('network', '/v2.0/networks?is_default=True')
    const { subnetpools } = await admin.get<{ subnetpools: { name: string; shared: boolean }[] }>('network', '/v2.0/subnetpools?is_default=True')
    expect(networks.map((n) => n.name)).toEqual(['public'])
    expect(subnetpools).toMatchObject([{ name: 'default-pool-v4', shared: true }])
  })

  it('boots a server whose network is chosen for it, behind a router to the outside', async () => {
    await hostReady(admin)
    const image = await admin.post<{ id: string }>('image', '/v2/images', { name: 'any', disk_format: 'raw', container_format: 'bare', visibility: 'public' })
    await admin.request('image', 'PUT', `/v2/images/${image.id}/file`, Buffer.from('bytes'), { 'content-type': 'application/octet-stream' })
    const { flavor } = await admin.post<{ flavor: { id: string } }>('compute', '/v2.1/flavors', { flavor: { name: 'any', ram: 64, vcpus: 1, disk: 1 } })
    const demo = await cloud.as('demo')
    const { server } = await demo.post<{ server: { id: string } }>('compute', '/v2.1/servers', { server: { name: 'auto', imageRef: image.id, flavorRef: flavor.id, networks: 'auto' } })
    interface Shown { status: string; addresses: Record<string, { addr: string }[]> }
    const shown = await until('the server to be ACTIVE', PATIENCE_MS, () => demo.get<{ server: Shown }>('compute', `/v2.1/servers/${server.id}`), (s) => s.server.status !== 'BUILD')
    expect(shown.server.status).toBe('ACTIVE')
    expect(shown.server.addresses['auto_allocated_network']?.[0]?.addr).toMatch(/^10\.128\.0\./)
    const { routers } = await demo.get<{ routers: { name: string; external_gateway_info: { external_fixed_ips: unknown[] } }[] }>('network', '/v2.0/routers')
    expect(routers).toMatchObject([{ name: 'auto_allocated_router', external_gateway_info: { external_fixed_ips: [{}] } }])
  })
})
