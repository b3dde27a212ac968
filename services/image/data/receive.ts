/**
 * Bytes into a file: written as they come, md5 and sha512 computed on the way, refused as early as possible, flushed
 * to disk before anybody hears of success. It runs where the bytes are: in the data path's worker thread, or in
 * place when a test or a neighbour hands a stream in process. Whatever goes wrong, the file is removed.
 */
import { open, rm, type FileHandle } from 'node:fs/promises'
import { finished, type Readable } from 'node:stream'
import { BLOCK_BYTES, BlockRing } from './block-ring.ts'
import { Digests, type DigestPair } from './digests.ts'
import type { HashLanes, Shared } from './hash-lanes.ts'
import { HEAD_BYTES, inspectFormat, refuseFormat, refuseHead, shownVirtualSize, type FormatClaim } from './formats/inspect.ts'
import type { ReadAt } from './formats/format-report.ts'

/** Flushed in the background this often, so that the last flush is short. */
const FLUSH_BYTES = 64 << 20

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

export interface ReceiveOptions {
  /** Threads to hash in; without, the calling one does. */
  lanes?: HashLanes
  /** What is left of a source that was refused stays to be read: the listener lets the client finish its sentence. */
  keepSource?: boolean
}

/** Writes `source` to a new file. Throws `ReceiveFailed`. */
export async function receiveFile(source: Readable, plan: ReceivePlan, { lanes, keepSource = false }: ReceiveOptions = {}): Promise<Received> {
  // A client that goes away before anybody listens, or after it was refused, is no news.
  source.on('error', () => {})
  const file = await open(plan.path, 'wx+', 0o640).catch((error: unknown) => { throw storageFault(error) })
  const intake = new Intake(file, plan, lanes)
  try {
    await pour(source, intake)
    const digests = await intake.end()
    const virtualSizeBytes = plan.claim === undefined ? null : await judge(file, intake.sizeBytes, plan.claim)
    return { sizeBytes: intake.sizeBytes, ...digests, virtualSizeBytes }
  } catch (error) {
    await intake.abandon()
    await file.close().catch(() => {})
    await rm(plan.path, { force: true })
    if (!keepSource) source.destroy()
    throw error
  } finally {
    await file.close().catch(() => {})
  }
}

/** Hashes and judges a file that is already there (staged data). Throws `ReceiveFailed`; the file stays. */
export async function examineFile(path: string, claim: FormatClaim, lanes?: HashLanes): Promise<Received> {
  const file = await open(path, 'r').catch((error: unknown) => { throw storageFault(error) })
  const [ring, digests] = [new BlockRing(), new Digests(lanes)]
  try {
    let sizeBytes = 0
    for (let full = true; full;) {
      const block = await ring.next()
      const bytes = await fill(file, block, sizeBytes)
      sizeBytes += bytes
      full = bytes === BLOCK_BYTES
      ring.hold(digests.add(block.subarray(0, bytes)))
    }
    return { sizeBytes, ...await digests.end(), virtualSizeBytes: await judge(file, sizeBytes, claim) }
  } catch (error) {
    digests.drop()
    throw error instanceof ReceiveFailed ? error : storageFault(error)
  } finally {
    await file.close()
  }
}

/** Reads until the block is full or the file ends. */
async function fill(file: FileHandle, block: Shared, position: number): Promise<number> {
  let bytes = 0
  while (bytes < block.length) {
    const { bytesRead } = await file.read(block, bytes, block.length - bytes, position + bytes)
    if (bytesRead === 0) break
    bytes += bytesRead
  }
  return bytes
}

