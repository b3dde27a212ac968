/**
 * A part of a file onto a connection, as the data path's worker sends it: one buffer is filled from the file while the
 * other is on its way out, and both are used again. A stream would take a new megabyte for every megabyte.
 */
import { open, type FileHandle } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import type { SliceOf } from './file-slice.ts'

const PIECE_BYTES = 1 << 20

/** The file of a slice, or `gone`. */
export async function openSlice({ path }: SliceOf): Promise<FileHandle | 'gone'> {
  return await open(path, 'r').catch(() => 'gone' as const)
}

/** Closes the file, whatever happens. Throws when the connection breaks, or the file ends before the slice does. */
export async function sendSlice(file: FileHandle, { start, end }: SliceOf, to: Writable): Promise<void> {
  const size = Math.min(PIECE_BYTES, end + 1 - start)
  const buffers = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)]
  let sending: Promise<void> = Promise.resolve()
  try {
    for (let [at, turn] = [start, 0]; at <= end; turn += 1) {
      const { buffer, bytesRead } = await file.read(buffers[turn % 2]!, 0, Math.min(size, end + 1 - at), at)
      if (bytesRead === 0) throw new Error('the data of the image is cut short')
      await sending
      sending = send(to, buffer.subarray(0, bytesRead))
      // It may break while the next piece is read; the turn after hears of it.
      sending.catch(() => {})
      at += bytesRead
    }
    await sending
  } finally {
    await file.close()
  }
}

/** Resolves when the bytes have left: only then may they be written over. */
function send(to: Writable, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error('the client is gone'))
    if (to.destroyed) return gone()
    to.once('close', gone)
    to.write(bytes, (error) => {
      to.off('close', gone)
      if (error === undefined || error === null) resolve()
      else reject(error)
    })
  })
}
