import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serviceIdentity } from '#core/auth/identity.ts'
import { localNeighbour, NeighbourError } from '#core/clients/neighbour.ts'
import { testIdentity } from '#testkit/tokens.ts'
import { imageClient, imageProperties, type ImageClient } from './contract.ts'
import { startImageBench } from './testing/image-bench.ts'

const alice = { identity: testIdentity({ user: 'alice', project: 'alpha' }), requestId: 'req-1' }
const bob = { identity: testIdentity({ user: 'bob', project: 'beta' }), requestId: 'req-2' }

describe('the image client of neighbours', () => {
  let bench: Awaited<ReturnType<typeof startImageBench>>
  let images: ImageClient

  beforeAll(async () => {
    bench = await startImageBench()
    images = imageClient(localNeighbour('image', (request) => bench.pipeline.handle(request), serviceIdentity('compute'), 'http://cloud.test'))
  })
  afterAll(async () => { await bench.stop() })

  test('creates in the user’s name, sees what the user sees', async () => {
    const made = await images.create(alice, { name: 'snap', disk_format: 'qcow2', container_format: 'bare', visibility: 'private', base_image_ref: 'x', tags: ['t'] })
    expect(made).toMatchObject({ owner: 'alpha', status: 'queued', tags: ['t'] })
    expect(imageProperties(made)).toEqual({ base_image_ref: 'x' })
    expect((await images.get(alice, made.id))?.name).toBe('snap')
    expect(await images.get(bob, made.id)).toBeUndefined()
    expect((await images.get(bob, made.id, 'service'))?.owner).toBe('alpha')
    expect((await images.list(alice, { name: 'snap' })).map((i) => i.id)).toEqual([made.id])
    expect(await images.list(bob, { name: 'snap' })).toEqual([])
  })

  test('changes attributes and properties, and takes properties away', async () => {
    const { id } = await images.create(alice, { name: 'n', gone: 'g', 'with/slash': 's' })
    const changed = await images.update(alice, id, { name: null, min_disk: 3, gone: null, 'with/slash': 't', fresh: 'f' })
    expect(changed).toMatchObject({ name: null, min_disk: 3, fresh: 'f', 'with/slash': 't' })
    expect(changed).not.toHaveProperty('gone')
    await expect(images.update(alice, id, { status: 'active' })).rejects.toThrow(NeighbourError)
  })

  test('discards what a failed snapshot leaves, even when it is protected or gone', async () => {
    const { id } = await images.create(alice, { protected: true })
    await expect(images.delete(alice, id, 'user')).rejects.toThrow(`Image ${id} is protected and cannot be deleted.`)
    await images.discard(alice, id)
    expect(await images.get(alice, id)).toBeUndefined()
    await images.discard(alice, id)
    await images.delete(alice, id)
  })
})
