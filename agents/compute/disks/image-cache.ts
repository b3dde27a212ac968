/**
 * Images on this host. An image is fetched once, checked against its checksum and its declared format, and kept as
 * the base that server disks are laid over; requests at the same time share one download. What is in the cache under
 * its final name is whole and checked, because it gets that name last.
 *
 * Raw and qcow2 are kept as they are; other formats become qcow2. An image that refers to another file (backing file,
 * external data) is refused: it could read the host's files (OSSA-2024-001).
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { isUuidLike } from '#core/ids/ids.ts'
import type { Log } from '#core/log/log.ts'
import { ImageTransferFailed, ImageUnacceptable } from '../errors.ts'
import type { ImageTransfer } from '../images.ts'
import { convertImage, imageInfo } from './qemu-img.ts'

export interface WantedImage { imageId: string; checksum: string | null; diskFormat: string }
export interface CachedImage { path: string; format: 'qcow2' | 'raw'; virtualSizeBytes: number }

/** Glance's disk formats → the reader's name for them. `aki`, `ari`, `ami` and `iso` are plain bytes. */
const READER: Record<string, string> = { raw: 'raw', ami: 'raw', aki: 'raw', ari: 'raw', iso: 'raw', qcow2: 'qcow2', vmdk: 'vmdk', vdi: 'vdi', vhd: 'vpc', vhdx: 'vhdx' }

export class ImageCache {
  readonly root: string
  readonly #images: ImageTransfer
  readonly #log: Log
  readonly #underWay = new Map<string, Promise<CachedImage>>()

  constructor(stateDir: string, images: ImageTransfer, log: Log) {
    this.root = join(stateDir, 'images')
    this.#images = images
    this.#log = log
  }

  /** The image as a file to lay disks over. Throws `ImageUnacceptable` or `ImageTransferFailed`. */
  async get(wanted: WantedImage): Promise<CachedImage> {
    if (!isUuidLike(wanted.imageId)) throw new ImageUnacceptable(`${JSON.stringify(wanted.imageId)} is not an image id`)
    const shared = this.#underWay.get(wanted.imageId) ?? this.#find(wanted)
    this.#underWay.set(wanted.imageId, shared)
    try {
      return await shared
    } finally {
      if (this.#underWay.get(wanted.imageId) === shared) this.#underWay.delete(wanted.imageId)
    }
  }

  /** True when the image lies here, whole. */
  async has(imageId: string): Promise<boolean> {
    const names = await readdir(this.root).catch(() => [] as string[])
    return names.includes(`${imageId}.qcow2`) || names.includes(`${imageId}.raw`)
  }

  /** Removes images that no disk in `inUse` lies over and nobody has asked for since `beforeMs`; answers their paths. */
  async prune(inUse: Set<string>, beforeMs: number): Promise<string[]> {
    const removed: string[] = []
    for (const name of await readdir(this.root).catch(() => [] as string[])) {
      const path = join(this.root, name)
      if (inUse.has(path) || this.#underWay.has(name.slice(0, name.indexOf('.')))) continue
      if ((await stat(path)).mtimeMs >= beforeMs) continue
      await rm(path, { force: true })
      removed.push(path)
    }
    return removed
  }

  async #find(wanted: WantedImage): Promise<CachedImage> {
    for (const format of ['qcow2', 'raw'] as const) {
      const path = join(this.root, `${wanted.imageId}.${format}`)
      try {
        const now = new Date()
        await utimes(path, now, now)
      } catch { continue }
      return { path, format, virtualSizeBytes: (await imageInfo(path, format)).virtualSizeBytes }
    }
    return await this.#fetch(wanted)
  }

  async #fetch(wanted: WantedImage): Promise<CachedImage> {
    await mkdir(this.root, { recursive: true, mode: 0o755 })
    const part = join(this.root, `${wanted.imageId}.part`)
    const converted = join(this.root, `${wanted.imageId}.converting`)
    try {
      await this.#images.download(wanted.imageId, part).catch((error: unknown) => {
        throw new ImageTransferFailed(`image ${wanted.imageId} could not be fetched: ${(error as Error).message}`, { cause: error })
      })
      await checkSum(part, wanted)
      const reader = await checkFormat(part, wanted)
      const format = reader === 'raw' ? 'raw' : 'qcow2'
      const path = join(this.root, `${wanted.imageId}.${format}`)
      if (reader !== format) await convertImage({ path: part, format: reader }, { path: converted, format })
      await rename(reader === format ? part : converted, path)
      const { virtualSizeBytes } = await imageInfo(path, format)
      this.#log.info({ imageId: wanted.imageId, path }, 'image cached')
      return { path, format, virtualSizeBytes }
    } finally {
      await rm(part, { force: true })
      await rm(converted, { force: true })
    }
  }
}

async function checkSum(path: string, wanted: WantedImage): Promise<void> {
  if (wanted.checksum === null) return
  const hash = createHash('md5')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  const found = hash.digest('hex')
  if (found !== wanted.checksum) throw new ImageUnacceptable(`image ${wanted.imageId} arrived with checksum ${found}, its record says ${wanted.checksum}; upload it again`)
}

/** Answers the reader's format after checking that the bytes are what the record says. */
async function checkFormat(path: string, wanted: WantedImage): Promise<string> {
  const reader = READER[wanted.diskFormat]
  if (reader === undefined) throw new ImageUnacceptable(`this host cannot use disk format ${wanted.diskFormat}; convert the image to qcow2`)
  if (reader === 'raw') return reader
  const info = await imageInfo(path, reader).catch((error: unknown) => {
    throw new ImageUnacceptable(`image ${wanted.imageId} is not ${wanted.diskFormat}; set its disk_format to what it is`, { cause: error })
  })
  if (info.backingFile !== null || info.dataFile !== null) throw new ImageUnacceptable(`image ${wanted.imageId} refers to another file; flatten it with qemu-img convert`)
  if (reader === 'vmdk' && info.createType !== 'monolithicSparse' && info.createType !== 'streamOptimized') {
    throw new ImageUnacceptable(`image ${wanted.imageId} is a vmdk of type ${info.createType ?? 'unknown'}; use monolithicSparse or streamOptimized`)
  }
  return reader
}