/** By events: at hundreds of megabytes a second the stream's iterator would cost as much as reading the socket. */
async function pour(source: Readable, intake: Intake): Promise<void> {
  let taking: Promise<void> | undefined
  await new Promise<void>((resolve, reject) => {
    const stop = (error: unknown): void => {
      release()
      source.off('data', take)
      source.pause()
      reject(error as Error)
    }
    const take = (chunk: Uint8Array): void => {
      try {
        taking = intake.take(chunk)
        if (taking === undefined) return
        source.pause()
        taking.then(() => { source.resume() }, stop)
      } catch (error) {
        stop(error)
      }
    }
    const release = finished(source, { writable: false }, (error) => {
      if (error === undefined || error === null) resolve()
      else stop(new ReceiveFailed({ fault: 'cut-off', reason: error.message }, error))
    })
    source.on('data', take)
  }).finally(async () => {
    // The source may end or break while the last chunk still waits for a block.
    await taking
  })
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

/** Fills blocks, and has each written and hashed while the next ones fill. */
class Intake {
  sizeBytes = 0
  readonly #file: FileHandle
  readonly #plan: ReceivePlan
  readonly #digests: Digests
  readonly #ring = new BlockRing()
  #block: Shared | undefined
  #filled = 0
  #headSeen = false
  #unflushed = 0
  #position = 0
  #writing: Promise<void> = Promise.resolve()
  #flushing: Promise<void> | undefined

  constructor(file: FileHandle, plan: ReceivePlan, lanes: HashLanes | undefined) {
    this.#file = file
    this.#plan = plan
    this.#digests = new Digests(lanes)
  }

  /** Takes a chunk; answers what to wait for before the next one. */
  take(chunk: Uint8Array): Promise<void> | undefined {
    this.sizeBytes += chunk.length
    if (this.sizeBytes > this.#plan.maxBytes) throw new ReceiveFailed({ fault: 'too-large', reason: `more than ${this.#plan.maxBytes} bytes` })
    return this.#place(chunk)
  }

  /** All is on disk. */
  async end(): Promise<DigestPair> {
    this.#dispatch()
    const [digests] = await Promise.all([this.#digests.end().catch(hashingFailed), this.#settle()])
    return digests
  }

  /** Waits for what is under way, whatever comes of it. */
  async abandon(): Promise<void> {
    this.#digests.drop()
    await this.#writing.catch(() => {})
    await this.#flushing
  }

  /** At once while blocks are free: to wait at every block would stop and start the socket as often. */
  #place(chunk: Uint8Array): Promise<void> | undefined {
    for (let rest = chunk; rest.length > 0;) {
      const block = this.#block ?? this.#ring.next()
      if (block instanceof Promise) return this.#placeLater(block, rest)
      this.#block = block
      const fits = rest.subarray(0, BLOCK_BYTES - this.#filled)
      this.#put(block, fits)
      rest = rest.subarray(fits.length)
      if (this.#filled === BLOCK_BYTES) this.#dispatch()
    }
    return undefined
  }

  async #placeLater(block: Promise<Shared>, rest: Uint8Array): Promise<void> {
    this.#block = await block
    await this.#place(rest)
  }

  #put(block: Shared, bytes: Uint8Array): void {
    // `set` copies into shared memory word by word; `fill` does it as memory is copied.
    block.fill(bytes, this.#filled, this.#filled + bytes.length)
    this.#filled += bytes.length
    if (!this.#headSeen && this.#filled >= HEAD_BYTES) this.#lookAtHead(block)
  }

  #lookAtHead(block: Shared): void {
    this.#headSeen = true
    const { claim } = this.#plan
    const refusal = claim === undefined ? undefined : refuseHead(claim, Buffer.from(block.subarray(0, HEAD_BYTES)))
    if (refusal !== undefined) throw new ReceiveFailed({ fault: 'bad-data', reason: refusal })
  }

  #dispatch(): void {
    if (this.#block === undefined || this.#filled === 0) return
    const bytes = this.#block.subarray(0, this.#filled)
    this.#block = undefined
    this.#filled = 0
    // Two writes never overlap: the second would only queue behind the first, and hold a thread of the pool.
    this.#writing = this.#writing.then(() => this.#write(bytes))
    this.#ring.hold(Promise.all([this.#writing, this.#digests.add(bytes).catch(hashingFailed)]))
  }

  async #write(bytes: Shared): Promise<void> {
    try {
      for (let written = 0; written < bytes.length;) {
        const { bytesWritten } = await this.#file.write(bytes, written, bytes.length - written, this.#position)
        written += bytesWritten
        this.#position += bytesWritten
      }
      this.#unflushed += bytes.length
      if (this.#unflushed >= FLUSH_BYTES && this.#flushing === undefined) this.#flushSoon()
    } catch (error) {
      throw storageFault(error)
    }
  }

  #flushSoon(): void {
    this.#unflushed = 0
    this.#flushing = this.#file.datasync().catch(() => {}).finally(() => { this.#flushing = undefined })
  }

  async #settle(): Promise<void> {
    await this.#writing
    await this.#flushing
    await this.#file.datasync().catch((error: unknown) => { throw storageFault(error) })
  }
}

/** The bytes are fine; this machine is not. */
function hashingFailed(error: unknown): never {
  throw new ReceiveFailed({ fault: 'storage-failed', reason: (error as Error).message }, error)
}

function storageFault(error: unknown): ReceiveFailed {
  const { code, message } = error as NodeJS.ErrnoException
  const full = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG'
  return new ReceiveFailed({ fault: full ? 'storage-full' : 'storage-failed', reason: message }, error)
}
