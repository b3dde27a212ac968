import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { client, type TestClient } from '#testkit/http.ts'
import { ADMIN, MEMBER, testToken } from '#testkit/tokens.ts'
import type { Worker } from 'node:worker_threads'
import { imageTransfer } from '../contract.ts'
import { image } from '../service.ts'
import { listenWithWorker } from './data-listener.ts'
import { startImageBench } from '../testing/image-bench.ts'

type Image = Record<string, unknown> & { id: string; status: string }

let bench: Awaited<ReturnType<typeof startImageBench>>
let url: string
let member: TestClient
let folder: string

beforeAll(async () => {
  bench = await startImageBench({ config: { image: { sizeCapBytes: 40_000_000 } } })
  url = await bench.listen()
  member = client(bench.pipeline, MEMBER)
  folder = await mkdtemp(join(tmpdir(), 'nacre-data-path-'))
})
afterAll(async () => {
  await bench.stop()
  await rm(folder, { recursive: true, force: true })
})

async function make(body: Record<string, unknown> = {}): Promise<Image> {
  return (await member.post<Image>('/v2/images', { disk_format: 'raw', container_format: 'bare', ...body })).body
}

async function show(id: string): Promise<Image> {
  return (await member.get<Image>(`/v2/images/${id}`)).body
}

const put = async (id: string, body: Uint8Array<ArrayBuffer>, what = 'file'): Promise<Response> =>
  await fetch(`${url}/v2/images/${id}/${what}`, { method: 'PUT', body, headers: { 'x-auth-token': MEMBER, 'content-type': 'application/octet-stream', accept: 'application/json' } })

/** Speaks HTTP by hand: a client that misbehaves. Answers what came back before the connection ended. */
async function speak(text: string, after: (socket: ReturnType<typeof connect>) => void): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let heard = ''
  socket.on('data', (chunk) => { heard += chunk.toString() })
  socket.on('error', () => {})
  socket.write(text, () => after(socket))
  await new Promise((resolve) => socket.once('close', resolve))
  return heard
}

async function settles(read: () => Promise<boolean>): Promise<void> {
  await vi.waitUntil(read, { timeout: 60_000, interval: 5 })
}

