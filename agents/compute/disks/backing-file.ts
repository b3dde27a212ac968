/**
 * The file a qcow2 disk lies over, from its header alone (qemu's docs/interop/qcow2.txt): bytes 8–15 say where the
 * name is, 16–19 how long. Only for disks this host made; an image of a user's is asked through `qemu-img`.
 */
import { open } from 'node:fs/promises'

const HEADER_BYTES = 20
const LONGEST_NAME = 1023

/** Undefined where there is no such file, it is no qcow2, or it stands alone. */
export async function backingFileOf(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch(() => undefined)
  if (file === undefined) return undefined
  try {
    const header = Buffer.alloc(HEADER_BYTES)
    const { bytesRead } = await file.read(header, 0, HEADER_BYTES, 0)
    if (bytesRead < HEADER_BYTES || header.toString('latin1', 0, 4) !== 'QFI\xfb') return undefined
    const at = Number(header.readBigUInt64BE(8))
    const length = header.readUInt32BE(16)
    if (at === 0 || length === 0 || length > LONGEST_NAME) return undefined
    const name = Buffer.alloc(length)
    await file.read(name, 0, length, at)
    return name.toString()
  } finally {
    await file.close()
  }
}
