/** Reads values that clients may send as text: flags, counts, times, references. */
import { FALSE_WORDS, TRUE_WORDS } from './parameter-types.ts'

const TRUE = new Set<string>([...TRUE_WORDS, 't', 'T', 'y', 'Y'])
const FALSE = new Set<string>([...FALSE_WORDS, 'f', 'F', 'n', 'N'])

/** A flag from JSON or a query; undefined when it is neither. */
export function readFlag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  const text = String(value).trim()
  if (TRUE.has(text)) return true
  if (FALSE.has(text)) return false
  const lower = text.toLowerCase()
  if (TRUE.has(lower)) return true
  return FALSE.has(lower) ? false : undefined
}

export function flagOr(value: unknown, otherwise: boolean): boolean {
  return value === undefined || value === null ? otherwise : readFlag(value) ?? otherwise
}

export function toInteger(value: number | string): number {
  return typeof value === 'number' ? value : Number.parseInt(value, 10)
}

/** The id at the end of a reference: clients may send `http://…/flavors/1`. */
export function idFromHref(reference: string | number): string {
  const text = String(reference)
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? (text.split(/[?#]/)[0]!.split('/').at(-1) ?? '') : (text.split(/[?#]/)[0]!.split('/').at(-1) ?? '')
}

/** An instant in any ISO form as the stored form; a form without zone is UTC. Undefined when it is none. */
export function readInstant(text: string): string | undefined {
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/i.test(text) || !text.includes(':') ? text : `${text}Z`
  const at = Date.parse(zoned.replace(' ', 'T'))
  return Number.isNaN(at) ? undefined : new Date(at).toISOString()
}

/** Collapses runs of spaces, and none at the ends: how names are stored. */
export function normalName(name: string): string {
  return name.trim()
}

/** An IPv6 address in its one short form (RFC 5952); text that is none stays as it is. */
export function shortIpV6(text: string): string {
  const url = `http://[${text}]/`
  return URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : text
}
