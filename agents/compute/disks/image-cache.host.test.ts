/** The image cache over real files; needs `qemu-img`, no guests. */
import { createHash, randomUUID } from 'node:crypto'
import { copyFile, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureHostPackages } from '#cloud/host-packages/host-packages.ts'
import { run } from '#core/host/run.ts'
import { silentLog } from '#core/log/log.ts'
import { ImageCache } from './image-cache.ts'
import { imageInfo } from './qemu-img.ts'

const MIB = 1024 * 1024

describe('the image cache', () => {
  let folder: string
  let cache: ImageCache
  const sources = new Map<string, string>()
  let downloads: string[]

  beforeEach(async () => {
    await ensureHostPackages([{ name: 'qemu-utils', reason: 'qemu-img makes and reads the images of this test' }])
    folder = await mkdtemp(join(tmpdir(), 'image-cache-'))
    downloads = []
    cache = new ImageCache(folder, {
      download: async (imageId, toPath) => {
        downloads.push(imageId)
        await new Promise((resolve) => { setImmediate(resolve) })
        await copyFile(sources.get(imageId)!, toPath)
      },
      upload: async () => {},
    }, silentLog)
  })
  afterEach(async () => { await rm(folder, { recursive: true, force: true }) })

  async function image(diskFormat: string, ...make: string[]): Promise<{ imageId: string; diskFormat: string; checksum: string }> {
    const imageId = randomUUID()
    const path = join(folder, `source-${imageId}`)
    await run('qemu-img', ['create', '-q', ...make.slice(0, -1), path, ...make.slice(-1)])
    sources.set(imageId, path)
    return { imageId, diskFormat, checksum: createHash('md5').update(await readFile(path)).digest('hex') }
  }

  async function kept(): Promise<string[]> { return (await readdir(join(folder, 'images'))).sort() }

  it('fetches once, for requests at the same time and later ones', async () => {
    const wanted = await image('qcow2', '-f', 'qcow2', '8M')
    expect(await cache.has(wanted.imageId)).toBe(false)
    const answers = await Promise.all([cache.get(wanted), cache.get(wanted), cache.get(wanted)])
    expect(answers[0]).toEqual({ path: join(folder, 'images', `${wanted.imageId}.qcow2`), format: 'qcow2', virtualSizeBytes: 8 * MIB })
    expect(await cache.get(wanted)).toEqual(answers[0])
    expect(downloads).toEqual([wanted.imageId])
    expect(await cache.has(wanted.imageId)).toBe(true)
    expect(await kept()).toEqual([`${wanted.imageId}.qcow2`])
  })

  it('keeps raw as raw and turns others into qcow2', async () => {
    const raw = await image('raw', '-f', 'raw', '2M')
    expect(await cache.get(raw)).toMatchObject({ format: 'raw', virtualSizeBytes: 2 * MIB })
    for (const [diskFormat, reader] of [['vmdk', 'vmdk'], ['vdi', 'vdi'], ['vhd', 'vpc']] as const) {
      const wanted = await image(diskFormat, '-f', reader, '4M')
      const found = await cache.get(wanted)
      expect(found.format).toBe('qcow2')
      expect(await imageInfo(found.path, 'qcow2')).toMatchObject({ backingFile: null })
    }
  })

  it('refuses wrong bytes, wrong formats and images that point elsewhere', async () => {
    const wrongSum = { ...await image('qcow2', '-f', 'qcow2', '1M'), checksum: '0'.repeat(32) }
    const wrongFormat = { ...await image('qcow2', '-f', 'raw', '1M') }
    const unknown = { ...await image('ploop', '-f', 'raw', '1M') }
    const backed = await image('qcow2', '-f', 'qcow2', '-b', '/etc/passwd', '-F', 'raw', '1M')
    const flat = await image('vmdk', '-f', 'vmdk', '-o', 'subformat=monolithicFlat', '1M')
    for (const wanted of [wrongSum, wrongFormat, unknown, backed, flat]) {
      await expect(cache.get(wanted)).rejects.toMatchObject({ name: 'ImageUnacceptable' })
    }
    expect(await kept()).toEqual([])
  })

  it('leaves nothing of a download that breaks off, and the next one may succeed', async () => {
    const wanted = await image('qcow2', '-f', 'qcow2', '1M')
    const source = sources.get(wanted.imageId)!
    sources.set(wanted.imageId, join(folder, 'nowhere'))
    await expect(cache.get(wanted)).rejects.toMatchObject({ name: 'ImageTransferFailed' })
    expect(await kept()).toEqual([])
    sources.set(wanted.imageId, source)
    expect(await cache.get(wanted)).toMatchObject({ format: 'qcow2' })
  })

  it('forgets what nobody uses nor asks for', async () => {
    const [used, old, fresh] = [await image('raw', '-f', 'raw', '1M'), await image('raw', '-f', 'raw', '1M'), await image('raw', '-f', 'raw', '1M')]
    for (const one of [used, old, fresh]) await cache.get(one)
    await writeFile(join(folder, 'images', 'stray.part'), '')
    for (const name of [`${used.imageId}.raw`, `${old.imageId}.raw`, 'stray.part']) await utimes(join(folder, 'images', name), 1, 1)
    await cache.prune(new Set([join(folder, 'images', `${used.imageId}.raw`)]), Date.now() - 60_000)
    expect(await kept()).toEqual([`${fresh.imageId}.raw`, `${used.imageId}.raw`].sort())
  })
})
