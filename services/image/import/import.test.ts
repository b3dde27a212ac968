import { createHash, randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { client, type TestClient } from '#testkit/http.ts'
import { ADMIN, MEMBER, OTHER } from '#testkit/tokens.ts'
import type { Step } from '#core/operations/define.ts'
import { importImage, type ImportInput } from './import-image.operation.ts'
import { insertTask } from './task.store.ts'
import { startImageBench } from '../testing/image-bench.ts'
import { judgeUrl, WebRefused } from './web-source.ts'

type Image = Record<string, unknown> & { id: string; status: string }
type Tasks = { tasks: (Record<string, unknown> & { id: string; status: string })[] }

/** Long enough for hashing threads. */
const DATA = randomBytes(4_500_000)
let bench: Awaited<ReturnType<typeof startImageBench>>
let member: TestClient
let admin: TestClient
let web: Server
let address: string

beforeAll(async () => {
  web = createServer((incoming, outgoing) => {
    switch (incoming.url) {
      case '/image': outgoing.end(DATA); break
      case '/moved': outgoing.writeHead(302, { location: '/image' }).end(); break
      case '/away': outgoing.writeHead(302, { location: 'http://169.254.169.254/latest' }).end(); break
      case '/cut': outgoing.writeHead(200, { 'content-length': '1000' }).write('half'); outgoing.destroy(); break
      default: outgoing.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(web.address() as { port: number }).port}`
  bench = await startImageBench({ config: { image: { importAllowedHosts: ['127.0.0.1'], importAllowedPorts: [] } } })
  member = client(bench.pipeline, MEMBER)
  admin = client(bench.pipeline, ADMIN)
})
afterAll(async () => {
  await bench.stop()
  await new Promise((resolve) => web.close(resolve))
})

async function make(body: Record<string, unknown> = {}): Promise<Image> {
  return (await member.post<Image>('/v2/images', { disk_format: 'raw', container_format: 'bare', ...body })).body
}

async function show(id: string): Promise<Image> {
  return (await member.get<Image>(`/v2/images/${id}`)).body
}

const direct = { method: { name: 'glance-direct' } }

describe('glance-direct', () => {
  test('staged data becomes the image', async () => {
    const { id } = await make()
    expect((await member.post(`/v2/images/${id}/import`, direct)).status).toBe(409)
    expect((await bench.put(MEMBER, `/v2/images/${id}/stage`, DATA)).status).toBe(204)
    expect(await show(id)).toMatchObject({ status: 'uploading', size: DATA.length, checksum: null })
    expect((await bench.put(MEMBER, `/v2/images/${id}/stage`, DATA)).status).toBe(409)
    expect((await bench.put(MEMBER, `/v2/images/${id}/file`, DATA)).status).toBe(409)
    const started = await member.post(`/v2/images/${id}/import`, direct)
    expect(started.status).toBe(202)
    expect(started.text).toBe('')
    await bench.settled()
    const image = await show(id)
    expect(image).toMatchObject({ status: 'active', size: DATA.length, virtual_size: DATA.length, checksum: createHash('md5').update(DATA).digest('hex') })
    expect(image).not.toHaveProperty('os_glance_import_task')
    const { body } = await member.get<Tasks>(`/v2/images/${id}/tasks`)
    expect(body.tasks).toHaveLength(1)
    expect(body.tasks[0]).toMatchObject({ status: 'success', type: 'api_image_import', image_id: id, request_id: started.headers['x-openstack-request-id'], input: { import_req: direct } })
    expect((await bench.fetchData(MEMBER, `/v2/images/${id}/file`)).data.equals(DATA)).toBe(true)
    expect((await member.post(`/v2/images/${id}/import`, direct)).status).toBe(409)
  })

  test('data that is not what it says sends the image back to queued', async () => {
    const { id } = await make({ disk_format: 'qcow2' })
    await bench.put(MEMBER, `/v2/images/${id}/stage`, DATA)
    await member.post(`/v2/images/${id}/import`, direct)
    await bench.settled()
    expect(await show(id)).toMatchObject({ status: 'queued', size: null })
    const { body } = await member.get<Tasks>(`/v2/images/${id}/tasks`)
    expect(body.tasks[0]).toMatchObject({ status: 'failure', message: 'disk_format is qcow2, but the data is not qcow2' })
    const left = await readdir(join(bench.stateDir, 'images'), { recursive: true })
    expect(left.filter((f) => f.includes(id))).toEqual([])
    expect((await bench.put(MEMBER, `/v2/images/${id}/stage`, DATA)).status).toBe(204)
  })

  test('only the owner stages and imports', async () => {
    const image = (await admin.post<Image>('/v2/images', { disk_format: 'raw', container_format: 'bare', visibility: 'public' })).body
    expect((await bench.put(OTHER, `/v2/images/${image.id}/stage`, DATA)).status).toBe(403)
    await bench.put(ADMIN, `/v2/images/${image.id}/stage`, DATA)
    expect((await member.post(`/v2/images/${image.id}/import`, direct)).status).toBe(403)
  })

  test('an image deleted before its import ends leaves nothing', async () => {
    const { id } = await make()
    await bench.put(MEMBER, `/v2/images/${id}/stage`, DATA)
    await member.post(`/v2/images/${id}/import`, direct)
    expect((await member.delete(`/v2/images/${id}`)).status).toBe(204)
    await bench.settled()
    expect((await readdir(join(bench.stateDir, 'images'), { recursive: true })).filter((f) => f.includes(id))).toEqual([])
  })
})

describe('web-download', () => {
  const fetchFrom = (path: string): object => ({ method: { name: 'web-download', uri: `${address}${path}` } })

  test.each(['/image', '/moved'])('fetches %s', async (path) => {
    const { id } = await make()
    expect((await member.post(`/v2/images/${id}/import`, fetchFrom(path))).status).toBe(202)
    await bench.settled()
    expect(await show(id)).toMatchObject({ status: 'active', os_hash_value: createHash('sha512').update(DATA).digest('hex') })
  })

  test.each([['/absent', 'answered 404'], ['/away', 'must not be fetched'], ['/cut', '']])('fails for %s', async (path, why) => {
    const { id } = await make()
    expect((await member.post(`/v2/images/${id}/import`, fetchFrom(path))).status).toBe(202)
    await bench.settled()
    expect(await show(id)).toMatchObject({ status: 'queued', size: null })
    const { body } = await member.get<Tasks>(`/v2/images/${id}/tasks`)
    expect(body.tasks[0]!.status).toBe('failure')
    expect(body.tasks[0]!['message']).toContain(why)
  })

  test('refuses a host that is not allowed, at once', async () => {
    const { id } = await make()
    const refused = await member.post(`/v2/images/${id}/import`, { method: { name: 'web-download', uri: 'http://example.org/x' } })
    expect(refused.status).toBe(400)
    expect(refused.text).toContain('URI for web-download does not pass filtering: http://example.org/x')
    expect((await show(id)).status).toBe('queued')
  })

  test.each([{}, { method: {} }, { method: 'x' }, [], { method: { name: 'copy-image' } }, { method: { name: 'web-download' } }, { ...direct, all_stores: 'yes' }, { method: { name: 'web-download', uri: 5 } }])('refuses %j', async (body) => {
    const { id } = await make()
    expect((await member.post(`/v2/images/${id}/import`, body)).status).toSatisfy((s: number) => s === 400 || s === 409)
  })
})

describe('where web-download may go by default', () => {
  const rules = { schemes: ['http', 'https'], ports: [80, 443], allowedHosts: [], disallowedHosts: ['10.0.0.9'] }
  test.each(['http://127.0.0.1/', 'http://localhost/', 'http://2130706433/', 'http://0x7f.1/', 'http://[::1]/', 'http://[::ffff:127.0.0.1]/', 'http://169.254.169.254/', 'http://[fe80::1]/', 'http://0.0.0.0/',
    'http://10.0.0.1:8080/', 'http://10.0.0.9/', 'file:///etc/passwd', 'ftp://10.0.0.1/', 'gopher://10.0.0.1/', 'nothing', 'http://'])('not to %s', async (url) => {
    await expect(judgeUrl(url, rules)).rejects.toThrow(WebRefused)
  })
  test('to a private mirror', async () => {
    expect(await judgeUrl('http://10.0.0.1/image', rules)).toMatchObject({ address: '10.0.0.1', family: 4 })
  })
})

describe('an import task', () => {
  const task = (path: string, input: object = {}): object => ({ type: 'import', input: { import_from: `${address}${path}`, import_from_format: 'raw', image_properties: { name: 'by task', os_distro: 'x' }, ...input } })

  test('makes an image and fills it', async () => {
    const started = await admin.post<Tasks['tasks'][0] & { image_id: string }>('/v2/tasks', task('/image'))
    expect(started.status).toBe(201)
    expect(started.headers['location']).toBe(`http://cloud.test/v2/tasks/${started.body.id}`)
    expect(started.body).toMatchObject({ type: 'import', status: 'pending', input: { import_from_format: 'raw' }, result: null, message: '', schema: '/v2/schemas/task' })
    await bench.settled()
    const { body } = await admin.get<{ status: string; result: { image_id: string } }>(`/v2/tasks/${started.body.id}`)
    expect(body).toMatchObject({ status: 'success', result: { image_id: started.body.image_id } })
    expect((await admin.get<Image>(`/v2/images/${body.result.image_id}`)).body).toMatchObject({ name: 'by task', os_distro: 'x', disk_format: 'raw', container_format: 'bare', status: 'active', size: DATA.length })
  })

  test('that fails says why', async () => {
    const started = await admin.post<Tasks['tasks'][0]>('/v2/tasks', task('/absent'))
    await bench.settled()
    const { body } = await admin.get<{ status: string; message: string }>(`/v2/tasks/${started.body.id}`)
    expect(body.status).toBe('failure')
    expect(body.message).toContain('answered 404')
  })

  test.each([
    [{}, "Task 'type' is required"], [{ type: 'import' }, "Task 'input' is required"], [[], "Provided object does not match schema 'task'"],
    [{ type: 'odd', input: {} }, "'odd' is not one of ['import', 'api_image_import']"], [{ type: 'import', input: 'x' }, "'x' is not of type 'null', 'object'"], [{ type: 'import', input: {}, more: 1 }, "Additional properties are not allowed ('more' was unexpected)"],
    [{ type: 'import', input: null }, 'Invalid location: None'], [{ type: 'import', input: { import_from: 'file:///etc/passwd' } }, 'File based imports are not allowed. Please use a non-local source of image data.'],
    [{ type: 'import', input: { import_from: 'ftp://x/' } }, 'The given uri is not valid.'], [{ type: 'import', input: { import_from: 'http://example.org/x' } }, 'URI for legacy import task does not pass filtering: http://example.org/x'],
    [{ type: 'import', input: { import_from: 'http://127.0.0.1/x' } }, "Input does not contain 'import_from_format' field"],
    [{ type: 'api_image_import', input: {} }, 'is started by POST /v2/images/{image_id}/import'],
    [{ type: 'import', input: { import_from: 'http://127.0.0.1/x', import_from_format: 'odd', image_properties: {} } }, "'odd' is not one of"],
    [{ type: 'import', input: { import_from: 'http://127.0.0.1/x', import_from_format: 'raw', image_properties: { container_format: null } } }, 'a disk_format and a container_format'],
  ])('refuses %j', async (body, why) => {
    const before = (await admin.get<{ images: object[] }>('/v2/images?limit=1000')).body.images.length
    const refused = await admin.post<{ message: string }>('/v2/tasks', body)
    expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining(why)])
    expect((await admin.get<{ images: object[] }>('/v2/images?limit=1000')).body.images).toHaveLength(before)
  })

  test('is for administrators', async () => {
    expect((await member.post('/v2/tasks', task('/image'))).status).toBe(403)
  })
})

