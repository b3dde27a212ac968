import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { client, type TestClient } from '#testkit/http.ts'
import { ADMIN, MEMBER } from '#testkit/tokens.ts'
import { startImageBench } from '../testing/image-bench.ts'

type Json = Record<string, unknown>
type Named = { name: string }[]

describe.each(databases)('metadata definitions on %s', (_name, locate) => {
  let bench: Awaited<ReturnType<typeof startImageBench>>
  let admin: TestClient
  let member: TestClient

  beforeAll(async () => {
    bench = await startImageBench({ database: await locate() })
    admin = client(bench.pipeline, ADMIN)
    member = client(bench.pipeline, MEMBER)
  })
  afterAll(async () => { await bench.stop() })

  const NS = '/v2/metadefs/namespaces'

  test('a namespace with all it holds, shown whole and with a resource type’s prefix', async () => {
    const made = await admin.post<Json>(NS, {
      namespace: 'OS::Test::Whole', visibility: 'public', display_name: 'Whole', resource_type_associations: [{ name: 'OS::Nova::Flavor', prefix: 'hw:' }, { name: 'New::Kind' }],
      properties: { cpus: { title: 'CPUs', type: 'integer', minimum: 1 } }, objects: [{ name: 'o', required: ['x'], properties: { x: { title: 'X', type: 'string' } } }], tags: [{ name: 't' }],
    })
    expect(made.status).toBe(201)
    expect(made.headers['location']).toContain('/v2/metadefs/namespaces/OS%3A%3ATest%3A%3AWhole')
    const shown = await member.get<Json>(`${NS}/OS::Test::Whole?resource_type=OS::Nova::Flavor`)
    expect(shown.body).toMatchObject({
      namespace: 'OS::Test::Whole', visibility: 'public', protected: false, owner: 'admin', schema: '/v2/schemas/metadefs/namespace', self: '/v2/metadefs/namespaces/OS::Test::Whole',
      properties: { 'hw:cpus': { title: 'CPUs', type: 'integer', minimum: 1 } }, objects: [{ name: 'o', required: ['hw:x'], properties: { 'hw:x': { title: 'X' } } }], tags: [{ name: 't' }],
    })
    expect((await member.get<{ resource_types: Named }>('/v2/metadefs/resource_types')).body.resource_types.map((r) => r.name)).toEqual(expect.arrayContaining(['New::Kind', 'OS::Glance::Image']))
    const listed = await member.get<{ namespaces: Json[]; first: string }>(`${NS}?resource_types=New::Kind`)
    expect(listed.body.namespaces).toMatchObject([{ namespace: 'OS::Test::Whole', resource_type_associations: [{ name: 'New::Kind' }, { name: 'OS::Nova::Flavor', prefix: 'hw:' }] }])
    expect((await admin.post(NS, { namespace: 'OS::Test::Whole' })).status).toBe(409)
    expect((await admin.delete(`${NS}/OS::Test::Whole`)).status).toBe(204)
    expect((await admin.get(`${NS}/OS::Test::Whole`)).status).toBe(404)
  })

  test('only administrators write, private ones are not seen, protected ones stay', async () => {
    expect((await member.post(NS, { namespace: 'mine' })).status).toBe(403)
    await admin.post(NS, { namespace: 'hidden' })
    await admin.post(NS, { namespace: 'kept', visibility: 'public', protected: true, tags: [{ name: 't' }] })
    expect(await member.get(`${NS}/hidden`)).toMatchObject({ status: 404, body: { message: expect.stringContaining('Metadata definition namespace=hidden was not found.') as string } })
    expect((await member.put(`${NS}/hidden`, { namespace: 'x' })).status).toBe(404)
    expect((await member.put(`${NS}/kept`, { namespace: 'kept' })).status).toBe(403)
    expect((await admin.delete(`${NS}/kept`)).status).toBe(403)
    expect((await admin.delete(`${NS}/kept/tags/t`)).status).toBe(403)
    expect((await admin.put<Json>(`${NS}/kept`, { namespace: 'renamed', protected: false })).body).toMatchObject({ namespace: 'renamed', visibility: 'private', protected: false })
    expect((await admin.put(`${NS}/renamed`, { namespace: 'hidden' })).status).toBe(409)
    expect((await admin.delete(`${NS}/renamed`)).status).toBe(204)
  })

  test('the properties of an object are held to what a property may be', async () => {
    await admin.post(NS, { namespace: 'strict' })
    const object = (extra: object): object => ({ name: 'o', properties: { p: { title: 'P', type: 'string', ...extra } } })
    const reason = "Provided object does not match schema 'property': Additional properties are not allowed ('colour' was unexpected)"
    for (const refused of [await admin.post<Json>(`${NS}/strict/objects`, object({ colour: 'red' })), await admin.post<Json>(NS, { namespace: 'deep', objects: [object({ colour: 'red' })] })]) {
      expect([refused.status, refused.body['message']]).toEqual([400, expect.stringContaining(reason)])
    }
    expect((await admin.post(`${NS}/strict/objects`, object({ name: 'p', default: 'x' }))).status).toBe(201)
    expect((await admin.put<Json>(`${NS}/strict/objects/o`, object({ colour: 'red' }))).body['message']).toContain(reason)
    expect((await admin.delete(`${NS}/strict`)).status).toBe(204)
  })

  test('objects, properties, tags and associations come and go', async () => {
    await admin.post(NS, { namespace: 'items', visibility: 'public' })
    const kinds = [['objects', { name: 'a', properties: { p: { title: 'P', type: 'string' } } }, { name: 'b' }], ['properties', { name: 'a', title: 'A', type: 'string' }, { name: 'b', title: 'B', type: 'boolean' }]] as const
    for (const [kind, first, second] of kinds) {
      expect((await admin.post(`${NS}/items/${kind}`, first)).status).toBe(201)
      expect((await admin.post(`${NS}/items/${kind}`, first)).status).toBe(409)
      expect((await member.get<Json>(`${NS}/items/${kind}/a`)).body).toMatchObject(first)
      expect((await admin.put<Json>(`${NS}/items/${kind}/a`, second)).body).toMatchObject(second)
      expect((await member.get(`${NS}/items/${kind}/a`)).status).toBe(404)
      expect((await member.delete(`${NS}/items/${kind}/b`)).status).toBe(403)
      expect((await admin.delete(`${NS}/items/${kind}/b`)).status).toBe(204)
      await admin.post(`${NS}/items/${kind}`, first)
      expect((await admin.delete(`${NS}/items/${kind}`)).status).toBe(204)
    }
    expect((await member.get<Json>(`${NS}/items/objects`)).body).toEqual({ objects: [], schema: 'v2/schemas/metadefs/objects' })
    expect((await member.get<Json>(`${NS}/items/properties`)).body).toEqual({ properties: {} })
    expect((await admin.post(`${NS}/items/tags/one`, undefined)).status).toBe(201)
    expect((await admin.post(`${NS}/items/tags`, { tags: [{ name: 'two' }] }, { 'x-openstack-append': 'true' })).status).toBe(201)
    expect((await member.get<{ tags: Named }>(`${NS}/items/tags?sort_key=name&sort_dir=asc`)).body.tags).toEqual([{ name: 'one' }, { name: 'two' }])
    expect((await admin.post(`${NS}/items/tags`, { tags: [{ name: 'x' }, { name: 'x' }] })).status).toBe(409)
    expect((await admin.post(`${NS}/items/tags`, { tags: [{ name: 'three' }] })).status).toBe(201)
    expect((await member.get<{ tags: Named }>(`${NS}/items/tags`)).body.tags).toEqual([{ name: 'three' }])
    expect((await admin.post(`${NS}/items/resource_types`, { name: 'OS::Nova::Server', prefix: 'p:' })).status).toBe(201)
    expect((await admin.post(`${NS}/items/resource_types`, { name: 'OS::Nova::Server' })).status).toBe(409)
    await admin.post(`${NS}/items/properties`, { name: 'cpus', title: 'C', type: 'integer' })
    expect((await member.get<Json>(`${NS}/items/properties/p:cpus?resource_type=OS::Nova::Server`)).body).toMatchObject({ name: 'cpus' })
    expect((await member.get(`${NS}/items/properties/cpus?resource_type=OS::Nova::Server`)).status).toBe(404)
    expect((await admin.delete(`${NS}/items/resource_types/OS::Nova::Server`)).status).toBe(204)
    expect((await admin.delete(`${NS}/items/resource_types/OS::Nova::Server`)).status).toBe(404)
  })

  test.each([
    ['', {}], ['', { namespace: 'x'.repeat(81) }], ['', { namespace: 'n', visibility: 'shared' }], ['', { namespace: 'n', odd: 1 }], ['', { namespace: 'n', properties: { p: { type: 'string' } } }], ['', { namespace: 'n', objects: [{}] }],
    ['/bad/objects', {}], ['/bad/objects', { name: 5 }], ['/bad/properties', { name: 'p', title: 't' }], ['/bad/properties', { name: 'p', title: 't', type: 'odd' }], ['/bad/properties', { name: 'p', title: 't', type: 'string', minLength: -1 }],
    ['/bad/tags', { tags: [{ name: 'a', odd: 1 }] }], ['/bad/resource_types', { prefix: 'p' }], ['', []], ['', 'text'],
  ])('POST %s refuses %j', async (path, body) => {
    await admin.post(NS, { namespace: 'bad' })
    expect((await admin.post(`${NS}${path}`, body)).status).toBe(400)
  })

  test('namespaces come in pages', async () => {
    for (const name of ['page-a', 'page-b', 'page-c']) await admin.post(NS, { namespace: name, visibility: 'public', resource_type_associations: [{ name: 'Paged::Kind' }] })
    const names: string[] = []
    for (let next: string | undefined = `${NS}?resource_types=Paged::Kind&limit=2&sort_key=namespace&sort_dir=asc`; next !== undefined;) {
      const { body }: { body: { namespaces: { namespace: string }[]; next?: string } } = await member.get(next)
      names.push(...body.namespaces.map((n) => n.namespace))
      next = body.next
    }
    expect(names).toEqual(['page-a', 'page-b', 'page-c'])
    expect((await member.get(`${NS}?marker=absent`)).status).toBe(404)
    expect((await member.get(`${NS}?limit=x`)).status).toBe(400)
    expect((await member.get(`${NS}?sort_key=odd`)).status).toBe(400)
  })

  test('every schema has its name', async () => {
    for (const [path, name] of [['namespace', 'namespace'], ['namespaces', 'namespaces'], ['object', 'object'], ['objects', 'objects'], ['property', 'property'], ['properties', 'properties'], ['resource_type', 'resource_type_association'],
      ['resource_types', 'resource_type_associations'], ['tag', 'tag'], ['tags', 'tags']]) {
      expect((await member.get<Json>(`/v2/schemas/metadefs/${path}`)).body['name']).toBe(name)
    }
  })
})
