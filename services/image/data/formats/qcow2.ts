/**
 * QCOW2: https://gitlab.com/qemu-project/qemu/-/blob/master/docs/interop/qcow2.rst. A backing file or an external data
 * file would make the host open another file by name (OSSA-2024-001), so either is unsafe, and so is any
 * incompatible feature we do not know.
 */
import { sizeOf, type FormatReport, type ReadAt } from './format-report.ts'

const KNOWN_INCOMPATIBLE = 0b11111n
const DATA_FILE = 0b100n
const DATA_FILE_NAME = 0x44415441

export async function inspectQcow2(read: ReadAt): Promise<FormatReport> {
  const header = await read(0, 4096)
  const report = (unsafe?: string): FormatReport => ({ format: 'qcow2', virtualSizeBytes: header.length >= 32 ? sizeOf(header.readBigUInt64BE(24)) : null, ...(unsafe === undefined ? {} : { unsafe }) })
  if (header.length < 72) return report('its qcow2 header is cut off')
  const version = header.readUInt32BE(4)
  if (version < 2 || version > 3) return report(`qcow version ${version} is not supported`)
  if (header.readBigUInt64BE(8) !== 0n) return report('it has a backing file; flatten it with qemu-img convert')
  if (report().virtualSizeBytes === null) return report('its virtual size is beyond reason')
  if (version === 2) return report()
  if (header.length < 104) return report('its qcow2 header is cut off')
  const features = header.readBigUInt64BE(72)
  if ((features & DATA_FILE) !== 0n) return report('it keeps its data in another file; convert it with qemu-img convert')
  if ((features & ~KNOWN_INCOMPATIBLE) !== 0n) return report('it needs qcow2 features this service does not know')
  return report(dataFileExtension(header))
}

/** A data file may also be named by a header extension alone. */
function dataFileExtension(header: Buffer): string | undefined {
  let at = header.readUInt32BE(100)
  for (let seen = 0; seen < 64 && at + 8 <= header.length; seen += 1) {
    const type = header.readUInt32BE(at)
    if (type === 0) return undefined
    if (type === DATA_FILE_NAME) return 'it names an external data file; convert it with qemu-img convert'
    at += 8 + Math.ceil(header.readUInt32BE(at + 4) / 8) * 8
  }
  return undefined
}