describe('the worker’s socket', () => {
  test('answers JSON calls like the pipeline', async () => {
    expect((await fetch(`${url}/`)).status).toBe(300)
    const made = await fetch(`${url}/v2/images`, { method: 'POST', body: JSON.stringify({ name: 'over the wire' }), headers: { 'x-auth-token': MEMBER, 'content-type': 'application/json' } })
    expect(made.status).toBe(201)
    expect(made.headers.get('x-openstack-request-id')).toMatch(/^req-/)
    expect(made.headers.get('location')).toMatch(new RegExp(`^${url}/v2/images/`))
    expect(await made.json()).toMatchObject({ name: 'over the wire' })
    expect((await fetch(`${url}/v2/images`)).status).toBe(401)
    const large = await fetch(`${url}/v2/images`, { method: 'POST', body: JSON.stringify({ name: 'x'.repeat(200_000) }), headers: { 'x-auth-token': MEMBER, 'content-type': 'application/json' } })
    expect(large.status).toBe(413)
  })

  test('carries bytes both ways', async () => {
    const { id } = await make()
    const data = randomBytes(5_000_000)
    expect((await put(id, data)).status).toBe(204)
    expect(await show(id)).toMatchObject({ status: 'active', size: data.length, os_hash_value: createHash('sha512').update(data).digest('hex') })
    const whole = await fetch(`${url}/v2/images/${id}/file`, { headers: { 'x-auth-token': MEMBER } })
    expect(whole.headers.get('content-md5')).toBe(createHash('md5').update(data).digest('hex'))
    expect(Buffer.from(await whole.arrayBuffer()).equals(data)).toBe(true)
    const part = await fetch(`${url}/v2/images/${id}/file`, { headers: { 'x-auth-token': MEMBER, range: 'bytes=10-19' } })
    expect(part.status).toBe(206)
    expect(Buffer.from(await part.arrayBuffer()).equals(data.subarray(10, 20))).toBe(true)
    expect((await fetch(`${url}/v2/images/${id}/file`, { headers: { 'x-auth-token': MEMBER, range: 'bytes=9999999-' } })).status).toBe(416)
  })

  test('takes chunked and empty uploads', async () => {
    const { id } = await make()
    async function* chunks() { for (let i = 0; i < 50; i += 1) yield Buffer.alloc(1000, i) }
    const answer = await fetch(`${url}/v2/images/${id}/file`, { method: 'PUT', body: chunks() as never, duplex: 'half', headers: { 'x-auth-token': MEMBER, 'content-type': 'application/octet-stream' } } as RequestInit)
    expect(answer.status).toBe(204)
    expect(await show(id)).toMatchObject({ status: 'active', size: 50_000 })
    const empty = await make()
    expect((await put(empty.id, Buffer.alloc(0))).status).toBe(204)
    expect(await show(empty.id)).toMatchObject({ status: 'active', size: 0, checksum: 'd41d8cd98f00b204e9800998ecf8427e' })
    expect((await fetch(`${url}/v2/images/${empty.id}/file`, { headers: { 'x-auth-token': MEMBER } })).status).toBe(200)
  })

  test('refuses before the bytes are sent, and still lets the client read why', async () => {
    const { id } = await make()
    await put(id, Buffer.from('first'))
    const again = await put(id, randomBytes(8_000_000))
    expect(again.status).toBe(409)
    expect(await again.json()).toMatchObject({ code: '409 Conflict' })
    expect((await put('11111111-2222-3333-4444-555555555555', randomBytes(2_000_000))).status).toBe(404)
  })

  test('too much is refused, declared or not', async () => {
    const declared = await make()
    expect((await put(declared.id, Buffer.alloc(41_000_000))).status).toBe(413)
    expect(await show(declared.id)).toMatchObject({ status: 'queued' })
    const chunked = await make()
    async function* chunks() { for (let i = 0; i < 41; i += 1) yield Buffer.alloc(1_000_000, i) }
    const answer = await fetch(`${url}/v2/images/${chunked.id}/file`, { method: 'PUT', body: chunks() as never, duplex: 'half', headers: { 'x-auth-token': MEMBER, 'content-type': 'application/octet-stream' } } as RequestInit)
    expect(answer.status).toBe(413)
    expect(await show(chunked.id)).toMatchObject({ status: 'queued', size: null })
  })
})

describe('broken uploads', () => {
  test.each([300_000, 9_000_000])('a client that goes away after %d bytes leaves a queued image and no file', async (bytes) => {
    const { id } = await make()
    const head = `PUT /v2/images/${id}/file HTTP/1.1\r\nhost: x\r\nx-auth-token: ${MEMBER}\r\ncontent-type: application/octet-stream\r\ncontent-length: 20000000\r\n\r\n`
    await speak(head, (socket) => {
      socket.write(Buffer.alloc(bytes))
      void settles(async () => (await show(id)).status === 'saving').then(() => socket.destroy())
    })
    await settles(async () => (await show(id)).status === 'queued')
    expect((await readdir(join(bench.stateDir, 'images', 'incoming'))).filter((f) => f.startsWith(id))).toEqual([])
    expect((await put(id, Buffer.from('second try'))).status).toBe(204)
    expect(await show(id)).toMatchObject({ status: 'active', size: 10 })
  })

  test('an image deleted during its upload is gone, and so is its data', async () => {
    const { id } = await make()
    const head = `PUT /v2/images/${id}/file HTTP/1.1\r\nhost: x\r\nx-auth-token: ${MEMBER}\r\naccept: application/json\r\nconnection: close\r\ncontent-type: application/octet-stream\r\ncontent-length: 200000\r\n\r\n`
    const heard = await speak(head, (socket) => {
      socket.write(Buffer.alloc(100_000))
      void settles(async () => (await show(id)).status === 'saving').then(async () => {
        expect((await member.delete(`/v2/images/${id}`)).status).toBe(204)
        socket.write(Buffer.alloc(100_000))
      })
    })
    expect(heard).toContain('HTTP/1.1 410')
    const left = await readdir(join(bench.stateDir, 'images'), { recursive: true })
    expect(left.filter((f) => f.includes(id))).toEqual([])
  })

  test('other calls are answered while an upload is under way', async () => {
    const { id } = await make()
    const { promise: asked, resolve: goOn } = Promise.withResolvers<void>()
    async function* chunks() {
      for (let i = 0; i < 30; i += 1) yield Buffer.alloc(1_000_000, i)
      await asked
      yield Buffer.alloc(1_000_000)
    }
    const upload = fetch(`${url}/v2/images/${id}/file`, { method: 'PUT', body: chunks() as never, duplex: 'half', headers: { 'x-auth-token': MEMBER, 'content-type': 'application/octet-stream' } } as RequestInit)
    await settles(async () => (await show(id)).status === 'saving')
    for (let i = 0; i < 100; i += 1) expect(await show(id)).toMatchObject({ status: 'saving' })
    goOn()
    expect((await upload).status).toBe(204)
    expect(await show(id)).toMatchObject({ status: 'active', size: 31_000_000 })
  })
})

