import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { onProject, passwordOf, projectId, startIdentity, type IdentityBench } from '../identity-bench.ts'

interface Entry { type: string; endpoints: { interface: string; url: string }[] }

describe.each(databases)('the catalog on %s', (_name, locate) => {
  let bench: IdentityBench
  beforeAll(async () => { bench = await startIdentity({ database: await locate() }) })
  afterAll(async () => { await bench.stop() })

  const make = async (kind: string, value: object): Promise<string> => (await bench.admin.post<Record<string, { id: string }>>(`/v3/${kind}s`, { [kind]: value })).body[kind]!.id
  const seen = async (): Promise<Entry[]> => (await bench.auth(passwordOf('demo', 'secret-demo-password'), onProject('demo'))).body.token['catalog'] as Entry[]

  test('addresses are filled in for the project; what cannot be filled is left out, what makes no sense refused', async () => {
    const service = await make('service', { type: 'object-store', name: 'swift' })
    expect(await make('endpoint', { service_id: service, interface: 'public', region: 'Elsewhere', url: 'http://s/v1/AUTH_$(project_id)s' })).toMatch(/^[0-9a-f]{32}$/)
    expect((await bench.admin.get('/v3/regions/Elsewhere')).status).toBe(200)
    expect((await seen()).find((s) => s.type === 'object-store')?.endpoints).toMatchObject([{ url: `http://s/v1/AUTH_${await projectId(bench, 'demo')}`, region: 'Elsewhere' }])
    const system = await bench.auth(passwordOf('admin', 'secret-admin-password'), { system: { all: true } })
    expect((system.body.token['catalog'] as Entry[]).find((s) => s.type === 'object-store')?.endpoints).toEqual([])
    expect((await bench.admin.post('/v3/endpoints', { endpoint: { service_id: service, interface: 'public', url: 'http://s/$(nothing)s' } })).status).toBe(400)
    await bench.admin.patch(`/v3/services/${service}`, { service: { enabled: false } })
    expect((await seen()).some((s) => s.type === 'object-store')).toBe(false)
    expect((await bench.admin.delete(`/v3/services/${service}`)).status).toBe(204)
    expect((await bench.admin.get<{ endpoints: object[] }>(`/v3/endpoints?service_id=${service}`)).body.endpoints).toEqual([])
  })

  test('a project that has endpoints of its own sees those alone', async () => {
    const demo = await projectId(bench, 'demo')
    const service = await make('service', { type: 'special' })
    const [one, two] = [await make('endpoint', { service_id: service, interface: 'public', url: 'http://one' }), await make('endpoint', { service_id: service, interface: 'admin', url: 'http://two' })]
    const path = `/v3/OS-EP-FILTER/projects/${demo}/endpoints/${one}`
    expect([(await bench.admin.get(path)).status, (await bench.admin.put(path, undefined)).status, (await bench.admin.put(path, undefined)).status, (await bench.admin.get(path)).status]).toEqual([404, 204, 409, 204])
    expect(await seen()).toMatchObject([{ type: 'special', endpoints: [{ url: 'http://one' }] }])
    const group = (await bench.admin.post<{ endpoint_group: { id: string } }>('/v3/OS-EP-FILTER/endpoint_groups', { endpoint_group: { name: 'admins', filters: { interface: 'admin', service_id: service } } })).body.endpoint_group.id
    expect((await bench.admin.put(`/v3/OS-EP-FILTER/endpoint_groups/${group}/projects/${demo}`, undefined)).status).toBe(204)
    expect((await seen())[0]?.endpoints.map((e) => e.url).toSorted()).toEqual(['http://one', 'http://two'])
    expect((await bench.admin.get<{ endpoints: { id: string }[] }>(`/v3/OS-EP-FILTER/endpoint_groups/${group}/endpoints`)).body.endpoints.map((e) => e.id)).toEqual([two])
    expect((await bench.admin.delete(`/v3/OS-EP-FILTER/endpoint_groups/${group}`)).status).toBe(204)
    expect((await bench.admin.delete(path)).status).toBe(204)
    expect((await seen()).length).toBeGreaterThan(1)
  })

  test('regions form a tree, without circles, and stay while endpoints are in them', async () => {
    await make('region', { id: 'north' })
    await make('region', { id: 'oslo', parent_region_id: 'north' })
    expect((await bench.admin.post('/v3/regions', { region: { id: 'oslo' } })).status).toBe(409)
    expect((await bench.admin.patch('/v3/regions/north', { region: { parent_region_id: 'oslo' } })).status).toBe(400)
    for (const body of [{}, { bogus: {} }, undefined]) expect((await bench.admin.post('/v3/regions', body)).status).toBe(400)
    expect((await bench.admin.put('/v3/regions/south', { region: {} })).body).toMatchObject({ region: { id: 'south', description: '', parent_region_id: null } })
    const endpoint = await make('endpoint', { service_id: await make('service', { type: 'x' }), interface: 'public', region_id: 'oslo', url: 'http://x' })
    expect((await bench.admin.delete('/v3/regions/north')).status).toBe(403)
    await bench.admin.delete(`/v3/endpoints/${endpoint}`)
    expect((await bench.admin.delete('/v3/regions/north')).status).toBe(204)
    expect((await bench.admin.get('/v3/regions/oslo')).status).toBe(404)
  })

  test('a policy is found from its endpoint upwards', async () => {
    const service = await make('service', { type: 'guarded' })
    const endpoint = await make('endpoint', { service_id: service, interface: 'public', region_id: 'RegionOne', url: 'http://g' })
    const policy = (await bench.admin.post<{ policy: { id: string } }>('/v3/policies', { policy: { type: 'application/json', blob: '{}' } })).body.policy.id
    const own = `/v3/endpoints/${endpoint}/OS-ENDPOINT-POLICY/policy`
    expect((await bench.admin.get(own)).status).toBe(404)
    for (const place of [`services/${service}`, `services/${service}/regions/RegionOne`, `endpoints/${endpoint}`]) {
      expect((await bench.admin.put(`/v3/policies/${policy}/OS-ENDPOINT-POLICY/${place}`, undefined)).status).toBe(204)
      expect((await bench.admin.get(own)).body).toMatchObject({ policy: { id: policy } })
      expect((await bench.admin.get<{ endpoints: { id: string }[] }>(`/v3/policies/${policy}/OS-ENDPOINT-POLICY/endpoints`)).body.endpoints.map((e) => e.id)).toEqual([endpoint])
      expect((await bench.admin.delete(`/v3/policies/${policy}/OS-ENDPOINT-POLICY/${place}`)).status).toBe(204)
      expect((await bench.admin.get(`/v3/policies/${policy}/OS-ENDPOINT-POLICY/${place}`)).status).toBe(404)
    }
  })

  test('options of a domain are kept, shown by group and option, and their secrets never', async () => {
    const path = '/v3/domains/default/config'
    const config = { identity: { driver: 'ldap' }, ldap: { url: 'ldap://x', password: 'geheim' } }
    const shown = { identity: { driver: 'ldap' }, ldap: { url: 'ldap://x' } }
    const first = await bench.admin.put(path, { config })
    expect([first.status, first.body]).toEqual([201, { config: shown }])
    expect((await bench.admin.put(path, { config })).status).toBe(200)
    expect((await bench.admin.get(`${path}/ldap/url`)).body).toEqual({ config: { url: 'ldap://x' } })
    expect((await bench.admin.get(`${path}/ldap/password`)).status).toBe(404)
    expect((await bench.admin.patch(`${path}/ldap/url`, { config: { url: 'ldap://y' } })).body).toEqual({ config: { ...shown, ldap: { url: 'ldap://y' } } })
    expect((await bench.admin.patch(`${path}/ldap`, { config: { identity: { driver: 'x' } } })).status).toBe(403)
    expect((await bench.admin.put(path, { config: { ldap: { nonsense: 1 } } })).status).toBe(403)
    expect(JSON.stringify(await bench.service.context().db.selectFrom('domain_options').selectAll().execute())).not.toContain('geheim')
    expect((await bench.admin.delete(`${path}/ldap`)).status).toBe(204)
    expect((await bench.admin.delete(path)).status).toBe(204)
    expect((await bench.admin.get(path)).status).toBe(404)
    expect((await bench.admin.get('/v3/domains/config/ldap/url/default')).body).toEqual({ config: { url: 'ldap://localhost' } })
  })

  test('discovery echoes where the client came from', async () => {
    const root = await bench.anonymous.get('/')
    expect([root.status, root.headers['location'], root.body]).toEqual([300, 'http://cloud.test/v3/', { versions: { values: [expect.objectContaining({ id: 'v3.14', status: 'stable' }) as unknown] } }])
    expect((await bench.anonymous.get('/v3/')).body).toMatchObject({ version: { links: [{ rel: 'self', href: 'http://cloud.test/v3/' }] } })
    const home = await bench.anonymous.get('/v3', { accept: 'application/json-home' })
    expect(home.headers['content-type']).toBe('application/json-home')
    expect(JSON.parse(home.text)).toMatchObject({ resources: { 'https://docs.openstack.org/api/openstack-identity/3/rel/auth_tokens': { href: '/auth/tokens' } } })
  })
})
