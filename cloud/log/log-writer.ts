/**
 * The file of the log, kept bounded: a line that would make it larger than it may be begins a new one. The full ones
 * are `nacre.log.1`, the newest of them, `nacre.log.2` …, and the oldest goes. Lines are written synchronously, so that
 * a crash loses none, and stay whole. One process writes: the one that serves the state folder (folder-lock.ts).
 */
import { readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { pino, type DestinationStream } from 'pino'

export interface LogBounds { maxBytes: number; keptFiles: number }

/** For `openLog`. */
export function openLogFile(file: string, { maxBytes, keptFiles }: LogBounds): DestinationStream {
  const out = pino.destination({ dest: file, sync: true, mkdir: true })
  let size = statSync(file).size
  return {
    write(line: string): void {
      const bytes = Buffer.byteLength(line)
      if (size > 0 && size + bytes > maxBytes) {
        size = 0
        try {
          moveOn(file, keptFiles)
          out.reopen()
        } catch {
          // The disk does not let it now: the log goes on where it was, and this is tried again after as much.
        }
      }
      size += bytes
      out.write(line)
    },
  }
}

/** Each full file takes the next number, beginning with the oldest: whoever reads meanwhile misses none. */
function moveOn(file: string, keptFiles: number): void {
  for (const number of numbersOf(readdirSync(dirname(file)), file).toReversed()) {
    if (number >= keptFiles) rmSync(`${file}.${number}`)
    else renameSync(`${file}.${number}`, `${file}.${number + 1}`)
  }
  renameSync(file, `${file}.1`)
}

/** Numbers of the full files among these names, that of the newest first. */
function numbersOf(names: readonly string[], file: string): number[] {
  const start = `${basename(file)}.`
  return names.filter((name) => name.startsWith(start)).map((name) => Number(name.slice(start.length))).filter((n) => Number.isInteger(n) && n > 0).toSorted((a, b) => a - b)
}

/** The full files of a log, the newest first. */
export function fullFiles(names: readonly string[], file: string): string[] {
  return numbersOf(names, file).map((number) => `${file}.${number}`)
}
