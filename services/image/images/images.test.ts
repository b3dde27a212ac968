import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { client, type TestClient } from '#testkit/http.ts'
import { ADMIN, MEMBER, OTHER, READER, testToken } from '#testkit/tokens.ts'
import { startImageBench } from '../testing/image-bench.ts'

type Image = Record<string, unknown> & { id: string; status: string }
type Listed = { images: Image[]; first: string; next?: string }

let bench: Awaited<ReturnType<typeof startImageBench>>
let admin: TestClient
let member: TestClient
let other: TestClient

beforeAll(async () => {
  bench = await startImageBench()
  admin = client(bench.pipeline, ADMIN)
  member = client(bench.pipeline, MEMBER)
  other = client(bench.pipeline, OTHER)
})
afterAll(async () => { await bench.stop() })

const PATCH = { 'content-type': 'application/openstack-images-v2.1-json-patch' }

async function make(as: TestClient, body: Record<string, unknown> = {}): Promise<Image> {
  const { status, body: image } = await as.post<Image>('/v2/images', { disk_format: 'raw', container_format: 'bare', ...body })
  expect(status).toBe(201)
  return image
}

describe('the life of an image', () => {
  test('create answers every attribute, where it is, and how to fill it', async () => {
    const { status, body, headers } = await member.post<Image>('/v2/images', { name: 'one', disk_format: 'qcow2', container_format: 'bare', os_distro: 'debian', tags: ['a', 'a', 'b'], min_ram: 64 })
    expect(status).toBe(201)
    expect(headers['location']).toBe(`http://cloud.test/v2/images/${body.id}`)
    expect(headers['OpenStack-image-import-methods']).toBe('glance-direct,web-download')
    expect(body).toEqual({
      id: body.id, name: 'one', status: 'queued', visibility: 'shared', protected: false, os_hidden: false, owner: 'alpha', disk_format: 'qcow2', container_format: 'bare',
      size: null, virtual_size: null, checksum: null, os_hash_algo: null, os_hash_value: null, min_ram: 64, min_disk: 0, tags: ['a', 'b'], os_distro: 'debian',
      self: `/v2/images/${body.id}`, file: `/v2/images/${body.id}/file`, schema: '/v2/schemas/image', created_at: body['created_at'], updated_at: body['updated_at'],
    })
    expect(body['created_at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })

  test('upload, show, download whole and in part, delete', async () => {
    const image = await make(member)
    const file = `/v2/images/${image.id}/file`
    expect((await bench.fetchData(MEMBER, file)).status).toBe(204)
    const data = randomBytes(3_000_000)
    expect((await bench.put(MEMBER, file, data)).status).toBe(204)
    const { body } = await member.get<Image>(`/v2/images/${image.id}`)
    const md5 = createHash('md5').update(data).digest('hex')
    expect(body).toMatchObject({ status: 'active', size: data.length, virtual_size: data.length, checksum: md5, os_hash_algo: 'sha512', os_hash_value: createHash('sha512').update(data).digest('hex') })
    const whole = await bench.fetchData(MEMBER, file)
    expect(whole).toMatchObject({ status: 200, headers: { 'content-md5': md5, 'content-length': String(data.length), 'content-type': 'application/octet-stream' } })
    expect(whole.data.equals(data)).toBe(true)
    const part = await bench.fetchData(MEMBER, file, { range: 'bytes=100-199' })
    expect(part).toMatchObject({ status: 206, headers: { 'content-range': `bytes 100-199/${data.length}`, 'content-length': '100' } })
    expect(part.data.equals(data.subarray(100, 200))).toBe(true)
    expect((await bench.fetchData(MEMBER, file, { range: 'bytes=-5' })).data.equals(data.subarray(-5))).toBe(true)
    expect((await bench.fetchData(MEMBER, file, { range: `bytes=${data.length}-` })).status).toBe(416)
    expect((await bench.fetchData(MEMBER, file, { range: 'bytes=1-2,4-5' })).status).toBe(400)
    expect((await bench.put(MEMBER, file, data)).status).toBe(409)
    expect((await member.delete(`/v2/images/${image.id}`)).status).toBe(204)
    expect((await member.get(`/v2/images/${image.id}`)).status).toBe(404)
    expect((await member.delete(`/v2/images/${image.id}`)).status).toBe(404)
    expect((await member.post('/v2/images', { id: image.id })).status).toBe(409)
  })

  test('a protected image stays', async () => {
    const image = await make(member, { protected: true })
    const refused = await member.delete(`/v2/images/${image.id}`)
    expect(refused.status).toBe(403)
    expect(refused.text).toContain(`Image ${image.id} is protected and cannot be deleted.`)
    expect((await member.patch(`/v2/images/${image.id}`, [{ op: 'replace', path: '/protected', value: false }], PATCH)).status).toBe(200)
    expect((await member.delete(`/v2/images/${image.id}`)).status).toBe(204)
  })

  test('data needs to know its formats', async () => {
    const { body } = await member.post<Image>('/v2/images', { name: 'blank' })
    const refused = await bench.put(MEMBER, `/v2/images/${body.id}/file`, Buffer.from('x'))
    expect(refused.status).toBe(400)
    expect(refused.body).toContain('Properties disk_format, container_format must be set prior to saving data.')
    expect((await bench.put(MEMBER, `/v2/images/${body.id}/file`, Buffer.from('x'), { 'content-type': 'text/plain' })).status).toBe(415)
  })

  test('a refusal explains itself to the client that accepts nothing, too: so the SDK moves data', async () => {
    const image = await make(member, { disk_format: 'qcow2' })
    const refused = await bench.put(MEMBER, `/v2/images/${image.id}/file`, Buffer.from('not qcow2'), { accept: '' })
    expect([refused.status, refused.headers['content-type']]).toEqual([415, 'text/html; charset=UTF-8'])
    expect(refused.body).toContain('Image data was refused: disk_format is qcow2, but the data is not qcow2')
  })

  test('a deactivated image cannot be downloaded but by an administrator', async () => {
    const image = await make(member)
    expect((await member.post(`/v2/images/${image.id}/actions/deactivate`, undefined)).status).toBe(403)
    await bench.put(MEMBER, `/v2/images/${image.id}/file`, Buffer.from('data'))
    for (const action of ['deactivate', 'deactivate']) expect((await member.post(`/v2/images/${image.id}/actions/${action}`, undefined)).status).toBe(204)
    expect((await bench.fetchData(MEMBER, `/v2/images/${image.id}/file`)).status).toBe(403)
    expect((await bench.fetchData(ADMIN, `/v2/images/${image.id}/file`)).status).toBe(200)
    expect((await member.post(`/v2/images/${image.id}/actions/reactivate`, undefined)).status).toBe(204)
    expect((await bench.fetchData(MEMBER, `/v2/images/${image.id}/file`)).status).toBe(200)
  })
})

describe('who may', () => {
  test('others do not see a private image, and may not touch a public one', async () => {
    const hidden = await make(member, { visibility: 'private' })
    expect((await other.get(`/v2/images/${hidden.id}`)).status).toBe(404)
    expect((await other.delete(`/v2/images/${hidden.id}`)).status).toBe(404)
    const open = await make(admin, { visibility: 'public' })
    expect((await other.get(`/v2/images/${open.id}`)).status).toBe(200)
    const refused = await other.delete<{ message: string }>(`/v2/images/${open.id}`)
    expect([refused.status, refused.body.message]).toEqual([403, expect.stringContaining('You do not own this image')])
    expect((await other.patch(`/v2/images/${open.id}`, [{ op: 'add', path: '/x', value: 'y' }], PATCH)).status).toBe(403)
    expect((await bench.put(OTHER, `/v2/images/${open.id}/file`, Buffer.from('x'))).status).toBe(403)
  })

  test('publishing is for administrators, creating for everybody in a project', async () => {
    expect((await member.post('/v2/images', { visibility: 'public' })).status).toBe(403)
    expect((await member.post('/v2/images', { visibility: 'community' })).status).toBe(201)
    const foreign = await member.post('/v2/images', { owner: 'beta' })
    expect(foreign.status).toBe(403)
    expect(foreign.text).toContain("You are not permitted to create images owned by 'beta'")
    const image = await make(member)
    expect((await member.patch(`/v2/images/${image.id}`, [{ op: 'replace', path: '/visibility', value: 'public' }], PATCH)).status).toBe(403)
    expect((await member.patch(`/v2/images/${image.id}`, [{ op: 'replace', path: '/owner', value: 'beta' }], PATCH)).status).toBe(403)
    expect((await admin.patch(`/v2/images/${image.id}`, [{ op: 'replace', path: '/owner', value: 'beta' }], PATCH)).status).toBe(200)
  })

  test('a role of any name serves, as long as the new defaults are not enforced', async () => {
    const token = testToken({ user: 'demo', project: 'gamma', roles: ['myrole'] })
    const demo = client(bench.pipeline, token)
    const image = await make(demo)
    expect((await demo.get<{ images: Image[] }>('/v2/images?visibility=shared')).body.images.map((i) => i.id)).toEqual([image.id])
    expect((await bench.put(token, `/v2/images/${image.id}/file`, Buffer.from('x'))).status).toBe(204)
    expect((await demo.patch(`/v2/images/${image.id}`, [{ op: 'add', path: '/os', value: 'y' }], PATCH)).status).toBe(200)
    expect((await demo.get('/v2/metadefs/namespaces')).status).toBe(200)
    expect((await demo.delete(`/v2/images/${image.id}`)).status).toBe(204)
    const strict = await startImageBench({ config: { policy: { enforceNewDefaults: true } } })
    try {
      expect((await client(strict.pipeline, token).get('/v2/images')).status).toBe(403)
      expect((await client(strict.pipeline, READER).get('/v2/images')).status).toBe(200)
      expect((await client(strict.pipeline, READER).post('/v2/images', {})).status).toBe(403)
      expect((await client(strict.pipeline, MEMBER).post('/v2/images', {})).status).toBe(201)
    } finally { await strict.stop() }
  })

  test('without a token there is nothing but versions', async () => {
    const nobody = client(bench.pipeline)
    expect((await nobody.get('/v2/images')).status).toBe(401)
    const root = await nobody.get<{ versions: { id: string; status: string; links: { href: string }[] }[] }>('/')
    expect(root.status).toBe(300)
    expect(root.body.versions[0]).toEqual({ id: 'v2.15', status: 'CURRENT', links: [{ rel: 'self', href: 'http://cloud.test/v2/' }] })
    expect((await nobody.get('/versions')).status).toBe(200)
  })
})

describe('create refuses', () => {
  test.each([
    [{ disk_format: 'wrong' }, 400], [{ name: 'x'.repeat(256) }, 400], [{ id: 'no-uuid' }, 400], [{ custom: 5 }, 400], [{ tags: ['x'.repeat(256)] }, 400],
    [{ min_disk: -1 }, 400], [{ min_ram: 2 ** 31 }, 400], [{ min_ram: '5' }, 400], [{ protected: 'yes' }, 400], [[], 400], ['text', 400], [{ ['x'.repeat(256)]: 'v' }, 400],
    [{ status: 'active' }, 403], [{ self: 'x' }, 403], [{ os_glance_foo: 'x' }, 403], [{ deleted: 'x' }, 403], [{ os_hash_value: 'x' }, 403], [{ locations: [] }, 403],
    [Object.fromEntries(Array.from({ length: 129 }, (_, i) => [`p${i}`, 'v'])), 413], [{ tags: Array.from({ length: 129 }, (_, i) => `t${i}`) }, 413],
  ])('%j with %i', async (body, status) => {
    expect((await member.post('/v2/images', body)).status).toBe(status)
  })
})

describe('patch', () => {
  test('adds, replaces and removes properties and attributes, all or nothing', async () => {
    const { id } = await make(member, { keep: 'k', drop: 'd' })
    const done = await member.patch<Image>(`/v2/images/${id}`, [
      { op: 'replace', path: '/name', value: 'new' }, { op: 'add', path: '/fresh~1one', value: 'f' }, { op: 'remove', path: '/drop' }, { op: 'replace', path: '/tags', value: ['x', 'x'] },
    ], PATCH)
    expect(done.status).toBe(200)
    expect(done.body).toMatchObject({ name: 'new', 'fresh/one': 'f', keep: 'k', tags: ['x'] })
    expect(done.body).not.toHaveProperty('drop')
    const failed = await member.patch(`/v2/images/${id}`, [{ op: 'replace', path: '/name', value: 'lost' }, { op: 'remove', path: '/absent' }], PATCH)
    expect(failed.status).toBe(409)
    expect((await member.get<Image>(`/v2/images/${id}`)).body['name']).toBe('new')
    const old = await member.patch<Image>(`/v2/images/${id}`, [{ replace: '/name', value: 'old style' }], { 'content-type': 'application/openstack-images-v2.0-json-patch' })
    expect(old.body['name']).toBe('old style')
  })

  test.each([
    [{ op: 'replace', path: '/absent', value: 'x' }, 409], [{ op: 'remove', path: '/name' }, 403], [{ op: 'add', path: '/status', value: 'active' }, 403],
    [{ op: 'add', path: '/os_glance_x', value: 'y' }, 403], [{ op: 'replace', path: '/name', value: 5 }, 400], [{ op: 'move', path: '/name', value: 'x' }, 400],
    [{ op: 'add', path: 'name', value: 'x' }, 400], [{ op: 'add', path: '/a//b', value: 'x' }, 400], [{ op: 'add', path: '/a/b', value: 'x' }, 400], [{ op: 'add', path: '/a~2', value: 'x' }, 400],
    [{ op: 'add', path: '/a' }, 400], [{ op: 'add', value: 'x' }, 400], ['text', 400], [{ op: 'add', path: '/locations/-', value: { url: 'http://x', metadata: {} } }, 403],
    [{ op: 'replace', path: '/locations', value: [] }, 403], [{ op: 'add', path: '/min_disk', value: -1 }, 400], [{ op: 'add', path: 5, value: 'x' }, 400], [{ op: 'replace', path: '/os_hidden', value: null }, 400],
  ])('refuses %j with %i', async (change, status) => {
    const { id } = await make(member)
    expect((await member.patch(`/v2/images/${id}`, [change], PATCH)).status).toBe(status)
  })

  test('speaks only its own content types', async () => {
    const { id } = await make(member)
    const refused = await member.patch(`/v2/images/${id}`, [{ op: 'replace', path: '/name', value: 'x' }])
    expect(refused.status).toBe(415)
    expect(refused.headers['accept-patch']).toBe('application/openstack-images-v2.0-json-patch, application/openstack-images-v2.1-json-patch')
    expect((await member.patch(`/v2/images/${id}`, {}, PATCH)).status).toBe(400)
  })

  test('names of the language are names like any other', async () => {
    const { id } = await make(member)
    const done = await member.patch(`/v2/images/${id}`, [{ op: 'add', path: '/__proto__', value: 'p' }, { op: 'add', path: '/constructor', value: 'c' }], PATCH)
    expect(done.status).toBe(200)
    expect(done.text).toContain('"__proto__":"p"')
    expect((await member.get<Image>(`/v2/images/${id}`)).body['constructor']).toBe('c')
  })

  test('formats hold once there is data', async () => {
    const { id } = await make(member)
    await bench.put(MEMBER, `/v2/images/${id}/file`, Buffer.from('data'))
    expect((await member.patch(`/v2/images/${id}`, [{ op: 'replace', path: '/disk_format', value: 'iso' }], PATCH)).status).toBe(403)
  })
})

describe('lists', () => {
  const tag = `list-${randomBytes(4).toString('hex')}`

  test('pages, sorts and filters', async () => {
    for (const [name, bytes] of [['b', 10], ['a', 30], ['c', 20]] as const) {
      const { id } = await make(member, { name, tags: [tag, `only-${name}`], flavour: name === 'a' ? 'sweet' : 'sour', min_disk: bytes })
      await bench.put(MEMBER, `/v2/images/${id}/file`, Buffer.alloc(bytes))
    }
    const names = async (query: string): Promise<unknown[]> => (await member.get<Listed>(`/v2/images?tag=${tag}&${query}`)).body.images.map((i) => i['name'])
    expect((await names('')).sort()).toEqual(['a', 'b', 'c'])
    expect(await names('sort=name:asc')).toEqual(['a', 'b', 'c'])
    expect(await names('sort_key=size&sort_dir=desc')).toEqual(['a', 'c', 'b'])
    expect(await names('name=in:a,"c"&sort=name:asc')).toEqual(['a', 'c'])
    expect(await names('size_min=15&size_max=25')).toEqual(['c'])
    expect(await names('size=30')).toEqual(['a'])
    expect(await names('flavour=sweet')).toEqual(['a'])
    expect(await names('tag=only-b')).toEqual(['b'])
    expect(await names('status=queued')).toEqual([])
    expect(await names('created_at=gte:2020-01-01T00:00:00Z&sort=name:asc')).toEqual(['a', 'b', 'c'])
    expect(await names('updated_at=lt:2020-01-01T00:00:00Z')).toEqual([])
    expect(await names('limit=0')).toEqual([])
    const first = await member.get<Listed>(`/v2/images?tag=${tag}&sort=name:asc&limit=2`)
    expect(first.body.images.map((i) => i['name'])).toEqual(['a', 'b'])
    expect(first.body.first).toBe(`/v2/images?tag=${tag}&sort=name%3Aasc&limit=2`)
    const second = await member.get<Listed>(first.body.next!)
    expect(second.body.images.map((i) => i['name'])).toEqual(['c'])
    expect(second.body.next).toBeUndefined()
  })

  test.each(['limit=x', 'limit=-1', 'sort=nothing', 'sort=name:up', 'sort=name&sort_key=id', 'sort_key=name&sort_dir=asc&sort_dir=asc', 'visibility=odd', 'member_status=odd', 'os_hidden=maybe', 'protected=1',
    'created_at=gt:never', 'created_at=odd:2020-01-01', 'name=odd:x', 'name=in:"a', 'size_min=a', 'marker=absent', 'changes-since=2020-01-01'])('refuses %s', async (query) => {
    expect((await member.get(`/v2/images?${query}`)).status).toBe(400)
  })

  test('shows what is visible, and community images only when asked', async () => {
    const mark = randomBytes(4).toString('hex')
    for (const visibility of ['private', 'shared', 'community']) await make(member, { name: visibility, mark, visibility })
    await make(member, { name: 'hidden', mark, os_hidden: true })
    await make(admin, { name: 'public', mark, visibility: 'public' })
    const seen = async (as: TestClient, query = ''): Promise<unknown[]> => (await as.get<Listed>(`/v2/images?mark=${mark}&sort=name:asc${query}`)).body.images.map((i) => i['name'])
    expect(await seen(member)).toEqual(['community', 'private', 'public', 'shared'])
    expect(await seen(member, '&os_hidden=true')).toEqual(['hidden'])
    expect(await seen(other)).toEqual(['public'])
    expect(await seen(other, '&visibility=community')).toEqual(['community'])
    expect(await seen(other, '&visibility=all')).toEqual(['community', 'public'])
    expect(await seen(admin)).toEqual(['private', 'public', 'shared'])
    expect(await seen(admin, '&owner=alpha&visibility=all')).toEqual(['community', 'private', 'shared'])
  })
})
