/**
 * What a list of images asks for: `?name=in:a,b&size_min=1&tag=x&os_distro=debian&sort=name:asc`. Whatever is no
 * parameter and no attribute filters by the custom property of that name.
 * https://docs.openstack.org/api-ref/image/v2/#list-images
 */
import type { SortKey } from '#core/listing/listing.ts'
import { errors } from '../errors.ts'
import { VISIBILITIES } from './image.schema.ts'

export type TimeOperator = 'gt' | 'gte' | 'eq' | 'neq' | 'lt' | 'lte'

export type Condition =
  | { kind: 'equal'; column: string; value: string | number | null }
  | { kind: 'in'; column: string; values: string[] }
  | { kind: 'range'; column: string; operator: '>=' | '<='; value: number }
  | { kind: 'time'; column: 'created_at' | 'updated_at'; operator: TimeOperator; from: string; until: string }
  | { kind: 'property'; name: string; value: string }
  | { kind: 'never' }

export interface ImageQuery {
  limit: number
  marker: string | undefined
  sort: SortKey[]
  memberStatus: string
  visibility: string | undefined
  tags: string[]
  conditions: Condition[]
}

const SORT_KEYS = ['name', 'status', 'container_format', 'disk_format', 'size', 'id', 'created_at', 'updated_at']
const LISTABLE = new Set(['name', 'id', 'status', 'container_format', 'disk_format'])
const TEXTS = new Set(['owner', 'checksum', 'os_hash_algo', 'os_hash_value'])
const NUMBERS = new Set(['size', 'virtual_size', 'min_disk', 'min_ram'])
const TIME_OPERATORS = new Set(['gt', 'gte', 'eq', 'neq', 'lt', 'lte'])
const MEMBER_STATUSES = ['pending', 'accepted', 'rejected', 'all']
const NOT_FILTERS = new Set(['limit', 'marker', 'member_status', 'tag', 'sort', 'sort_key', 'sort_dir', 'visibility', 'os_hidden', 'protected'])

export function readImageQuery(query: URLSearchParams, page: { pageDefault: number; pageMax: number }): ImageQuery {
  const memberStatus = query.get('member_status') ?? 'accepted'
  if (!MEMBER_STATUSES.includes(memberStatus)) throw errors.Invalid({ message: `Invalid status: ${memberStatus}` })
  const filters = new Map(query)
  const visibility = filters.get('visibility') ?? ''
  if (visibility !== '' && visibility !== 'all' && !(VISIBILITIES as readonly string[]).includes(visibility)) throw errors.Invalid({ message: `Invalid visibility value: ${visibility}` })
  if ((filters.get('changes-since') ?? '') !== '') throw errors.Invalid({ message: 'The "changes-since" filter is no longer available on v2.' })
  const conditions: Condition[] = [flagCondition('os_hidden', (filters.get('os_hidden') ?? 'false').toLowerCase())]
  const isProtected = filters.get('protected')
  if (isProtected !== undefined) conditions.push(flagCondition('protected', isProtected))
  for (const [key, value] of filters) if (!NOT_FILTERS.has(key)) conditions.push(readCondition(key, value))
  return {
    limit: readLimit(query.get('limit'), page), marker: query.get('marker') ?? undefined, sort: readSort(query), memberStatus,
    visibility: visibility === '' ? undefined : visibility, tags: query.getAll('tag').map((t) => t.trim()), conditions,
  }
}

function flagCondition(column: string, value: string): Condition {
  if (value !== 'true' && value !== 'false') throw errors.Invalid({ message: `Invalid value '${value}' for '${column}' filter. Valid values are 'true' or 'false'.` })
  return { kind: 'equal', column, value: value === 'true' ? 1 : 0 }
}

export function readLimit(text: string | null, page: { pageDefault: number; pageMax: number }): number {
  if (text === null) return Math.min(page.pageDefault, page.pageMax)
  if (!/^\s*[+-]?\d+\s*$/.test(text)) throw errors.Invalid({ message: 'limit param must be an integer' })
  const limit = Number(text)
  if (limit < 0) throw errors.Invalid({ message: 'limit param must be positive' })
  return Math.min(limit, page.pageMax)
}

function readCondition(key: string, value: string): Condition {
  const bound = /^(.+)_(min|max)$/.exec(key)
  if (bound !== null && NUMBERS.has(bound[1]!)) {
    if (!/^\s*[+-]?\d+\s*$/.test(value)) throw errors.Invalid({ message: 'Unable to filter on a range with a non-numeric value.' })
    return { kind: 'range', column: bound[1]!, operator: bound[2] === 'min' ? '>=' : '<=', value: Number(value) }
  }
  if (key === 'created_at' || key === 'updated_at') return readTime(key, value)
  if (LISTABLE.has(key)) return readListable(key, value)
  if (TEXTS.has(key)) return { kind: 'equal', column: key, value }
  if (NUMBERS.has(key)) return /^\d{1,15}$/.test(value) ? { kind: 'equal', column: key, value: Number(value) } : { kind: 'never' }
  return { kind: 'property', name: key, value }
}

