import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { client, type TestClient } from '#testkit/http.ts'
import { startBench, type Bench } from '#testkit/service-bench.ts'
import { ADMIN, MEMBER } from '#testkit/tokens.ts'
import type { ComputeContext } from '../context.ts'
import { compute } from '../service.ts'

interface Flavor { id: string; name: string; swap: number | string; description?: string; extra_specs?: object; links: { rel: string; href: string }[] }
const LATEST = { 'openstack-api-version': 'compute 2.93' }

describe('flavors', () => {
  let bench: Bench<ComputeContext>
  let admin: TestClient
  let member: TestClient
  beforeAll(async () => {
    bench = await startBench(compute)
    admin = client(bench.pipeline, ADMIN)
    member = client(bench.pipeline, MEMBER)
  })
  afterAll(async () => { await bench.stop() })

  it('are made, shown in the version asked for, and deleted', async () => {
    const made = await admin.post<{ flavor: Flavor }>('/v2.1/flavors', { flavor: { name: 'small', id: '1', ram: '512', vcpus: 1, disk: 1 } })
    expect(made.status).toBe(200)
    expect(made.body.flavor).toMatchObject({ id: '1', swap: '', rxtx_factor: 1, 'os-flavor-access:is_public': true, 'OS-FLV-EXT-DATA:ephemeral': 0 })
    expect(made.body.flavor).not.toHaveProperty('description')
    expect(made.body.flavor.links).toEqual([{ rel: 'self', href: 'http://cloud.test/v2.1/flavors/1' }, { rel: 'bookmark', href: 'http://cloud.test/flavors/1' }])
    const latest = await member.get<{ flavor: Flavor }>('/v2.1/alpha/flavors/1', LATEST)
    expect(latest.body.flavor).toMatchObject({ swap: 0, description: null, extra_specs: {} })
    expect(latest.body.flavor.links[0]!.href).toBe('http://cloud.test/v2.1/alpha/flavors/1')
    expect((await admin.post('/v2.1/flavors', { flavor: { name: 'small', ram: 1, vcpus: 1, disk: 0 } })).body).toEqual({ conflictingRequest: { code: 409, message: 'Flavor with name small already exists.' } })
    expect((await admin.post('/v2.1/flavors', { flavor: { name: 'other', id: '1', ram: 1, vcpus: 1, disk: 0 } })).body).toEqual({ conflictingRequest: { code: 409, message: 'Flavor with ID 1 already exists.' } })
    expect((await member.delete('/v2.1/flavors/1')).body).toEqual({ forbidden: { code: 403, message: "Policy doesn't allow os_compute_api:os-flavor-manage:delete to be performed." } })
    expect((await admin.delete('/v2.1/flavors/1')).status).toBe(202)
    expect((await admin.get('/v2.1/flavors/1')).body).toEqual({ itemNotFound: { code: 404, message: 'Flavor 1 could not be found.' } })
  })

  it('refuse what cannot be, in upstream words', async () => {
    const refused = async (flavor: object, headers = {}): Promise<string> => (await admin.post<{ badRequest: { message: string } }>('/v2.1/flavors', { flavor }, headers)).body.badRequest.message
    expect(await refused({ name: ' x', ram: 1, vcpus: 1, disk: 1 })).toContain("An invalid 'name' value was provided. The name must be: printable characters. Can not start or end with whitespace.")
    expect(await refused({ name: '', ram: 1, vcpus: 1, disk: 1 })).toBe("Invalid input for field/attribute name. Value: . '' is too short")
    expect(await refused({ name: 'x', ram: 0, vcpus: 1, disk: 1 })).toBe('Invalid input for field/attribute ram. Value: 0. 0 is less than the minimum of 1')
    expect(await refused({ name: 'x', ram: 1, vcpus: 1, disk: 1, description: 'no' })).toContain("Additional properties are not allowed ('description' was unexpected)")
    expect(await refused({ name: 'x', ram: 1, vcpus: 1, disk: 1, rxtx_factor: 0 })).toContain('rxtx_factor')
  })

  it('are paged, sorted and filtered', async () => {
    for (const [id, ram] of [['a', 64], ['b', 128], ['c', 256]] as const) await admin.post('/v2.1/flavors', { flavor: { name: id, id, ram, vcpus: 1, disk: 0 } })
    await admin.post('/v2.1/flavors', { flavor: { name: 'hidden', id: 'h', ram: 64, vcpus: 1, disk: 0, 'os-flavor-access:is_public': false } })
    const ids = async (who: TestClient, query: string): Promise<string[]> => (await who.get<{ flavors: Flavor[] }>(`/v2.1/flavors?${query}`)).body.flavors.map((f) => f.id)
    expect(await ids(member, '')).toEqual(['a', 'b', 'c'])
    expect(await ids(member, 'is_public=None')).toEqual(['a', 'b', 'c'])
    expect(await ids(admin, 'is_public=None')).toEqual(['a', 'b', 'c', 'h'])
    expect(await ids(admin, 'is_public=false')).toEqual(['h'])
    expect(await ids(admin, 'minRam=100&sort_key=memory_mb&sort_dir=desc')).toEqual(['c', 'b'])
    const page = await admin.get<{ flavors: Flavor[]; flavors_links: { href: string }[] }>('/v2.1/flavors/detail?limit=2')
    expect(page.body.flavors_links[0]!.href).toBe('http://cloud.test/v2.1/flavors/detail?limit=2&marker=b')
    expect(await ids(admin, 'marker=b')).toEqual(['c'])
    expect((await admin.get('/v2.1/flavors?marker=nope')).body).toEqual({ badRequest: { code: 400, message: 'marker [nope] not found' } })
    expect((await admin.get('/v2.1/flavors?limit=-1')).status).toBe(400)
    expect((await admin.get('/v2.1/flavors?bad=1', LATEST)).status).toBe(400)
    expect((await admin.get('/v2.1/flavors?bad=1')).status).toBe(200)
    expect((await member.get('/v2.1/flavors/h')).status).toBe(404)
  })

  it('can be private to projects', async () => {
    await admin.post('/v2.1/flavors', { flavor: { name: 'private', id: 'p', ram: 64, vcpus: 1, disk: 0, 'os-flavor-access:is_public': 'False' } })
    const granted = await admin.post('/v2.1/flavors/p/action', { addTenantAccess: { tenant: 'alpha' } })
    expect(granted.body).toEqual({ flavor_access: [{ flavor_id: 'p', tenant_id: 'alpha' }] })
    expect((await member.get('/v2.1/flavors/p')).status).toBe(200)
    expect((await admin.post('/v2.1/flavors/p/action', { addTenantAccess: { tenant: 'alpha' } })).status).toBe(409)
    expect((await admin.post('/v2.1/flavors/p/action', { removeTenantAccess: { tenant: 'alpha' } })).body).toEqual({ flavor_access: [] })
    expect((await member.get('/v2.1/flavors/p')).status).toBe(404)
    expect((await admin.get('/v2.1/flavors/a/os-flavor-access')).status).toBe(404)
  })

  it('carry extra specs, whose values are checked since 2.86', async () => {
    expect((await admin.post('/v2.1/flavors/a/os-extra_specs', { extra_specs: { 'hw:cpu_policy': 'sometimes', mine: 5 } })).body).toEqual({ extra_specs: { 'hw:cpu_policy': 'sometimes', mine: 5 } })
    expect((await admin.post('/v2.1/flavors/a/os-extra_specs', { extra_specs: { 'hw:cpu_policy': 'sometimes' } }, LATEST)).body)
      .toEqual({ badRequest: { code: 400, message: "Validation failed; 'sometimes' is not one of: dedicated, shared, mixed." } })
    expect((await admin.post('/v2.1/flavors/a/os-extra_specs', { extra_specs: { 'hw:nonsense': '1' } }, LATEST)).status).toBe(400)
    expect((await admin.put('/v2.1/flavors/a/os-extra_specs/hw:numa_nodes', { 'hw:numa_nodes': 2 }, LATEST)).status).toBe(200)
    expect((await admin.put('/v2.1/flavors/a/os-extra_specs/x', { y: '1' })).body).toEqual({ badRequest: { code: 400, message: 'Request body and URI mismatch' } })
    expect((await member.get('/v2.1/flavors/a/os-extra_specs')).body).toEqual({ extra_specs: { 'hw:cpu_policy': 'sometimes', mine: '5', 'hw:numa_nodes': '2' } })
    expect((await member.get('/v2.1/flavors/a/os-extra_specs/mine')).body).toEqual({ mine: '5' })
    expect((await admin.delete('/v2.1/flavors/a/os-extra_specs/mine')).status).toBe(200)
    expect((await admin.delete('/v2.1/flavors/a/os-extra_specs/mine')).body).toEqual({ itemNotFound: { code: 404, message: 'Flavor a has no extra specs with key mine.' } })
  })

  it('refuse a path with the project of another', async () => {
    expect((await member.get('/v2.1/beta/flavors')).status).toBe(400)
    expect((await client(bench.pipeline).get<{ versions: object[] }>('/')).body.versions).toHaveLength(2)
    expect((await client(bench.pipeline).get('/v2.1/')).body).toMatchObject({ version: { id: 'v2.1', version: '2.93', min_version: '2.1' } })
    expect((await client(bench.pipeline).get('/v2.1/flavors')).status).toBe(401)
    expect((await member.get('/v2/alpha/flavors')).status).toBe(200)
  })
})