test('a worker that dies is replaced, and its uploads are over', async () => {
  const { id } = await make()
  const workers: Worker[] = []
  const listener = await listenWithWorker({ host: '127.0.0.1', port: 0, dialect: image.dialect, handle: (request) => bench.pipeline.handle(request) }, (worker) => workers.push(worker))
  const own = `http://127.0.0.1:${listener.port}`
  const broken = fetch(`${own}/v2/images/${id}/file`, {
    method: 'PUT', duplex: 'half', headers: { 'x-auth-token': MEMBER, 'content-type': 'application/octet-stream' },
    body: new ReadableStream({ start: (controller) => controller.enqueue(Buffer.alloc(200_000)) }),
  } as RequestInit).then(() => 'answered', () => 'broken')
  await settles(async () => (await show(id)).status === 'saving')
  await workers[0]!.terminate()
  expect(await broken).toBe('broken')
  await settles(async () => (await show(id)).status === 'queued')
  await settles(async () => await fetch(own).then((r) => r.status === 300, () => false))
  expect(workers).toHaveLength(2)
  await listener.close()
})

describe('transfer for agents', () => {
  const service = testToken({ user: 'nacre', project: 'service', roles: ['admin', 'service'] })
  const user = testToken({ user: 'a', project: 'alpha', roles: ['member', 'reader'] })

  test.each([['cloned on this host', service], ['over HTTP', user]])('download, %s', async (_how, token) => {
    const { id } = await make()
    const data = randomBytes(2_500_000)
    await put(id, data)
    const to = join(folder, id)
    await imageTransfer({ endpoint: url, token: async () => token }).download(id, to)
    expect((await readFile(to)).equals(data)).toBe(true)
  })

  test('the head of an image comes without the rest of it', async () => {
    const { id } = await make()
    const data = randomBytes(10_000)
    await put(id, data)
    const { head } = imageTransfer({ endpoint: url, token: async () => service })
    expect(await head(id, 512)).toEqual(data.subarray(0, 512))
    expect(await head(id, 20_000)).toEqual(data)
    await expect(head('11111111-2222-3333-4444-555555555555', 512)).rejects.toThrow('answered 404')
  })

  test('a damaged file is noticed', async () => {
    const { id } = await make()
    await put(id, randomBytes(10_000))
    await writeFile(join(bench.stateDir, 'images', id), randomBytes(10_000))
    for (const token of [service, user]) {
      await expect(imageTransfer({ endpoint: url, token: async () => token }).download(id, join(folder, id))).rejects.toThrow('arrived damaged')
    }
  })

  test('upload fills a queued image, and says why when it cannot', async () => {
    const { id } = await make()
    const from = join(folder, 'snapshot')
    await writeFile(from, randomBytes(1_200_000))
    const transfer = imageTransfer({ endpoint: url, token: async () => service })
    await transfer.upload(id, from, 'raw')
    expect(await show(id)).toMatchObject({ status: 'active', size: 1_200_000 })
    await expect(transfer.upload(id, from, 'raw')).rejects.toThrow('answered 409. Image status transition from active to saving is not allowed')
    await expect(transfer.download('11111111-2222-3333-4444-555555555555', from)).rejects.toThrow('answered 404')
  })

  test('where the data lies is told to services alone', async () => {
    const { id } = await make()
    await put(id, Buffer.from('x'))
    expect((await client(bench.pipeline, service).get(`/v2/images/${id}/data-location`)).status).toBe(200)
    expect((await client(bench.pipeline, ADMIN).get(`/v2/images/${id}/data-location`)).status).toBe(403)
    expect((await member.get(`/v2/images/${id}/data-location`)).status).toBe(403)
  })
})