function readListable(column: string, text: string): Condition {
  const [operator, operand] = splitOperator(text)
  if (operator === 'eq') return { kind: 'equal', column, value: operand }
  if (operator === 'in') return { kind: 'in', column, values: splitQuoted(operand) }
  throw errors.Invalid({ message: `Unable to filter by unknown operator '${operator}'.` })
}

function readTime(column: 'created_at' | 'updated_at', text: string): Condition {
  const [operator, operand] = parseInstant(text) !== undefined ? ['eq', text] as const : splitOperator(text)
  const at = parseInstant(operand)
  if (at === undefined) throw errors.Invalid({ message: `Bad "${column}" query filter format. Use ISO 8601 DateTime notation.` })
  if (!TIME_OPERATORS.has(operator)) throw errors.Invalid({ message: 'Unable to filter on a unknown operator.' })
  // The API shows whole seconds, so a second is what compares equal.
  return { kind: 'time', column, operator: operator as TimeOperator, from: new Date(at).toISOString(), until: new Date(at + 1000).toISOString() }
}

/** Milliseconds, a missing zone read as UTC; undefined when it is no instant. */
function parseInstant(text: string): number | undefined {
  const match = /^(\d{4}-\d{2}-\d{2})([T ](\d{2}:\d{2}(:\d{2}(\.\d+)?)?))?\s?(Z|[+ -]\d{2}:?\d{2})?$/.exec(text)
  if (match === null) return undefined
  // A plus sign in a query that was not escaped arrives as a space.
  const zone = (match[6] ?? 'Z').replace(' ', '+').replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')
  const at = Date.parse(`${match[1]}T${match[3] ?? '00:00'}${zone}`)
  return Number.isNaN(at) || at > 8.64e15 - 2000 ? undefined : Math.floor(at / 1000) * 1000
}

function splitOperator(text: string): [string, string] {
  const colon = text.indexOf(':')
  return colon < 0 ? ['eq', text] : [text.slice(0, colon), text.slice(colon + 1)]
}

/** `a,"b,c",d` → three values. */
function splitQuoted(text: string): string[] {
  checkQuotes(text)
  const values: string[] = []
  for (const [, quoted, plain] of text.matchAll(/"((?:[^"\\]|\\.)*)"|([^",]+)/g)) {
    values.push(quoted === undefined ? plain! : quoted.replaceAll('\\"', '"'))
  }
  return values
}

function checkQuotes(text: string): void {
  let open = false
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] !== '"' || text[i - 1] === '\\') continue
    if (!open && i > 0 && text[i - 1] !== ',') throw errors.Invalid({ message: `Invalid filter value ${text}. There is no comma before opening quotation mark.` })
    if (open && i + 1 < text.length && text[i + 1] !== ',') throw errors.Invalid({ message: `Invalid filter value ${text}. There is no comma after closing quotation mark.` })
    open = !open
  }
  if (open) throw errors.Invalid({ message: `Invalid filter value ${text}. The quote is not closed.` })
}

/** Both ways of asking for an order: `sort=name:asc,size` and `sort_key=…&sort_dir=…`. */
function readSort(query: URLSearchParams): SortKey[] {
  const combined = query.getAll('sort').at(-1)
  const keys: string[] = []
  const directions: string[] = []
  if (combined !== undefined) {
    if (query.has('sort_key') || query.has('sort_dir')) throw errors.Invalid({ message: 'Old and new sorting syntax cannot be combined' })
    for (const part of combined.trim().split(',')) {
      const [key, direction] = part.split(':', 2) as [string, string?]
      keys.push(key.trim())
      directions.push(direction?.trim() || 'desc')
    }
  } else {
    keys.push(...query.getAll('sort_key').map((k) => k.trim()))
    directions.push(...query.getAll('sort_dir').map((d) => d.trim()))
    if (directions.length > 1 && directions.length !== keys.length) throw errors.Invalid({ message: 'Number of sort dirs does not match the number of sort keys' })
  }
  return sortKeys(keys.length === 0 ? ['created_at'] : keys, directions.length === 0 ? ['desc'] : directions)
}

function sortKeys(keys: string[], directions: string[]): SortKey[] {
  for (const key of keys) if (!SORT_KEYS.includes(key)) throw errors.Invalid({ message: `Invalid sort key: ${key}. It must be one of the following: ${SORT_KEYS.join(', ')}.` })
  for (const direction of directions) if (direction !== 'asc' && direction !== 'desc') throw errors.Invalid({ message: `Invalid sort direction: ${direction}` })
  const only = directions.length === 1 ? directions[0]! : undefined
  const sort = [...new Set(keys)].map((column, at): SortKey => ({ column, direction: (only ?? directions[at]) as SortKey['direction'] }))
  for (const column of ['created_at', 'id']) if (!keys.includes(column)) sort.push({ column, direction: (only ?? 'desc') as SortKey['direction'] })
  return sort
}
