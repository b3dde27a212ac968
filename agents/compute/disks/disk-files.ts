/**
 * The disks of a server, laid out as files: a copy-on-write overlay where the disk comes from an image, a sparse raw
 * file where it is blank, with a file system or swap signature when asked for.
 */
import { link, open, copyFile, rm } from 'node:fs/promises'
import { run } from '#core/host/run.ts'
import type { DiskFile } from '../drivers/driver.ts'
import { FlavorDiskTooSmall, UnsupportedSpec } from '../errors.ts'
import type { CachedImage } from './image-cache.ts'
import { createOverlay } from './qemu-img.ts'

const MIB = 1024 * 1024

/** Makes a disk over `base`. Throws `FlavorDiskTooSmall` when the image does not fit. */
export async function makeOverlayDisk(file: DiskFile, base: CachedImage): Promise<void> {
  const sizeBytes = file.disk.sizeMiB * MIB
  if (sizeBytes > 0 && base.virtualSizeBytes > sizeBytes) {
    throw new FlavorDiskTooSmall(`the image needs a disk of ${Math.ceil(base.virtualSizeBytes / MIB)} MiB and the flavor grants ${file.disk.sizeMiB}; choose a larger flavor`)
  }
  await createOverlay(file.path, base, sizeBytes === 0 ? undefined : sizeBytes)
}

/** Makes a blank disk: bare, with a file system, or as swap. */
export async function makeBlankDisk(file: DiskFile): Promise<void> {
  const { source, role, sizeMiB } = file.disk
  if (source.kind !== 'blank') throw new UnsupportedSpec('a blank disk was asked for from an image')
  if (sizeMiB === 0) throw new UnsupportedSpec(`a blank ${role} disk needs a size`)
  const handle = await open(file.path, 'wx', 0o644)
  try {
    await handle.truncate(sizeMiB * MIB)
  } finally {
    await handle.close()
  }
  if (role === 'swap') await run('mkswap', ['-q', ...labelled('-L', source.label), file.path])
  else if (source.fileSystem !== undefined) await makeFileSystem(file.path, source.fileSystem, source.label)
}

async function makeFileSystem(path: string, fileSystem: string, label: string | undefined): Promise<void> {
  switch (fileSystem) {
    case 'ext2': case 'ext3': case 'ext4':
      await run(`mkfs.${fileSystem}`, ['-q', '-F', ...labelled('-L', label), path], { timeoutMs: 300_000 })
      return
    case 'vfat':
      await run('mkfs.vfat', [...labelled('-n', label?.slice(0, 11).toUpperCase()), path])
      return
    default:
      throw new UnsupportedSpec(`this host makes no ${fileSystem} file systems; use ext2, ext3, ext4 or vfat`)
  }
}

function labelled(option: string, label: string | undefined): string[] {
  return label === undefined ? [] : [option, label]
}

/** A kernel or ramdisk in the server's folder: a hard link, so that the cache may forget the image. */
export async function placeFile(from: string, to: string): Promise<void> {
  await rm(to, { force: true })
  try {
    await link(from, to)
  } catch (error) {
    if (!['EXDEV', 'EPERM', 'EMLINK'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    await copyFile(from, to)
  }
}
