/**
 * What tests with real guests need: a host that can run them (packages are installed when they are missing), the tiny
 * image, and a state directory with its own libvirtd that leaves nothing when the test ends.
 */
import { createHash } from 'node:crypto'
import { chmod, copyFile, mkdir, mkdtemp, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureHostPackages } from '#cloud/host-packages/host-packages.ts'
import { removePath } from '#core/host/files.ts'
import { openLog, silentLog, type Log } from '#core/log/log.ts'
import { buildTinyImage } from '#tools/tiny-image/tiny-image.ts'
import { tinyImagePackages } from '#tools/tiny-image/packages.ts'
import { removeLibvirtHost } from './drivers/libvirt/libvirt-removal.ts'
import { libvirtPackages } from './drivers/libvirt/packages.ts'
import type { ImageTransfer } from './images.ts'

/** Why real guests cannot run here, or undefined when they can. */
export function whyNoGuests(): string | undefined {
  if (process.platform !== 'linux') return 'real guests need Linux'
  if (process.getuid?.() !== 0) return 'real guests need root'
  return undefined
}

export interface TestImage { id: string; path: string; checksum: string; diskFormat: string; sizeBytes: number }

export interface GuestBench {
  stateDir: string
  log: Log
  images: { disk: TestImage; kernel: TestImage; ramdisk: TestImage; ami: TestImage; mislabelled: TestImage }
  /** Serves the images above by id, and keeps what is uploaded under `<stateDir>/uploads/<image id>`. */
  transfer: ImageTransfer & { downloads: string[] }
  close(): Promise<void>
}

const IDS = { disk: '10000000-0000-4000-8000-000000000001', kernel: '10000000-0000-4000-8000-000000000002', ramdisk: '10000000-0000-4000-8000-000000000003', ami: '10000000-0000-4000-8000-000000000004', mislabelled: '10000000-0000-4000-8000-000000000005' }

export async function openGuestBench(): Promise<GuestBench> {
  await ensureHostPackages([...libvirtPackages, ...tinyImagePackages])
  const stateDir = await mkdtemp(join(tmpdir(), 'guests-'))
  await chmod(stateDir, 0o755)
  const tiny = await buildTinyImage(join(stateDir, 'tiny'))
  const images = {
    disk: await testImage(IDS.disk, tiny.qcow2, 'qcow2'), kernel: await testImage(IDS.kernel, tiny.vmlinuz, 'aki'),
    ramdisk: await testImage(IDS.ramdisk, tiny.initrd, 'ari'), ami: await testImage(IDS.ami, tiny.ami, 'ami'),
    mislabelled: await testImage(IDS.mislabelled, tiny.initrd, 'qcow2'),
  }
  const byId = new Map(Object.values(images).map((image) => [image.id, image.path]))
  const downloads: string[] = []
  const transfer = {
    downloads,
    download: async (imageId: string, toPath: string): Promise<void> => {
      downloads.push(imageId)
      const path = byId.get(imageId)
      if (path === undefined) throw new Error(`there is no image ${imageId}`)
      await copyFile(path, toPath)
    },
    upload: async (imageId: string, fromPath: string): Promise<void> => {
      await mkdir(join(stateDir, 'uploads'), { recursive: true })
      await copyFile(fromPath, join(stateDir, 'uploads', imageId))
    },
  }
  const log = process.env['TEST_LOG'] === undefined ? silentLog : openLog({ file: process.env['TEST_LOG'], level: 'debug' })
  return {
    stateDir, log, images, transfer,
    close: async () => {
      await removeLibvirtHost(stateDir, log)
      await removePath(stateDir)
    },
  }
}

async function testImage(id: string, path: string, diskFormat: string): Promise<TestImage> {
  const bytes = await readFile(path)
  return { id, path, diskFormat, checksum: createHash('md5').update(bytes).digest('hex'), sizeBytes: (await stat(path)).size }
}
