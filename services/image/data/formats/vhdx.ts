/**
 * VHDX: the region table at 192 KiB leads to the metadata region, whose table leads to the virtual size and to the
 * file parameters, where a parent disk would show. [MS-VHDX]
 */
import { sizeOf, type FormatReport, type ReadAt } from './format-report.ts'

const REGION_TABLE = 192 * 1024
const METADATA_REGION = '06a27c8b90479a4bb8fe575f050f886e'
const VIRTUAL_DISK_SIZE = '2442a52f1bcd7648b2115dbed83bf4b8'
const FILE_PARAMETERS = '3767a1ca36fa434db3b633f0aa44e76b'
const HAS_PARENT = 2
const MAX_ENTRIES = 2047

export async function inspectVhdx(read: ReadAt): Promise<FormatReport> {
  const report = (virtualSizeBytes: number | null, unsafe?: string): FormatReport => ({ format: 'vhdx', virtualSizeBytes, ...(unsafe === undefined ? {} : { unsafe }) })
  const metadataAt = await findMetadata(read)
  if (metadataAt === undefined) return report(null, 'its vhdx regions cannot be read')
  const items = await readItems(read, metadataAt)
  const size = items.get(VIRTUAL_DISK_SIZE)
  const parameters = items.get(FILE_PARAMETERS)
  if (size === undefined || parameters === undefined) return report(null, 'its vhdx metadata cannot be read')
  const sizeBytes = await read(metadataAt + size, 8)
  const flags = await read(metadataAt + parameters, 8)
  if (sizeBytes.length < 8 || flags.length < 8) return report(null, 'its vhdx metadata cannot be read')
  const virtualSize = sizeOf(sizeBytes.readBigUInt64LE(0))
  if ((flags.readUInt32LE(4) & HAS_PARENT) !== 0) return report(virtualSize, 'it has a parent disk; flatten it with qemu-img convert')
  return virtualSize === null ? report(null, 'its virtual size is beyond reason') : report(virtualSize)
}

async function findMetadata(read: ReadAt): Promise<number | undefined> {
  const table = await read(REGION_TABLE, 64 * 1024)
  if (table.length < 16 || table.toString('latin1', 0, 4) !== 'regi') return undefined
  const count = table.readUInt32LE(8)
  for (let i = 0; i < count && i < MAX_ENTRIES; i += 1) {
    const at = 16 + i * 32
    if (at + 32 > table.length) return undefined
    if (table.toString('hex', at, at + 16) === METADATA_REGION) return sizeOf(table.readBigUInt64LE(at + 16)) ?? undefined
  }
  return undefined
}

/** Offsets of the items within the metadata region. */
async function readItems(read: ReadAt, metadataAt: number): Promise<Map<string, number>> {
  const table = await read(metadataAt, 64 * 1024)
  const items = new Map<string, number>()
  if (table.length < 32 || table.toString('latin1', 0, 8) !== 'metadata') return items
  const count = table.readUInt16LE(10)
  for (let i = 0; i < count && i < MAX_ENTRIES; i += 1) {
    const at = 32 + i * 32
    if (at + 32 > table.length) break
    items.set(table.toString('hex', at, at + 16), table.readUInt32LE(at + 16))
  }
  return items
}
