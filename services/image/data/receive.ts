/**
 * Bytes into a file: written as they come, md5 and sha512 computed on the way, refused as early as possible, flushed
 * to disk before anybody hears of success. It runs where the bytes are: in the data path's worker thread, or in
 * place when a test or a neighbour hands a stream in process. Whatever goes wrong, the file is removed.
 */
import { createHash } from 'node:crypto'
import { open, rm, type FileHandle } from 'node:fs/promises'
import { HEAD_BYTES, inspectFormat, refuseFormat, refuseHead, shownVirtualSize, type FormatClaim } from './formats/inspect.ts'
import type { ReadAt } from './formats/format-report.ts'

/** Written at once; the hashes of one block overlap the writing of the one before. */
const BLOCK_BYTES = 1 << 20
/** A client may send its bytes one by one; they must not pile up as a million buffers. */
const BLOCK_CHUNKS = 1024
/** Flushed in the background this often, so that the last flush is short. */
const FLUSH_BYTES = 128 << 20

export interface ReceivePlan {
  path: string
  /** More than this is refused as too large. */
  maxBytes: number
  /** What the record says the data is; absent skips every look at the format (staged data is judged at import). */
  claim?: FormatClaim
}

export interface Received { sizeBytes: number; md5: string; sha512: string; virtualSizeBytes: number | null }

export type ReceiveFault = 'too-large' | 'bad-data' | 'cut-off' | 'storage-full' | 'storage-failed'

/** Why the bytes did not become a file. Plain data, so that it crosses threads. */
export interface ReceiveFailure { fault: ReceiveFault; reason: string }

export class ReceiveFailed extends Error {
  override readonly name = 'ReceiveFailed'
  readonly fault: ReceiveFault
  constructor(failure: ReceiveFailure, cause?: unknown) {
    super(failure.reason, { cause })
    this.fault = failure.fault
  }
}

/** Writes `source` to a new file. Throws `ReceiveFailed`. */
export async function receiveFile(source: AsyncIterable<Uint8Array>, plan: ReceivePlan): Promise<Received> {
  const file = await open(plan.path, 'wx+', 0o640).catch((error: unknown) => { throw storageFault(error) })
  try {
    const writer = new Writer(file, plan)
    await copy(source, writer)
    return await finish(file, writer, plan)
  } catch (error) {
    await file.close().catch(() => {})
    await rm(plan.path, { force: true })
    throw error
  } finally {
    await file.close().catch(() => {})
  }
}

/** Hashes and judges a file that is already there (staged data). Throws `ReceiveFailed`; the file stays. */
export async function examineFile(path: string, claim: FormatClaim): Promise<Received> {
  const file = await open(path, 'r').catch((error: unknown) => { throw storageFault(error) })
  try {
    const hashes = new Hashes()
    let sizeBytes = 0
    for await (const chunk of file.createReadStream({ highWaterMark: BLOCK_BYTES, autoClose: false }) as AsyncIterable<Buffer>) {
      hashes.add(chunk)
      sizeBytes += chunk.length
    }
    return { sizeBytes, ...hashes.end(), virtualSizeBytes: await judge(file, sizeBytes, claim) }
  } finally {
    await file.close()
  }
}

async function copy(source: AsyncIterable<Uint8Array>, writer: Writer): Promise<void> {
  const iterator = source[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await iterator.next().catch((error: unknown) => { throw new ReceiveFailed({ fault: 'cut-off', reason: (error as Error).message }, error) })
      if (next.done === true) return
      const full = writer.take(next.value)
      if (full !== undefined) await full
    }
  } catch (error) {
    await writer.rest()
    // Lets go of the stream, so that the listener can read on what the client still sends.
    await iterator.return?.()
    throw error
  }
}

async function finish(file: FileHandle, writer: Writer, plan: ReceivePlan): Promise<Received> {
  await writer.end()
  const virtualSizeBytes = plan.claim === undefined ? null : await judge(file, writer.sizeBytes, plan.claim)
  return { sizeBytes: writer.sizeBytes, ...writer.hashes.end(), virtualSizeBytes }
}

