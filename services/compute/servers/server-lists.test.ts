import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LATEST, startComputeCloud, type ComputeCloud, type Server } from '../testing/compute-cloud.ts'

/** Lists remember what servers looked like: whatever happens to a server, they must tell what its own page tells. */
describe('a list of servers', () => {
  let cloud: ComputeCloud
  beforeAll(async () => { cloud = await startComputeCloud({ hosts: ['host1', 'host2'] }) })
  afterAll(async () => { await cloud.stop() })

  const VERSIONS = [LATEST, { 'openstack-api-version': 'compute 2.1' }, { 'openstack-api-version': 'compute 2.79' }]

  async function agrees(id: string): Promise<void> {
    for (const headers of VERSIONS) {
      for (const who of [cloud.member, cloud.admin]) {
        const all = who === cloud.admin ? '?all_tenants=1' : ''
        const listed = (await who.get<{ servers: Server[] }>(`/v2.1/servers/detail${all}`, headers)).body.servers.find((s) => s.id === id)
        const { server_groups: _, ...shown } = (await who.get<{ server: Server }>(`/v2.1/servers/${id}`, headers)).body.server
        expect(listed).toEqual(shown)
      }
    }
  }

  it('follows every change of a server', async () => {
    const { id } = await cloud.boot(cloud.member, { name: 'one' })
    await agrees(id)
    const act = async (body: object): Promise<void> => {
      expect((await cloud.member.post(`/v2.1/servers/${id}/action`, body, LATEST)).status).toBeLessThan(300)
      // What the list remembers of the work in progress must not outlive it.
      for (const headers of VERSIONS) await cloud.member.get('/v2.1/servers/detail', headers)
      await cloud.settled()
      await agrees(id)
    }
    await act({ 'os-stop': null })
    await act({ 'os-start': null })
    await act({ lock: { locked_reason: 'mine' } })
    await act({ unlock: null })
    await act({ rescue: {} })
    await act({ unrescue: null })
    for (const [method, path, body] of [
      ['put', '', { server: { name: 'renamed', description: 'words' } }], ['put', '/tags', { tags: ['a'] }], ['post', '/metadata', { metadata: { k: 'v' } }],
      ['put', '', { server: { accessIPv4: '10.0.0.9' } }], ['delete', '/tags', undefined],
    ] as const) {
      const answer = method === 'delete' ? await cloud.member.delete(`/v2.1/servers/${id}${path}`, LATEST) : await cloud.member[method](`/v2.1/servers/${id}${path}`, body, LATEST)
      expect(answer.status).toBeLessThan(300)
      await agrees(id)
    }
    expect((await cloud.member.delete(`/v2.1/servers/${id}`)).status).toBe(204)
    await cloud.settled()
    expect((await cloud.member.get<{ servers: Server[] }>('/v2.1/servers/detail', LATEST)).body.servers).toEqual([])
    expect((await cloud.admin.get<{ servers: Server[] }>('/v2.1/servers/detail?all_tenants=1&deleted=True', LATEST)).body.servers.map((s) => [s.id, s.status])).toEqual([[id, 'DELETED']])
  })

  it('follows the state of the hosts', async () => {
    const { id } = await cloud.boot(cloud.member, { name: 'two' })
    const host = (await cloud.show(cloud.admin, id))['OS-EXT-SRV-ATTR:host'] as string
    const services = (await cloud.admin.get<{ services: { id: string; host: string; binary: string }[] }>('/v2.1/os-services', LATEST)).body.services
    const service = services.find((s) => s.host === host && s.binary === 'nova-compute')!
    const status = async (): Promise<unknown> => (await cloud.admin.get<{ servers: Server[] }>('/v2.1/servers/detail?all_tenants=1', LATEST)).body.servers.find((s) => s.id === id)!['host_status']
    expect(await status()).toBe('UP')
    expect((await cloud.admin.put(`/v2.1/os-services/${service.id}`, { status: 'disabled' }, LATEST)).status).toBe(200)
    expect(await status()).toBe('MAINTENANCE')
    await agrees(id)
    expect((await cloud.admin.put(`/v2.1/os-services/${service.id}`, { status: 'enabled' }, LATEST)).status).toBe(200)
    expect(await status()).toBe('UP')
  })
})
