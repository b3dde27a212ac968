import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serviceIdentity } from '#core/auth/identity.ts'
import { localNeighbour, NeighbourError } from '#core/clients/neighbour.ts'
import { testIdentity } from '#testkit/tokens.ts'
import { imageClient, imageProperties } from './contract.ts'
import { startImageBench } from './testing/image-bench.ts'

const alice = { identity: testIdentity({ user: 'alice', project: 'alpha' }), requestId: 'req-1' }
const bob = { identity: testIdentity({ user: 'bob', project: 'beta' }), requestId: 'req-2' }

describe('the image client of neighbours', () => {
  let bench: Awaited<ReturnType<typeof startImageBench>>
  let images: ReturnType<typeof imageClient>

  beforeAll(async () => {
    bench = await startImageBench()
    images = imageClient(localNeighbour('image', (request) => bench.pipeline.handle(request), serviceIdentity('compute'), 'http://cloud.test'))
  })
  afterAll(async () => { await bench.stop() })

  test('registers in the user’s name, once, and sees what the user sees', async () => {
    const id = randomUUID()
    const made = await images.ensure(alice, 'user', { id, name: 'snap', disk_format: 'qcow2', container_format: 'bare', visibility: 'private', base_image_ref: 'x', tags: ['t'] })
    expect(made).toMatchObject({ id, owner: 'alpha', status: 'queued', tags: ['t'] })
    expect(imageProperties(made)).toEqual({ base_image_ref: 'x' })
    expect(await images.ensure(alice, 'user', { id, name: 'again' })).toMatchObject({ id, name: 'snap' })
    expect(await images.get(bob, 'user', id)).toBeUndefined()
    expect((await images.get(bob, 'service', id))?.owner).toBe('alpha')
    expect((await images.list(alice, 'user', { name: 'snap' })).map((image) => image.id)).toEqual([id])
    expect(await images.list(bob, 'user', { name: 'snap' })).toEqual([])
  })

  test('makes the properties what they should be', async () => {
    const before = { gone: 'g', 'with/slash': 's', kept: 'k' }
    const { id } = await images.ensure(alice, 'user', { id: randomUUID(), name: 'n', ...before })
    const after = { 'with/slash': 't', kept: 'k', fresh: 'f' }
    await images.setProperties(alice, 'user', id, before, after)
    expect(imageProperties((await images.get(alice, 'user', id))!)).toEqual(after)
    await expect(images.setProperties(bob, 'user', id, after, {})).rejects.toThrow(NeighbourError)
  })

  test('removes with refusals, discards without', async () => {
    const { id } = await images.ensure(alice, 'user', { id: randomUUID(), protected: true })
    await expect(images.remove(alice, 'user', id)).rejects.toThrow(`Image ${id} is protected and cannot be deleted.`)
    await images.discard(alice, 'service', id)
    expect((await images.get(alice, 'user', id))?.protected).toBe(true)
    const other = await images.ensure(alice, 'user', { id: randomUUID() })
    await images.remove(alice, 'user', other.id)
    expect(await images.get(alice, 'user', other.id)).toBeUndefined()
    await expect(images.remove(alice, 'user', other.id)).rejects.toThrow(NeighbourError)
    await images.discard(alice, 'user', other.id)
  })
})
