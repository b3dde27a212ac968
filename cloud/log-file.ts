/** Reading the log back: line by line, from a place on, and only what concerns an id. */
import { open } from 'node:fs/promises'

export interface LogLine {
  time: string; level: string; msg: string; service?: string; agent?: string; requestId?: string; resourceId?: string; err?: { message: string }
  /** On the one line that each request leaves. */
  method?: string; path?: string; status?: number; ms?: number; reason?: string
}

const CHUNK_BYTES = 1024 * 1024
const NEWLINE = 0x0a

/** Hands over every whole line from `start` on; answers where the next one will begin. */
export async function readLines(file: string, start: number, each: (line: string) => void): Promise<number> {
  const handle = await open(file)
  try {
    // Emptied or replaced (as by logrotate): from its beginning.
    let at = (await handle.stat()).size < start ? 0 : start
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
  } finally {
    await handle.close()
  }
}

/** The line that a request left when it was answered; undefined when the log has none (a read that went well leaves none). */
export async function requestLine(file: string, requestId: string): Promise<LogLine | undefined> {
  let found: LogLine | undefined
  await readLines(file, 0, (text) => {
    if (!text.includes(requestId)) return
    const line = parsed(text)
    if (line?.requestId === requestId && line.status !== undefined) found = line
  })
  return found
}

/** Undefined for what is no line of ours. */
export function parsed(text: string): LogLine | undefined {
  try {
    return JSON.parse(text) as LogLine
  } catch {
    return undefined
  }
}
