import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { startComputeCloud, type ComputeCloud } from '../testing/compute-cloud.ts'
import { exchange } from '../testing/exchange.ts'

describe.each(databases)('server groups on %s', (_name, locate) => {
  let cloud: ComputeCloud
  beforeAll(async () => { cloud = await startComputeCloud({ hosts: ['host1', 'host2'], database: await locate() }) }, 180_000)
  afterAll(async () => { await cloud.stop() })

  const create = async (version: string, group: object): Promise<{ id: string }> =>
    (await cloud.member.post<{ server_group: { id: string } }>('/v2.1/os-server-groups', { server_group: group }, { 'openstack-api-version': `compute ${version}` })).body.server_group

  it('have one policy, which older versions see as a list', async () => {
    const { id } = await create('2.93', { name: 'g', policy: 'anti-affinity', rules: { max_server_per_host: '3' } })
    const old = { id, name: 'g', policies: ['anti-affinity'], metadata: {}, members: [] }
    await exchange(cloud.member, [
      { do: `GET /os-server-groups/${id}`, then: 200, is: { server_group: { id, name: 'g', policy: 'anti-affinity', rules: { max_server_per_host: 3 }, members: [], project_id: 'alpha', user_id: 'alice' } } },
      { do: `GET /os-server-groups/${id}`, at: '2.63', then: 200, is: { server_group: { ...old, project_id: 'alpha', user_id: 'alice' } } },
      { do: `GET /os-server-groups/${id}`, at: '2.12', then: 200, is: { server_group: old } },
      { do: 'POST /os-server-groups', body: { server_group: { name: 'h', policy: 'affinity', rules: { max_server_per_host: 3 } } }, then: 400, says: 'Only anti-affinity policy supports rules.' },
      { do: 'POST /os-server-groups', body: { server_group: { name: 'h', policies: ['affinity'] } }, then: 400 },
      { do: 'POST /os-server-groups', at: '2.14', body: { server_group: { name: 'h', policies: ['soft-affinity'] } }, then: 400 },
      { do: 'POST /os-server-groups', at: '2.15', body: { server_group: { name: 'h', policies: ['soft-affinity'] } }, then: 200, shows: { server_group: { policies: ['soft-affinity'], metadata: {} } } },
      { do: 'POST /os-server-groups', at: '2.1', body: { server_group: { name: 'h', policies: ['affinity', 'anti-affinity'] } }, then: 400 },
      { do: 'GET /os-server-groups?limit=1&offset=1', then: 200, shows: { server_groups: [{ name: 'h' }] } },
      { do: `DELETE /os-server-groups/${id}`, then: 204 },
      { do: `DELETE /os-server-groups/${id}`, then: 404, says: `Instance group ${id} could not be found.` },
    ])
  })

  it('belong to a project; administrators may see all', async () => {
    const { id } = await create('2.93', { name: 'mine', policy: 'affinity' })
    await exchange(cloud.other, [{ do: `GET /os-server-groups/${id}`, then: 403 }, { do: `DELETE /os-server-groups/${id}`, then: 403 }, { do: 'GET /os-server-groups?all_projects=1', then: 200, is: { server_groups: [] } }])
    await exchange(cloud.reader, [{ do: `GET /os-server-groups/${id}`, then: 200 }])
    await exchange(cloud.admin, [{ do: 'GET /os-server-groups', then: 200, is: { server_groups: [] } }])
    const all = await cloud.admin.get<{ server_groups: { name: string }[] }>('/v2.1/os-server-groups?all_projects=True')
    expect(all.body.server_groups.map((g) => g.name)).toContain('mine')
  })

  it('keep servers apart, and forget them with the group', async () => {
    const { id } = await create('2.93', { name: 'apart', policy: 'anti-affinity' })
    const hints = { 'os:scheduler_hints': { group: id } }
    const [one, two] = [await cloud.boot(cloud.member, { name: 'one' }, hints), await cloud.boot(cloud.member, { name: 'two' }, hints)]
    const { body } = await cloud.admin.get<{ servers: Record<string, string>[] }>('/v2.1/servers/detail?all_tenants=1')
    const hosts = body.servers.filter((s) => [one.id, two.id].includes(s['id']!)).map((s) => s['OS-EXT-SRV-ATTR:host'])
    expect(new Set(hosts).size).toBe(2)
    await exchange(cloud.member, [
      { do: `GET /os-server-groups/${id}`, then: 200, shows: { server_group: { members: [one.id, two.id] } } },
      { do: `DELETE /os-server-groups/${id}`, then: 204 },
      { do: `GET /servers/${one.id}`, then: 200, shows: { server: { server_groups: [] } } },
    ])
  })

  it('are limited in number', async () => {
    await exchange(cloud.admin, [{ do: 'PUT /os-quota-sets/beta', body: { quota_set: { server_groups: 1 } }, then: 200 }])
    const body = { server_group: { name: 'g', policy: 'affinity' } }
    const statuses = await Promise.all([1, 2, 3].map(async () => (await cloud.other.post('/v2.1/os-server-groups', body, { 'openstack-api-version': 'compute 2.93' })).status))
    expect(statuses.toSorted()).toEqual([200, 403, 403])
  })
})
