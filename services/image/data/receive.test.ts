import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable, Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { BLOCK_BYTES } from './block-ring.ts'
import { HashLanes, type Shared } from './hash-lanes.ts'
import { examineFile, receiveFile } from './receive.ts'
import { openSlice, sendSlice } from './send-slice.ts'

const CLAIM = { diskFormat: 'raw', containerFormat: 'bare', requireMatch: true }
const PLENTY = 1 << 30

let folder: string
let lanes: HashLanes
let last = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nacre-receive-'))
  lanes = new HashLanes(2)
})
afterAll(async () => {
  await lanes.close()
  await rm(folder, { recursive: true, force: true })
})

const newPath = (): string => join(folder, String(last += 1))
const digest = (algorithm: string, data: Uint8Array): string => createHash(algorithm).update(data).digest('hex')
const shared = (data: Uint8Array): Shared => {
  const bytes = Buffer.from(new SharedArrayBuffer(data.length))
  bytes.set(data)
  return bytes
}

function* pieces(data: Buffer, length: number): Generator<Buffer> {
  for (let at = 0; at < data.length; at += length) yield data.subarray(at, at + length)
}

describe('bytes become a file and two digests', () => {
  // Less than a look at the head, the edges of a block, of what is hashed in place, of a ring, and more than a ring.
  const sizes = [0, 1, 511, 512, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 4 * BLOCK_BYTES, 4 * BLOCK_BYTES + 1, 8 * BLOCK_BYTES, 27 * BLOCK_BYTES + 3]
  test.each(sizes.flatMap((size) => [0, 1, 2].map((threads) => [size, threads] as const)))('%d bytes, %d hashing threads', async (size, threads) => {
    const data = randomBytes(size)
    const path = newPath()
    const expected = { sizeBytes: size, md5: digest('md5', data), sha512: digest('sha512', data), virtualSizeBytes: size }
    const own = threads === 2 ? lanes : new HashLanes(threads)
    expect(await receiveFile(Readable.from(pieces(data, threads === 1 ? 3 * BLOCK_BYTES - 7 : 65_536)), { path, maxBytes: PLENTY, claim: CLAIM }, { lanes: own })).toEqual(expected)
    expect((await readFile(path)).equals(data)).toBe(true)
    expect(await examineFile(path, CLAIM, own)).toEqual(expected)
    expect(await examineFile(path, CLAIM)).toEqual(expected)
    if (size > 4 * BLOCK_BYTES) expect(own.running).toBe(threads)
    if (own !== lanes) await own.close()
  })

  test('a client that sends a few bytes at a time', async () => {
    const data = randomBytes(3 * BLOCK_BYTES + 5)
    expect(await receiveFile(Readable.from(pieces(data, 97)), { path: newPath(), maxBytes: PLENTY }, { lanes })).toMatchObject({ sizeBytes: data.length, sha512: digest('sha512', data) })
  })

  test('many at once share the lanes', async () => {
    const all = Array.from({ length: 5 }, () => randomBytes(12 * BLOCK_BYTES + 1))
    const got = await Promise.all(all.map(async (data) => await receiveFile(Readable.from(pieces(data, 100_000)), { path: newPath(), maxBytes: PLENTY }, { lanes })))
    expect(got.map((g) => [g.md5, g.sha512])).toEqual(all.map((data) => [digest('md5', data), digest('sha512', data)]))
    expect(lanes.running).toBe(2)
  })
})

