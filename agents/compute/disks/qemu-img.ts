/** `qemu-img`, as far as a host needs it. Formats are always given, never probed: a guest can forge a header. */
import { run, runJson } from '#core/host/run.ts'

export interface ImageInfo { format: string; virtualSizeBytes: number; backingFile: string | null; dataFile: string | null; createType: string | null }

interface RawInfo {
  format: string
  'virtual-size': number
  'backing-filename'?: string
  'format-specific'?: { data?: { 'data-file'?: string; 'create-type'?: string } }
}

/** Bounds what a hostile image can make the reader use (CVE-2015-5162). */
const LIMITS = ['--as=1073741824', '--cpu=30']

/** What the file is when read as `format`; `undefined` lets the program guess, to compare with what was said. */
export async function imageInfo(path: string, format?: string): Promise<ImageInfo> {
  const info = await runJson<RawInfo>('prlimit', [...LIMITS, 'qemu-img', 'info', '--force-share', '--output=json', ...(format === undefined ? [] : ['-f', format]), path])
  const data = info['format-specific']?.data
  return {
    format: info.format, virtualSizeBytes: info['virtual-size'], backingFile: info['backing-filename'] ?? null,
    dataFile: data?.['data-file'] ?? null, createType: data?.['create-type'] ?? null,
  }
}

/** A copy-on-write file over `base`; `sizeBytes` undefined keeps the base's size. */
export async function createOverlay(path: string, base: { path: string; format: string }, sizeBytes?: number): Promise<void> {
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', base.path, '-F', base.format, path, ...(sizeBytes === undefined ? [] : [String(sizeBytes)])])
}

/** An empty qcow2 of a size. */
export async function createEmpty(path: string, sizeBytes: number): Promise<void> {
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', path, String(sizeBytes)])
}

/** Makes a disk larger; one that is large enough stays as it is. */
export async function growImage(path: string, format: string, sizeBytes: number): Promise<void> {
  if ((await imageInfo(path, format)).virtualSizeBytes < sizeBytes) await run('qemu-img', ['resize', '-q', '-f', format, path, String(sizeBytes)])
}

/** A flattened copy of the whole chain below `from`. */
export async function convertImage(from: { path: string; format: string }, to: { path: string; format: string }, options: { signal?: AbortSignal } = {}): Promise<void> {
  await run('qemu-img', ['convert', '-f', from.format, '-O', to.format, from.path, to.path], { timeoutMs: 1_800_000, signal: options.signal })
}