test('tasks are for administrators to see', async () => {
  expect((await member.get('/v2/tasks')).status).toBe(403)
  const { body } = await admin.get<Tasks & { next?: string }>('/v2/tasks?limit=1')
  expect(body.tasks).toHaveLength(1)
  expect(body.next).toContain('marker=')
  expect((await admin.get(`/v2/tasks/${body.tasks[0]!.id}`)).status).toBe(200)
  expect((await admin.get('/v2/tasks/absent')).status).toBe(404)
  expect((await admin.delete(`/v2/tasks/${body.tasks[0]!.id}`)).status).toBe(405)
  expect((await admin.get('/v2/tasks?status=odd')).status).toBe(400)
})

test('every step of an import may be done twice', async () => {
  const { id } = await make()
  await bench.put(MEMBER, `/v2/images/${id}/stage`, DATA)
  const ctx = bench.context()
  const input: ImportInput = { imageId: id, taskId: '99999999-8888-7777-6666-555555555555', maxBytes: 1e9, diskFormat: 'raw', containerFormat: 'bare' }
  await ctx.db.updateTable('images').set({ status: 'importing', upload_id: input.taskId }).where('id', '=', id).execute()
  const now = new Date().toISOString()
  await insertTask(ctx, { id: input.taskId, type: 'api_image_import', status: 'pending', owner: 'alpha', image_id: id, user_id: null, request_id: null, input: '{}', result: null, message: '', expires_at: null, created_at: now, updated_at: now })
  const results: Record<string, unknown> = {}
  for (const step of importImage.steps as Step<ImportInput, typeof ctx>[]) {
    for (let time = 0; time < 2; time += 1) results[step.name] = await step.do(ctx, { operationId: 'o', input, results, carried: {}, startedAt: 0 })
  }
  expect(await show(id)).toMatchObject({ status: 'active', size: DATA.length })
})