describe('what goes wrong leaves no file', () => {
  const long = function* (): Generator<Buffer> { for (let i = 0; i < 40; i += 1) yield Buffer.alloc(BLOCK_BYTES / 2, i) }

  test('too much, found out late', async () => {
    const path = newPath()
    await expect(receiveFile(Readable.from(long()), { path, maxBytes: 18 * BLOCK_BYTES }, { lanes })).rejects.toMatchObject({ fault: 'too-large' })
    expect(await readdir(folder)).not.toContain(path.split('/').at(-1))
  })

  test('a source that breaks, early, late, or before anybody listened', async () => {
    for (const bytes of [0, 300, 15 * BLOCK_BYTES + 9]) {
      const path = newPath()
      const source = new PassThrough()
      const received = receiveFile(source, { path, maxBytes: PLENTY, claim: CLAIM }, { lanes })
      source.write(Buffer.alloc(bytes), () => source.destroy(new Error('the wire was cut')))
      await expect(received).rejects.toMatchObject({ fault: 'cut-off', message: 'the wire was cut' })
      expect(await readdir(folder)).not.toContain(path.split('/').at(-1))
    }
    const gone = new PassThrough()
    gone.destroy()
    await expect(receiveFile(gone, { path: newPath(), maxBytes: PLENTY }, { lanes })).rejects.toMatchObject({ fault: 'cut-off' })
  })

  test('data that is refused at its head is not read on, and stays with who wants to read it', async () => {
    const source = Readable.from((function* () { yield Buffer.concat([Buffer.from('QFI\xfb', 'latin1'), Buffer.alloc(100_000)]); yield* long() })())
    await expect(receiveFile(source, { path: newPath(), maxBytes: PLENTY, claim: CLAIM }, { lanes, keepSource: true })).rejects.toMatchObject({ fault: 'bad-data' })
    expect(source.destroyed).toBe(false)
    let rest = 0
    for await (const chunk of source as AsyncIterable<Buffer>) rest += chunk.length
    expect(rest).toBeGreaterThan(19 * BLOCK_BYTES)
    const dropped = Readable.from(long())
    await expect(receiveFile(dropped, { path: newPath(), maxBytes: 10 }, {})).rejects.toMatchObject({ fault: 'too-large' })
    expect(dropped.destroyed).toBe(true)
  })

  test('hashing threads that die', async () => {
    const own = new HashLanes(2)
    const path = newPath()
    const source = new PassThrough()
    const outcome = receiveFile(source, { path, maxBytes: PLENTY }, { lanes: own }).catch((error: unknown) => error)
    for (const chunk of long()) source.write(chunk)
    await vi.waitUntil(() => own.running === 2, { timeout: 60_000 })
    await own.close()
    expect(await outcome).toMatchObject({ fault: 'storage-failed', message: 'a hashing thread ended' })
    expect(await readdir(folder)).not.toContain(path.split('/').at(-1))
    const data = randomBytes(10 * BLOCK_BYTES)
    expect(await receiveFile(Readable.from([data]), { path, maxBytes: PLENTY }, { lanes: own })).toMatchObject({ md5: digest('md5', data) })
    await own.close()
  })
})

describe('lanes', () => {
  test('are started for who needs them and end when nobody does', async () => {
    const own = new HashLanes(3, 1)
    const first = own.open('md5')!
    expect(own.running).toBe(1)
    const more = [own.open('sha512')!, own.open('md5')!, own.open('sha512')!]
    expect(own.running).toBe(3)
    await first.add(shared(Buffer.from('abc')))
    expect(await first.end()).toBe(digest('md5', Buffer.from('abc')))
    for (const stream of more) stream.drop()
    await vi.waitUntil(() => own.running === 0, { timeout: 60_000 })
    expect(await own.open('sha512')!.end()).toBe(digest('sha512', Buffer.alloc(0)))
    await own.close()
  })
})

describe('slices', () => {
  class Slow extends Writable {
    readonly seen: Buffer[] = []
    override _write(chunk: Buffer, _encoding: string, done: () => void): void {
      // As a socket does: the bytes are taken when the write is said to be over.
      setImmediate(() => {
        this.seen.push(Buffer.from(chunk))
        done()
      })
    }
  }

  test('arrive whole though buffers are used again', async () => {
    const data = randomBytes(5_500_000)
    const path = newPath()
    await writeFile(path, data)
    for (const [start, end] of [[0, data.length - 1], [3, 3], [1_048_575, 3_500_000]] as const) {
      const to = new Slow()
      const file = await openSlice({ path, start, end })
      if (file === 'gone') throw new Error('gone')
      await sendSlice(file, { path, start, end }, to)
      expect(Buffer.concat(to.seen).equals(data.subarray(start, end + 1))).toBe(true)
    }
  })

  test('end with an error when the file or the client goes away', async () => {
    const path = newPath()
    await writeFile(path, randomBytes(3_000_000))
    const short = await openSlice({ path, start: 0, end: 4_000_000 })
    await expect(sendSlice(short as Exclude<typeof short, 'gone'>, { path, start: 0, end: 4_000_000 }, new Slow())).rejects.toThrow('cut short')
    const to = new Slow()
    const file = await openSlice({ path, start: 0, end: 2_999_999 })
    const sending = sendSlice(file as Exclude<typeof file, 'gone'>, { path, start: 0, end: 2_999_999 }, to)
    to.destroy()
    await expect(sending).rejects.toThrow('the client is gone')
    expect(await openSlice({ path: `${path}-absent`, start: 0, end: 1 })).toBe('gone')
  })
})
