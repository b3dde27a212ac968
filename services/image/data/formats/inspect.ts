/**
 * Finds out what the bytes are, and whether an image with a given claim may be made of them.
 *
 * The rules follow upstream's fixes for OSSA-2024-001 and -002 and its later format check: data that could make a
 * host open another file is refused under any claim and in any container; in a bare container the data must be what
 * `disk_format` says, so a "raw" image that is really a qcow2 is refused too (a reader that guesses would follow the
 * qcow2's pointers). `ami`, `ari`, `aki`, `iso` and `ploop` have no signature to ask for: they must merely not be one of
 * the disk formats that are recognised. Where upstream knows a virtual size, so do we.
 */
import { inspectQcow2 } from './qcow2.ts'
import { inspectVhdx } from './vhdx.ts'
import { inspectVmdk } from './vmdk.ts'
import { sizeOf, type FormatReport, type FoundFormat, type ReadAt } from './format-report.ts'

/** Bytes from the start that suffice to tell the format. */
export const HEAD_BYTES = 512

/** Formats with a signature of their own; what is claimed under these names must carry it. */
const SIGNED = new Set<string>(['qcow2', 'vmdk', 'vhd', 'vhdx', 'vdi'])
const VDI_SIGNATURE = 0xbeda107f
const VHD_DIFFERENCING = 4

export interface FormatClaim { diskFormat: string | null; containerFormat: string | null; requireMatch: boolean }

/** The format the first bytes announce; `raw` when none is recognised. */
export function recognise(head: Buffer): FoundFormat {
  const magic = head.toString('latin1', 0, 8)
  if (magic.startsWith('QFI\xfb')) return 'qcow2'
  if (magic.startsWith('QED\0')) return 'qed'
  if (magic.startsWith('KDMV') || magic.startsWith('COWD')) return 'vmdk'
  if (/^#\s*disk descriptorfile/i.test(head.toString('latin1', 0, 64))) return 'vmdk'
  if (magic === 'vhdxfile') return 'vhdx'
  if (magic === 'conectix') return 'vhd'
  if (head.length >= 0x44 && head.readUInt32LE(0x40) === VDI_SIGNATURE) return 'vdi'
  return 'raw'
}

export async function inspectFormat(read: ReadAt, sizeBytes: number, claimed: string | null): Promise<FormatReport> {
  const head = await read(0, HEAD_BYTES)
  switch (recognise(head)) {
    case 'qcow2': return await inspectQcow2(read)
    case 'qed': return { format: 'qed', virtualSizeBytes: null, unsafe: 'qed images are not supported; convert it to qcow2' }
    case 'vmdk': return await inspectVmdk(read, sizeBytes)
    case 'vhdx': return await inspectVhdx(read)
    case 'vhd': return inspectVhd(head)
    case 'vdi': return head.length >= 0x178 ? { format: 'vdi', virtualSizeBytes: sizeOf(head.readBigUInt64LE(0x170)) } : { format: 'vdi', virtualSizeBytes: null, unsafe: 'its vdi header is cut off' }
    case 'raw': return claimed === 'vhd' ? await inspectFixedVhd(read, sizeBytes) : { format: 'raw', virtualSizeBytes: sizeBytes }
  }
}

/** A fixed VHD is raw data with a footer; it is one only where the record says so. */
async function inspectFixedVhd(read: ReadAt, sizeBytes: number): Promise<FormatReport> {
  const footer = sizeBytes >= 512 ? await read(sizeBytes - 512, 512) : Buffer.alloc(0)
  return footer.toString('latin1', 0, 8) === 'conectix' ? inspectVhd(footer) : { format: 'raw', virtualSizeBytes: sizeBytes }
}

function inspectVhd(footer: Buffer): FormatReport {
  if (footer.length < 64) return { format: 'vhd', virtualSizeBytes: null, unsafe: 'its vhd header is cut off' }
  const virtualSizeBytes = sizeOf(footer.readBigUInt64BE(48))
  if (footer.readUInt32BE(60) === VHD_DIFFERENCING) return { format: 'vhd', virtualSizeBytes, unsafe: 'it has a parent disk; flatten it with qemu-img convert' }
  return { format: 'vhd', virtualSizeBytes }
}

/** A refusal in words, or undefined when the data may become the image. */
export function refuseFormat(claim: FormatClaim, found: FormatReport): string | undefined {
  if (found.unsafe !== undefined) return found.unsafe
  return claim.requireMatch && claim.containerFormat === 'bare' ? refuseMismatch(claim.diskFormat, found.format) : undefined
}

/** What the first bytes alone already rule out; the rest is judged when all has arrived. */
export function refuseHead(claim: FormatClaim, head: Buffer): string | undefined {
  if (!claim.requireMatch || claim.containerFormat !== 'bare' || head.length < HEAD_BYTES) return undefined
  const format = recognise(head)
  return claim.diskFormat === 'vhd' && format === 'raw' ? undefined : refuseMismatch(claim.diskFormat, format)
}

function refuseMismatch(diskFormat: string | null, format: FoundFormat): string | undefined {
  const wanted = diskFormat !== null && SIGNED.has(diskFormat) ? diskFormat : 'raw'
  if (format === wanted) return undefined
  return `disk_format is ${diskFormat ?? 'not set'}, but the data is ${format === 'raw' ? `not ${diskFormat}` : format}`
}

/** Virtual size as the API shows it: for bare images of formats whose size is known. */
export function shownVirtualSize(claim: FormatClaim, found: FormatReport): number | null {
  if (claim.containerFormat !== 'bare' || claim.diskFormat !== found.format) return null
  return found.virtualSizeBytes
}
