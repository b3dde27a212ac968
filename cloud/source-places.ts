/**
 * Stack traces in the terms of the sources: the control process runs from a bundle, whose files and lines help nobody.
 * The bundle's source maps (https://tc39.es/ecma426/) are read when a trace is written, a place at a time, and what
 * was found is kept; nothing is loaded before something goes wrong.
 */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

interface SourceMap { sources: string[]; mappings: string }
/** Counted from 0. */
interface Place { source: number; line: number; column: number }

/** As many places as errors come from. */
const MAX_KEPT = 2000

/** Answers a function that puts the places of a trace right which lie in this bundle; others stay. */
export function sourcePlaces(folder: string): (stack: string) => string {
  const kept = new Map<string, string>()
  const inBundle = new RegExp(String.raw`(?:file://)?${folder.replaceAll(/[^\w/-]/g, String.raw`\$&`)}/([\w.$-]+\.js):(\d+):(\d+)`, 'g')
  return (stack) => stack.replaceAll(inBundle, (found, file: string, line: string, column: string) => {
    const known = kept.get(found)
    if (known !== undefined) return known
    if (kept.size >= MAX_KEPT) kept.clear()
    const told = placeOf(folder, file, Number(line), Number(column)) ?? found
    kept.set(found, told)
    return told
  })
}

/** `line` and `column` count from 1, as in a trace. */
function placeOf(folder: string, file: string, line: number, column: number): string | undefined {
  try {
    const map = JSON.parse(readFileSync(`${folder}/${file}.map`, 'utf8')) as SourceMap
    const place = findPlace(map.mappings, line - 1, column - 1)
    return place === undefined ? undefined : `${resolve(folder, map.sources[place.source]!)}:${place.line + 1}:${place.column + 1}`
  } catch {
    // A trace with strange places is better than none.
    return undefined
  }
}

/** The last segment of the line that begins at or before the column. Numbers are differences to the segment before. */
function findPlace(mappings: string, line: number, column: number): Place | undefined {
  const [at, found] = [{ start: 0, source: 0, line: 0, column: 0 }, { source: -1, line: 0, column: 0 }]
  let [row, field, value, shift] = [0, 0, 0, 0]
  for (let index = 0; index < mappings.length && row <= line; index++) {
    const digit = mappings.charCodeAt(index)
    if (digit === COMMA || digit === SEMICOLON) {
      field = 0
      if (digit === SEMICOLON) [row, at.start] = [row + 1, 0]
      continue
    }
    // Base64 VLQ: five bits a digit, lowest first; the sixth says that more follow; the lowest of all is the sign.
    const bits = VALUES[digit]!
    value |= (bits & 31) << shift
    shift += 5
    if ((bits & 32) !== 0) continue
    if (field < FIELDS.length) at[FIELDS[field]!] += (value & 1) === 1 ? -(value >>> 1) : value >>> 1
    field += 1;
    [value, shift] = [0, 0]
    if (field === 4 && row === line && (at.start <= column || found.source < 0)) Object.assign(found, at)
  }
  return found.source < 0 ? undefined : found
}

const [COMMA, SEMICOLON] = [44, 59]
/** What the numbers of a segment are; a fifth, a name, is not looked at. */
const FIELDS = ['start', 'source', 'line', 'column'] as const
const VALUES = new Uint8Array(128)
for (const [value, digit] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) VALUES[digit.charCodeAt(0)] = value
