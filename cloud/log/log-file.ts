/**
 * Reading the log back: its last lines, what came since, and what concerns an id. The log goes on in a new file when
 * one is full (log-writer.ts), also while it is read: a file keeps its inode under a new name, and by that it is known.
 */
import { open, readdir, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fullFiles } from './log-writer.ts'

export interface LogLine {
  time: string; level: string; msg: string; service?: string; agent?: string; requestId?: string; resourceId?: string; err?: { message: string }
  /** On the one line that each request leaves. */
  method?: string; path?: string; status?: number; ms?: number; reason?: string
}

/** How far a reader has come: in which file, and where the next line begins in it. */
export interface LogPlace { inode: number; at: number }

interface OpenFile { handle: FileHandle; inode: number; size: number }

const CHUNK_BYTES = 1024 * 1024
const NEWLINE = 0x0a
/** A log that fills its files faster than they can be opened is not waited for. */
const LOOKS = 20

/** The last lines of those that are wanted, the oldest first, and where the log ended. */
export async function lastLines(file: string, count: number, wanted: (line: string) => boolean): Promise<{ lines: string[]; place: LogPlace | undefined }> {
  return await withFiles(file, undefined, async (files) => {
    let lines: string[] = []
    let place: LogPlace | undefined
    for (const { handle, inode } of files) {
      let found: string[] = []
      const at = await readLines(handle, 0, (line) => {
        if (!wanted(line)) return
        found.push(line)
        if (found.length > 2 * count) found = lastOf(found, count)
      })
      place ??= { inode, at }
      lines = [...found, ...lines]
      if (lines.length >= count) break
    }
    return { lines: lastOf(lines, count), place }
  })
}

function lastOf(lines: string[], count: number): string[] {
  return count === 0 ? [] : lines.slice(-count)
}

/** Hands over every line after this place; answers the place after them. */
export async function linesSince(file: string, place: LogPlace | undefined, each: (line: string) => void): Promise<LogPlace | undefined> {
  return await withFiles(file, place, async (files) => {
    let last = place
    for (const { handle, inode, size } of files.toReversed()) {
      // Emptied from outside: from its beginning.
      const start = inode === place?.inode && size >= place.at ? place.at : 0
      last = { inode, at: await readLines(handle, start, each) }
    }
    return last
  })
}

/** The line that a request left when it was answered; undefined when the log has none (a read that went well leaves none). */
export async function requestLine(file: string, requestId: string): Promise<LogLine | undefined> {
  const { lines } = await lastLines(file, 1, (text) => text.includes(requestId) && isAnswer(parsed(text), requestId))
  return lines[0] === undefined ? undefined : parsed(lines[0])
}

function isAnswer(line: LogLine | undefined, requestId: string): boolean {
  return line?.requestId === requestId && line.status !== undefined
}

/** Undefined for what is no line of ours. */
export function parsed(text: string): LogLine | undefined {
  try {
    return JSON.parse(text) as LogLine
  } catch {
    return undefined
  }
}

/** The log's files, the newest first, back to the one where `since` is; all where that one is gone. */
async function withFiles<T>(file: string, since: LogPlace | undefined, work: (files: OpenFile[]) => Promise<T>): Promise<T> {
  for (let look = 1; ; look++) {
    const files: OpenFile[] = []
    try {
      await openFiles(file, since, files)
      const newest = await inodeOf(file)
      // Moved on while they were opened: one may be missing.
      if (newest === files[0]?.inode || look === LOOKS) return await work(files)
    } finally {
      for (const { handle } of files) await handle.close()
    }
  }
}

async function openFiles(file: string, since: LogPlace | undefined, files: OpenFile[]): Promise<void> {
  await openInto(files, file)
  if (files[0] !== undefined && files[0].inode === since?.inode) return
  for (const path of fullFiles(await readdir(dirname(file)).catch(nothingThere), file)) {
    await openInto(files, path)
    if (files.at(-1)?.inode === since?.inode) return
  }
}

/** Of a cloud that is reset while somebody follows it. */
function nothingThere(error: NodeJS.ErrnoException): string[] {
  if (error.code !== 'ENOENT') throw error
  return []
}

/** What is gone by now, or was opened under another name, is left out. */
async function openInto(files: OpenFile[], path: string): Promise<void> {
  const handle = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  if (handle === undefined) return
  const { ino: inode, size } = await handle.stat()
  if (files.some((known) => known.inode === inode)) await handle.close()
  else files.push({ handle, inode, size })
}

async function inodeOf(path: string): Promise<number | undefined> {
  return await stat(path).then(({ ino }) => ino, () => undefined)
}

/** Hands over every whole line from `start` on; answers where the next one will begin. */
async function readLines(handle: FileHandle, start: number, each: (line: string) => void): Promise<number> {
  let at = start
  let rest = Buffer.alloc(0)
  for (;;) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, at + rest.length)
    if (bytesRead === 0) return at
    const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)])
    const end = bytes.lastIndexOf(NEWLINE) + 1
    for (const line of bytes.toString('utf8', 0, end).split('\n')) if (line !== '') each(line)
    at += end
    rest = bytes.subarray(end)
  }
}