async function judge(file: FileHandle, sizeBytes: number, claim: FormatClaim): Promise<number | null> {
  const read: ReadAt = async (offset, length) => {
    const buffer = Buffer.alloc(Math.max(0, Math.min(length, sizeBytes - offset)))
    if (buffer.length === 0) return buffer
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset)
    return buffer.subarray(0, bytesRead)
  }
  const found = await inspectFormat(read, sizeBytes, claim.diskFormat)
  const refusal = refuseFormat(claim, found)
  if (refusal !== undefined) throw new ReceiveFailed({ fault: 'bad-data', reason: refusal })
  return shownVirtualSize(claim, found)
}

class Hashes {
  readonly #md5 = createHash('md5')
  readonly #sha512 = createHash('sha512')
  add(chunk: Uint8Array): void {
    this.#md5.update(chunk)
    this.#sha512.update(chunk)
  }

  end(): { md5: string; sha512: string } {
    return { md5: this.#md5.digest('hex'), sha512: this.#sha512.digest('hex') }
  }
}

/** Collects blocks, hashes them, and keeps one write under way. */
class Writer {
  sizeBytes = 0
  readonly hashes = new Hashes()
  readonly #file: FileHandle
  readonly #plan: ReceivePlan
  #block: Uint8Array[] = []
  #blockBytes = 0
  #headSeen = false
  #unflushed = 0
  #position = 0
  #writing: Promise<void> = Promise.resolve()
  #flushing: Promise<void> | undefined

  constructor(file: FileHandle, plan: ReceivePlan) {
    this.#file = file
    this.#plan = plan
  }

  /** Takes a chunk; answers what to wait for when a block is full. */
  take(chunk: Uint8Array): Promise<void> | undefined {
    this.sizeBytes += chunk.length
    if (this.sizeBytes > this.#plan.maxBytes) throw new ReceiveFailed({ fault: 'too-large', reason: `more than ${this.#plan.maxBytes} bytes` })
    this.#block.push(chunk)
    this.#blockBytes += chunk.length
    if (!this.#headSeen && this.#blockBytes >= HEAD_BYTES) this.#lookAtHead()
    return this.#blockBytes >= BLOCK_BYTES || this.#block.length >= BLOCK_CHUNKS ? this.#writeBlock() : undefined
  }

  async end(): Promise<void> {
    if (this.#blockBytes > 0) await this.#writeBlock()
    await this.#writing
    await this.#flushing
    await this.#file.datasync().catch((error: unknown) => { throw storageFault(error) })
  }

  /** Waits for what is under way, whatever comes of it. */
  async rest(): Promise<void> {
    await this.#writing.catch(() => {})
    await this.#flushing?.catch(() => {})
  }

  #lookAtHead(): void {
    this.#headSeen = true
    const { claim } = this.#plan
    const refusal = claim === undefined ? undefined : refuseHead(claim, Buffer.concat(this.#block).subarray(0, HEAD_BYTES))
    if (refusal !== undefined) throw new ReceiveFailed({ fault: 'bad-data', reason: refusal })
  }

  async #writeBlock(): Promise<void> {
    const [block, bytes] = [this.#block, this.#blockBytes]
    this.#block = []
    this.#blockBytes = 0
    const before = this.#writing
    // Two writes never overlap: the second would only queue behind the first, and memory would grow.
    this.#writing = before.then(() => this.#write(block, bytes))
    this.#writing.catch(() => {})
    for (const chunk of block) this.hashes.add(chunk)
    await before
  }

  async #write(block: Uint8Array[], bytes: number): Promise<void> {
    try {
      let written = 0
      let rest = block
      while (written < bytes) {
        const { bytesWritten } = await this.#file.writev(rest, this.#position + written)
        written += bytesWritten
        if (written < bytes) rest = [Buffer.concat(block).subarray(written)]
      }
      this.#position += bytes
      this.#unflushed += bytes
      if (this.#unflushed >= FLUSH_BYTES && this.#flushing === undefined) this.#flushSoon()
    } catch (error) {
      throw storageFault(error)
    }
  }

  #flushSoon(): void {
    this.#unflushed = 0
    this.#flushing = this.#file.datasync().catch(() => {}).finally(() => { this.#flushing = undefined })
  }
}

function storageFault(error: unknown): ReceiveFailed {
  const { code, message } = error as NodeJS.ErrnoException
  const full = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG'
  return new ReceiveFailed({ fault: full ? 'storage-full' : 'storage-failed', reason: message }, error)
}
