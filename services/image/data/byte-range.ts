/**
 * Which part of the data a download asks for: RFC 9110 ranges, one at a time, and (for old clients) a Content-Range
 * in the request, which upstream also honours.
 */
import { errors } from '../errors.ts'

/** `end` is inclusive. */
export interface ByteRange { start: number; end: number }

type Headers = Record<string, string | undefined>

export function readRange(headers: Headers, sizeBytes: number): ByteRange | undefined {
  const range = headers['range']
  if (range !== undefined) return parseRange(range, sizeBytes)
  const contentRange = headers['content-range']
  return contentRange === undefined ? undefined : parseContentRange(contentRange, sizeBytes)
}

function parseRange(text: string, sizeBytes: number): ByteRange {
  if (text.includes(',')) throw errors.Invalid({ message: 'Requests with multiple ranges are not supported in Glance. You may make multiple single-range requests instead.' })
  const match = /^\s*bytes\s*=\s*(\d{0,16})\s*-\s*(\d{0,16})\s*$/i.exec(text)
  if (match === null || (match[1] === '' && match[2] === '')) throw errors.BadRange({ message: 'Invalid Range header.' })
  if (match[1] === '') {
    const last = Number(match[2])
    if (last === 0 || sizeBytes === 0) throw errors.BadRange({ message: 'Invalid Range header.' })
    return { start: Math.max(0, sizeBytes - last), end: sizeBytes - 1 }
  }
  const start = Number(match[1])
  const end = match[2] === '' ? sizeBytes - 1 : Number(match[2])
  if (match[2] !== '' && end < start) throw errors.BadRange({ message: 'Invalid Range header.' })
  if (start >= sizeBytes) throw badStart('Range', sizeBytes)
  return { start, end: Math.min(end, sizeBytes - 1) }
}

function parseContentRange(text: string, sizeBytes: number): ByteRange {
  const match = /^\s*bytes\s+(\d{1,16})\s*-\s*(\d{1,16})\s*\/\s*(\d{1,16}|\*)\s*$/i.exec(text)
  if (match === null || Number(match[2]) < Number(match[1])) throw errors.BadRange({ message: 'Invalid Content-Range header.' })
  const [start, end] = [Number(match[1]), Number(match[2])]
  if (match[3] === '*' && end + 1 > sizeBytes) {
    throw errors.BadRange({ message: `Invalid stop position in Content-Range header. The stop position MUST be in the inclusive range [0, ${sizeBytes - 1}].` })
  }
  if (start >= sizeBytes) throw badStart('Content-Range', sizeBytes)
  return { start, end: Math.min(end, sizeBytes - 1) }
}

function badStart(header: string, sizeBytes: number): Error {
  return errors.BadRange({ message: `Invalid start position in ${header} header. Start position MUST be in the inclusive range [0, ${sizeBytes - 1}].` })
}
