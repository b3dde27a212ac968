/** The files of a resize, whatever interrupts it; needs `qemu-img`, no guests. */
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureHostPackages } from '#cloud/host-packages/host-packages.ts'
import { silentLog } from '#core/log/log.ts'
import type { DiskSpec, ServerSpecType } from '#services/compute/agent/compute-agent.contract.ts'
import { backingFileOf } from './disks/backing-file.ts'
import { makeBlankDisk } from './disks/disk-files.ts'
import { ImageCache } from './disks/image-cache.ts'
import { createEmpty, createOverlay, imageInfo } from './disks/qemu-img.ts'
import { sampleSpec } from './drivers/driver-conformance.ts'
import { pruneImages } from './image-pruning.ts'
import type { PowerContext } from './power-server.ts'
import { confirmResize, resizeServer, revertResize } from './resize-server.ts'
import { ServerFolders } from './server-folder.ts'

const MIB = 1024 * 1024
const IMAGE = '10000000-0000-4000-8000-000000000001'
const options = { timeoutS: 0, signal: new AbortController().signal }

function disks(rootMiB: number, ephemeralMiB: number, swapMiB: number): DiskSpec[] {
  const blank = { kind: 'blank' as const }
  return [
    { role: 'root', index: 0, sizeMiB: rootMiB, bus: 'virtio', source: { kind: 'image', imageId: IMAGE, checksum: null, diskFormat: 'qcow2', sizeBytes: 1 } },
    ...(ephemeralMiB === 0 ? [] : [{ role: 'ephemeral' as const, index: 0, sizeMiB: ephemeralMiB, bus: 'virtio', source: blank }]),
    ...(swapMiB === 0 ? [] : [{ role: 'swap' as const, index: 0, sizeMiB: swapMiB, bus: 'virtio', source: blank }]),
  ]
}

describe('the files of a resize', () => {
  let stateDir: string
  let folders: ServerFolders
  let context: PowerContext
  let spec: ServerSpecType
  const path = (name: string): string => join(folders.path(spec.serverId), name)

  beforeEach(async () => {
    await ensureHostPackages([{ name: 'qemu-utils', reason: 'qemu-img makes and grows the disks of this test' }])
    stateDir = await mkdtemp(join(tmpdir(), 'resize-'))
    folders = new ServerFolders(stateDir)
    context = { folders, driver: { capabilities: { localFiles: true }, powerState: async () => 'shutdown' } } as unknown as PowerContext
    spec = sampleSpec({ disks: disks(16, 4, 2) })
    await mkdir(join(stateDir, 'images'))
    await createEmpty(join(stateDir, 'images', `${IMAGE}.qcow2`), 8 * MIB)
    await folders.make(spec.serverId)
    await createOverlay(path('disk'), { path: join(stateDir, 'images', `${IMAGE}.qcow2`), format: 'qcow2' }, 16 * MIB)
    for (const file of folders.files(spec).disks.slice(1)) await makeBlankDisk(file)
    await writeFile(path('disk.eph0'), 'a file system', { flag: 'r+' })
    await folders.saveSpec(spec)
  })
  afterEach(async () => { await rm(stateDir, { recursive: true, force: true }) })

  async function sizes(): Promise<Record<string, number>> {
    const found: Record<string, number> = { disk: (await imageInfo(path('disk'), 'qcow2')).virtualSizeBytes / MIB }
    for (const name of (await readdir(folders.path(spec.serverId))).filter((name) => /eph|swap/.test(name))) found[name] = (await stat(path(name))).size / MIB
    return found
  }
  const before = { disk: 16, 'disk.eph0': 4, 'disk.swap': 2 }
  const larger = (): ServerSpecType => ({ ...spec, vcpus: 4, disks: disks(32, 8, 3) })

  it('grow, and are put back as they were', async () => {
    for (let time = 0; time < 2; time++) await resizeServer(context, larger(), options)
    expect(await sizes()).toEqual({ disk: 32, 'disk.eph0': 8, 'disk.swap': 3 })
    expect(await folders.loadSpec(spec.serverId)).toEqual(larger())
    await writeFile(path('disk.eph0'), 'B', { flag: 'r+' })
    for (let time = 0; time < 2; time++) await revertResize(context, spec, options.signal)
    expect(await sizes()).toEqual(before)
    expect((await readFile(path('disk.eph0'))).toString('latin1', 0, 13)).toBe('a file system')
    expect(await folders.loadSpec(spec.serverId)).toEqual(spec)
    expect(await readdir(folders.path(spec.serverId))).not.toContain('before-resize')
  })

  it('keep what is new once it is confirmed', async () => {
    await resizeServer(context, larger(), options)
    for (let time = 0; time < 2; time++) await confirmResize(context, spec.serverId)
    await revertResize(context, spec, options.signal)
    expect(await sizes()).toEqual({ disk: 32, 'disk.eph0': 8, 'disk.swap': 3 })
  })

  it('come and go with the flavor', async () => {
    spec = { ...spec, disks: disks(16, 0, 2) }
    await rm(path('disk.eph0'))
    await folders.saveSpec(spec)
    await resizeServer(context, { ...spec, disks: disks(16, 4, 0) }, options)
    expect(await sizes()).toEqual({ disk: 16, 'disk.eph0': 4 })
    await revertResize(context, spec, options.signal)
    expect(await sizes()).toEqual({ disk: 16, 'disk.swap': 2 })
  })

  it('are not touched when one would shrink', async () => {
    for (const smaller of [disks(8, 4, 2), disks(0, 4, 2), disks(16, 2, 2), disks(16, 0, 2)]) {
      await expect(resizeServer(context, { ...spec, disks: smaller }, options)).rejects.toMatchObject({ name: 'UnsupportedSpec' })
    }
    expect(await sizes()).toEqual(before)
    expect(await folders.loadSpec(spec.serverId)).toEqual(spec)
  })

  it('survive an end half-way: a copy that is not whole, and a way back that is', async () => {
    await mkdir(path('before-resize'))
    await writeFile(path('before-resize/disk'), 'half a disk')
    await revertResize(context, spec, options.signal)
    expect(await sizes()).toEqual(before)
    await mkdir(path('before-resize'))
    await writeFile(path('before-resize/disk'), 'half a disk')
    await resizeServer(context, larger(), options)
    // The way back ended after the first of its moves.
    await rename(path('before-resize/disk'), path('disk'))
    await revertResize(context, spec, options.signal)
    expect(await sizes()).toEqual(before)
  })

  it('hold on to the images they lie over', async () => {
    const base = join(stateDir, 'images', `${IMAGE}.qcow2`)
    expect(await backingFileOf(path('disk'))).toBe(base)
    expect(await backingFileOf(path('disk.eph0'))).toBeUndefined()
    expect(await backingFileOf(base)).toBeUndefined()
    expect(await backingFileOf(path('nothing'))).toBeUndefined()
    await folders.saveSpec({ ...spec, disks: [] })
    const cache = new ImageCache(stateDir, { download: async () => {}, upload: async () => {} }, silentLog)
    const later = Date.now() + 48 * 3600 * 1000
    expect(await pruneImages(cache, folders, later)).toEqual([])
    await folders.remove(spec.serverId)
    expect(await pruneImages(cache, folders, later)).toEqual([base])
  })
})
