/**
 * Reads a subunit v2 stream, in which stestr tells what its tests do as they do it. A packet is
 *
 *     0xB3 | flags (16 bits) | length | time? | test id? | tags? | mime type? | file name, file content? | route? | CRC32
 *
 * with numbers of one to four bytes whose two highest bits say how many. Bytes between packets are somebody's output
 * and are passed over. The format is described in the README of the subunit project, section "Version 2".
 */
import { crc32 } from 'node:zlib'

export type SubunitStatus = 'exists' | 'inprogress' | 'success' | 'uxsuccess' | 'skip' | 'fail' | 'xfail'

export interface SubunitEvent {
  testId?: string
  status?: SubunitStatus
  /** Milliseconds since 1970. */
  timeMs?: number
  file?: { name: string; bytes: Buffer }
}

const SIGNATURE = 0xb3
const STATUSES: (SubunitStatus | undefined)[] = [undefined, 'exists', 'inprogress', 'success', 'uxsuccess', 'skip', 'fail', 'xfail']
const FLAG = { testId: 0x0800, routeCode: 0x0400, time: 0x0200, tags: 0x0080, file: 0x0040, mimeType: 0x0020 }
const VERSION = 0x2
/** Signature, flags and the shortest length. */
const HEAD = 4
/** The longest packet there can be: a 22-bit length. */
const LONGEST = 0x3fffff

/** Takes the stream in pieces of any size and answers the events that are complete. Never throws for what is in it. */
export class SubunitReader {
  #rest: Buffer = Buffer.alloc(0)
  /** Bytes that were no packet. */
  strayBytes = 0

  push(chunk: Buffer): SubunitEvent[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    return this.#read(false)
  }

  /** The stream has ended: what looked like the beginning of a long packet was none, and may hide whole ones. */
  end(): SubunitEvent[] {
    return this.#read(true)
  }

  #read(ended: boolean): SubunitEvent[] {
    const events: SubunitEvent[] = []
    for (;;) {
      const start = this.#rest.indexOf(SIGNATURE)
      this.#skip(start === -1 ? this.#rest.length : start)
      const length = packetLength(this.#rest)
      if (length === 'incomplete' && (!ended || this.#rest.length === 0)) return events
      const event = typeof length === 'number' ? readPacket(this.#rest.subarray(0, length)) : undefined
      if (event === undefined) this.#skip(1)
      else {
        events.push(event)
        this.#rest = this.#rest.subarray(length as number)
      }
    }
  }

  #skip(bytes: number): void {
    this.strayBytes += bytes
    this.#rest = this.#rest.subarray(bytes)
  }
}

function packetLength(bytes: Buffer): number | 'incomplete' | 'no packet' {
  if (bytes.length < HEAD) return 'incomplete'
  if (bytes[1]! >> 4 !== VERSION) return 'no packet'
  const size = 1 + (bytes[3]! >> 6)
  if (bytes.length < 3 + size) return 'incomplete'
  const length = readNumber(bytes, 3).value
  if (length < HEAD + 4 || length > LONGEST) return 'no packet'
  return bytes.length < length ? 'incomplete' : length
}

function readNumber(bytes: Buffer, at: number): { value: number; next: number } {
  const size = 1 + (bytes.readUInt8(at) >> 6)
  const value = bytes.readUIntBE(at, size) - (size - 1) * 2 ** (8 * size - 2)
  return { value, next: at + size }
}

/** The event of one whole packet, or undefined when its checksum is wrong or its parts do not fit. */
function readPacket(packet: Buffer): SubunitEvent | undefined {
  const body = packet.subarray(0, -4)
  if (crc32(body) !== packet.readUInt32BE(packet.length - 4)) return undefined
  try {
    return readParts(body)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function readParts(body: Buffer): SubunitEvent {
  const flags = body.readUInt16BE(1)
  const event: SubunitEvent = { status: STATUSES[flags & 0x7] }
  let { next } = readNumber(body, 3)
  const bytes = (): Buffer => {
    const length = readNumber(body, next)
    if (length.next + length.value > body.length) throw new RangeError('a part is longer than its packet')
    next = length.next + length.value
    return body.subarray(length.next, next)
  }
  if ((flags & FLAG.time) !== 0) {
    const nanoseconds = readNumber(body, next + 4)
    event.timeMs = body.readUInt32BE(next) * 1000 + nanoseconds.value / 1e6
    next = nanoseconds.next
  }
  if ((flags & FLAG.testId) !== 0) event.testId = bytes().toString('utf8')
  if ((flags & FLAG.tags) !== 0) {
    const tags = readNumber(body, next)
    next = tags.next
    for (let at = 0; at < tags.value; at++) bytes()
  }
  if ((flags & FLAG.mimeType) !== 0) bytes()
  if ((flags & FLAG.file) !== 0) event.file = { name: bytes().toString('utf8'), bytes: Buffer.from(bytes()) }
  return event
}
