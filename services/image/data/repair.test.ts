import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { start } from '#core/host/run.ts'
import { startService } from '#core/service/service.ts'
import { client, type TestClient } from '#testkit/http.ts'
import { MEMBER } from '#testkit/tokens.ts'
import { image } from '../service.ts'
import { startImageBench } from '../testing/image-bench.ts'
import { imageProcessEnv } from '../testing/image-process.ts'
import { repairAtStart, repairImages } from './repair.reconciler.ts'

type Image = Record<string, unknown> & { id: string; status: string }

describe('repair', () => {
  let bench: Awaited<ReturnType<typeof startImageBench>>
  let member: TestClient
  let folder: string

  beforeAll(async () => {
    bench = await startImageBench()
    member = client(bench.pipeline, MEMBER)
    folder = join(bench.stateDir, 'images')
  })
  afterAll(async () => { await bench.stop() })

  async function make(status: string, uploadId: string | null, leaseUntil: string | null): Promise<string> {
    const { id } = (await member.post<Image>('/v2/images', { disk_format: 'raw', container_format: 'bare' })).body
    await bench.context().db.updateTable('images').set({ status, upload_id: uploadId, lease_until: leaseUntil }).where('id', '=', id).execute()
    return id
  }
  const status = async (id: string): Promise<string> => (await member.get<Image>(`/v2/images/${id}`)).body.status
  const files = async (id: string): Promise<string[]> => (await readdir(folder, { recursive: true })).filter((f) => f.includes(id))

  test('gives up what nobody holds, and keeps its hands off what somebody does', async () => {
    const [dead, alive, staged] = ['11111111-1111-1111-1111-111111111111', '22222222-2222-2222-2222-222222222222', '33333333-3333-3333-3333-333333333333']
    const ids = { dead: await make('saving', dead, '2020-01-01T00:00:00.000Z'), stale: await make('uploading', dead, '2020-01-01T00:00:00.000Z'), alive: await make('saving', alive, '2999-01-01T00:00:00.000Z'), staged: await make('uploading', null, null) }
    await writeFile(join(folder, 'incoming', `${ids.dead}.${dead}`), 'half')
    await writeFile(join(folder, 'incoming', `${ids.alive}.${alive}`), 'half')
    await writeFile(join(folder, 'incoming', `${ids.alive}.${staged}`), 'an earlier try')
    await writeFile(join(folder, 'staging', ids.staged), 'whole')
    await writeFile(join(folder, 'staging', ids.dead), 'left over')
    await writeFile(join(folder, '44444444-4444-4444-4444-444444444444'), 'of no image')
    await writeFile(join(folder, 'README'), 'not ours')
    await repairImages(bench.context(), 0)
    expect(await Promise.all([ids.dead, ids.stale, ids.alive, ids.staged].map(status))).toEqual(['queued', 'queued', 'saving', 'uploading'])
    expect(await files(ids.dead)).toEqual([])
    expect(await files(ids.alive)).toEqual([`incoming/${ids.alive}.${alive}`])
    expect(await files(ids.staged)).toEqual([`staging/${ids.staged}`])
    expect(await files('44444444')).toEqual([])
    expect(await files('README')).toEqual(['README'])
    await repairAtStart(bench.context())
    expect(await status(ids.alive)).toBe('queued')
    expect(await files(ids.alive)).toEqual([])
  })

  test('young files are left alone: their row may be on its way', async () => {
    const id = '55555555-5555-5555-5555-555555555555'
    await writeFile(join(folder, id), 'young')
    await repairImages(bench.context(), 60_000)
    expect(await files(id)).toEqual([id])
  })
})

test('killed in the middle of an upload, the service comes back without a trace of it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'nacre-image-kill-'))
  await mkdir(folder, { recursive: true })
  const child = start(process.execPath, [new URL('../testing/image-process.ts', import.meta.url).pathname, folder])
  const [line] = await once(child.stdout!, 'data') as [Buffer]
  const port = Number(line.toString())
  const url = `http://127.0.0.1:${port}`
  const headers = { 'x-auth-token': MEMBER, 'content-type': 'application/json' }
  const { id } = await (await fetch(`${url}/v2/images`, { method: 'POST', headers, body: JSON.stringify({ disk_format: 'raw', container_format: 'bare' }) })).json() as Image
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(`PUT /v2/images/${id}/file HTTP/1.1\r\nhost: x\r\nx-auth-token: ${MEMBER}\r\ncontent-type: application/octet-stream\r\ncontent-length: 9000000\r\n\r\n`)
  socket.write(Buffer.alloc(3_000_000))
  await vi.waitUntil(async () => (await readdir(join(folder, 'images', 'incoming'))).length > 0, { timeout: 60_000 })
  child.kill('SIGKILL')
  await once(child, 'exit')
  socket.destroy()
  expect(await readdir(join(folder, 'images', 'incoming'))).toHaveLength(1)
  const service = await startService(image, imageProcessEnv(folder))
  const member = client(service.pipeline, MEMBER)
  expect((await member.get<Image>(`/v2/images/${id}`)).body).toMatchObject({ status: 'queued', size: null })
  expect(await readdir(join(folder, 'images', 'incoming'))).toEqual([])
  await service.stop()
  await rm(folder, { recursive: true, force: true })
})
