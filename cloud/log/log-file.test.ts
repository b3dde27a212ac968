import { mkdir, mkdtemp, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { removePath } from '#core/host/files.ts'
import { openLog, type Log } from '#core/log/log.ts'
import { lastLines, linesSince, requestLine, type LogPlace } from './log-file.ts'
import { openLogFile } from './log-writer.ts'

const MAX_BYTES = 1000

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nacre-log-'))
  file = join(folder, 'nacre.log')
})
afterEach(async () => { await removePath(folder) })

function open(keptFiles = 3): Log {
  return openLog({ destination: openLogFile(file, { maxBytes: MAX_BYTES, keptFiles }) })
}

/** Writes lines with these numbers, as a process does: not all in one breath. */
async function write(log: Log, from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n++) {
    log.info({ n }, 'a line of some length, so that a file is full soon')
    await new Promise(setImmediate)
  }
}

const numberOf = (line: string): number => (JSON.parse(line) as { n: number }).n
const all = async (): Promise<number[]> => (await lastLines(file, 1_000_000, () => true)).lines.map(numberOf)
const row = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at)

describe('the log', () => {
  it('goes on in a new file when one is full, and keeps as many full ones as it may', async () => {
    await write(open(), 1, 100)
    expect((await readdir(folder)).toSorted()).toEqual(['nacre.log', 'nacre.log.1', 'nacre.log.2', 'nacre.log.3'])
    for (const name of await readdir(folder)) {
      const { size } = await stat(join(folder, name))
      expect(size, name).toBeLessThanOrEqual(MAX_BYTES)
      expect(await readFile(join(folder, name), 'utf8'), name).toMatch(/^(\{.*\}\n)+$/)
    }
    const kept = await all()
    expect(kept).toEqual(row(kept[0]!, 100))
    expect(kept.length).toBeGreaterThan(20)
  })

  it('goes on where it was after a restart, and fewer kept files go away', async () => {
    await write(open(), 1, 30)
    await write(open(), 31, 35)
    expect(await all()).toEqual(row(1, 35).slice(-(await all()).length))
    expect((await readdir(folder)).length).toBe(4)
    await write(open(1), 36, 50)
    expect((await readdir(folder)).toSorted()).toEqual(['nacre.log', 'nacre.log.1'])
    expect((await all()).at(-1)).toBe(50)
  })

  it('holds a line that is larger than a file', async () => {
    const log = open()
    await write(log, 1, 2)
    log.info({ n: 3, text: 'x'.repeat(5 * MAX_BYTES) }, 'large')
    await write(log, 4, 4)
    expect(await all()).toEqual([1, 2, 3, 4])
  })

  it('goes on where it is when the disk lets nothing be renamed', async () => {
    const log = open()
    await mkdir(`${file}.1`)
    await writeFile(join(`${file}.1`, 'in-the-way'), '')
    await mkdir(`${file}.2`)
    await writeFile(join(`${file}.2`, 'in-the-way'), '')
    await mkdir(`${file}.3`)
    await writeFile(join(`${file}.3`, 'in-the-way'), '')
    await write(log, 1, 40)
    expect((await readFile(file, 'utf8')).trim().split('\n').map(numberOf)).toEqual(row(1, 40))
  })
})

describe('reading the log back', () => {
  it('answers the last lines that are wanted, out of as many files as it takes', async () => {
    await write(open(), 1, 30)
    expect((await lastLines(file, 3, () => true)).lines.map(numberOf)).toEqual([28, 29, 30])
    expect((await lastLines(file, 20, () => true)).lines.map(numberOf)).toEqual(row(11, 30))
    expect((await lastLines(file, 2, (line) => numberOf(line) % 10 === 0)).lines.map(numberOf)).toEqual([20, 30])
    expect((await lastLines(file, 0, () => true)).lines).toEqual([])
  })

  it('finds what a request left in a full file', async () => {
    const log = open(9)
    log.info({ requestId: 'req-1', status: 403, n: 0 }, 'POST /x 403')
    await write(log, 1, 40)
    log.info({ requestId: 'req-2', cause: 'req-1' }, 'speaks of it')
    expect(await requestLine(file, 'req-1')).toMatchObject({ status: 403 })
    expect(await requestLine(file, 'req-2')).toBeUndefined()
  })

  it('follows it from file to file without losing or repeating a line', async () => {
    const log = open(9)
    await write(log, 1, 3)
    const seen: number[] = []
    let place: LogPlace | undefined = (await lastLines(file, 0, () => true)).place
    for (const [from, to] of [[4, 5], [6, 30], [31, 31], [32, 50]] as const) {
      await write(log, from, to)
      place = await linesSince(file, place, (line) => { seen.push(numberOf(line)) })
    }
    expect(await linesSince(file, place, () => { throw new Error('nothing came') })).toEqual(place)
    expect(seen).toEqual(row(4, 50))
  })

  it('loses nothing to a file that becomes full while it is read', async () => {
    const log = open(1000)
    await write(log, 1, 60)
    const reading = Array.from({ length: 20 }, async () => (await lastLines(file, 1_000_000, () => true)).lines.map(numberOf))
    await write(log, 61, 300)
    for (const numbers of await Promise.all(reading)) expect(numbers).toEqual(row(1, Math.max(60, numbers.length)))
  })

  it('begins anew in a file that was emptied from outside', async () => {
    await write(open(), 1, 5)
    const { place } = await lastLines(file, 0, () => true)
    await writeFile(file, '{"n":6}\n')
    const seen: number[] = []
    await linesSince(file, place, (line) => { seen.push(numberOf(line)) })
    await rename(file, `${file}.1`)
    expect((await lastLines(file, 5, () => true)).lines.map(numberOf)).toEqual([6])
    expect(seen).toEqual([6])
  })
})
