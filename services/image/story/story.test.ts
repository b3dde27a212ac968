import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { client, type TestClient } from '#testkit/http.ts'
import { MEMBER } from '#testkit/tokens.ts'
import { startImageBench } from '../testing/image-bench.ts'
import { explainImage } from './explain-image.ts'
import { imageChecks } from './image-checks.ts'

let bench: Awaited<ReturnType<typeof startImageBench>>
let member: TestClient

beforeAll(async () => {
  bench = await startImageBench()
  member = client(bench.pipeline, MEMBER)
})
afterAll(async () => { await bench.stop() })

async function make(data?: Buffer): Promise<string> {
  const { id } = (await member.post<{ id: string }>('/v2/images', { disk_format: 'raw', container_format: 'bare' })).body
  if (data !== undefined) await bench.put(MEMBER, `/v2/images/${id}/file`, data)
  return id
}

test('an image tells how far it is, and what hurts', async () => {
  const ctx = bench.context()
  const [blank, good, gone, short] = [await make(), await make(Buffer.from('data')), await make(Buffer.from('data')), await make(Buffer.from('data'))]
  await rm(join(bench.stateDir, 'images', gone))
  await writeFile(join(bench.stateDir, 'images', short), 'da')
  expect(await explainImage(ctx, blank)).toMatchObject({ status: 'queued', advice: ['Upload its data, or import it.'] })
  expect((await explainImage(ctx, good))?.problem).toBeUndefined()
  expect(await explainImage(ctx, gone)).toMatchObject({ status: 'active', problem: 'its data is missing' })
  expect(await explainImage(ctx, 'absent')).toBeUndefined()
  const problems = await imageChecks[0]!.run(ctx, false)
  expect(problems.map((p) => [p.id, p.sentence]).sort()).toEqual([[gone, 'its data is missing'], [short, 'its data has 2 of 4 bytes']].sort())
})

test('an abandoned upload is found, and mended when asked', async () => {
  const ctx = bench.context()
  const id = await make()
  await ctx.db.updateTable('images').set({ status: 'saving', upload_id: '11111111-1111-1111-1111-111111111111', lease_until: '2020-01-01T00:00:00.000Z' }).where('id', '=', id).execute()
  expect(await imageChecks[1]!.run(ctx, false)).toMatchObject([{ id, kind: 'abandoned-upload', repaired: false }])
  expect(await imageChecks[1]!.run(ctx, true)).toMatchObject([{ id, repaired: true }])
  expect(await imageChecks[1]!.run(ctx, false)).toEqual([])
})
