/** What a list's query asks: filters, fields, order and page; everything unknown is refused in upstream's words. */
import { pythonRepr } from '#core/schema/fault.ts'
import { errors } from '../errors.ts'
import type { NetworkContext } from '../context.ts'
import type { Fields, Resource } from './attribute.ts'

export interface ListQuery {
  filters: Map<string, unknown[]>
  tags: { all: string[]; any: string[]; notAll: string[]; notAny: string[] }
  fields: Fields
  sort: { attribute: string; ascending: boolean }[]
  /** Undefined: the whole list. */
  limit: number | undefined
  marker: string | undefined
  reverse: boolean
}

const STEERING = new Set(['fields', 'sort_key', 'sort_dir', 'limit', 'marker', 'page_reverse'])
const TAGS = { tags: 'all', 'tags-any': 'any', 'not-tags': 'notAll', 'not-tags-any': 'notAny' } as const

export function readListQuery(ctx: NetworkContext, resource: Resource, query: URLSearchParams): ListQuery {
  const asked: ListQuery = { filters: new Map(), tags: { all: [], any: [], notAll: [], notAny: [] }, fields: readFields(query), sort: [], limit: undefined, marker: undefined, reverse: false }
  if (query.size === 0) {
    asked.limit = ctx.config.paginationMaxLimit > 0 ? ctx.config.paginationMaxLimit : undefined
    return asked
  }
  readFilters(resource, query, asked)
  asked.sort = readSort(resource, query)
  asked.limit = readLimit(query, ctx.config.paginationMaxLimit)
  asked.marker = asked.limit === undefined ? undefined : (query.get('marker') ?? undefined)
  asked.reverse = query.get('page_reverse')?.toLowerCase() === 'true'
  return asked
}

export function readFields(query: URLSearchParams): Fields {
  const fields = query.getAll('fields').filter((f) => f !== '')
  return fields.length === 0 ? undefined : new Set(fields)
}

function readFilters(resource: Resource, query: URLSearchParams, asked: ListQuery): void {
  const invalid: string[] = []
  for (const key of new Set(query.keys())) {
    if (STEERING.has(key)) continue
    const attribute = Object.hasOwn(resource.attributes, key) ? resource.attributes[key]! : undefined
    if (attribute !== undefined && Object.hasOwn(TAGS, key) && 'tags' in resource.attributes) {
      asked.tags[TAGS[key as keyof typeof TAGS]] = query.getAll(key).flatMap((v) => v.split(','))
    } else if (attribute?.filter !== true) {
      invalid.push(key)
    } else {
      asked.filters.set(key, query.getAll(key).map((v) => (attribute.convert === undefined ? v : attribute.convert(v))))
    }
  }
  if (invalid.length > 0) throw errors.HTTPBadRequest({ message: `${pythonRepr(invalid)} is invalid attribute for filtering` })
}

function readSort(resource: Resource, query: URLSearchParams): ListQuery['sort'] {
  const keys = query.getAll('sort_key').filter((k) => k !== '')
  const directions = query.getAll('sort_dir').filter((d) => d !== '')
  if (keys.length !== directions.length) throw errors.HTTPBadRequest({ message: 'The number of sort_keys and sort_dirs must be same' })
  const unknown = keys.filter((k) => !Object.hasOwn(resource.attributes, k) || resource.attributes[k]!.sort !== true)
  if (unknown.length > 0) throw errors.HTTPBadRequest({ message: `${pythonRepr(unknown)} is invalid attribute for sort_keys` })
  const wrong = directions.filter((d) => d !== 'asc' && d !== 'desc')
  if (wrong.length > 0) throw errors.HTTPBadRequest({ message: `${pythonRepr(wrong)} is invalid value for sort_dirs, valid value is 'asc' and 'desc'` })
  return keys.map((attribute, at) => ({ attribute, ascending: directions[at] === 'asc' }))
}

/** 0 and absent ask for everything, up to the operator's bound. */
function readLimit(query: URLSearchParams, bound: number): number | undefined {
  const text = query.get('limit') ?? '0'
  if (!/^\d+$/.test(text)) throw errors.BadRequest({ resource: 'limit', msg: `Limit must be an integer 0 or greater and not '${text}'` })
  const limit = Math.min(Number(text), 2_147_483_646)
  if (bound > 0) return limit === 0 ? bound : Math.min(limit, bound)
  return limit === 0 ? undefined : limit
}

/** Links as upstream gives them: `next` whenever the page is full, `previous` likewise the other way. */
export function pageLinks(href: string, query: URLSearchParams, asked: ListQuery, ids: readonly unknown[]): { rel: string; href: string }[] {
  if (asked.limit === undefined) return []
  const full = ids.length >= asked.limit
  const links: { rel: string; href: string }[] = []
  if (full || asked.reverse) links.push({ rel: 'next', href: linkTo(href, query, ids.at(-1), false) })
  if (full || !asked.reverse) links.push({ rel: 'previous', href: linkTo(href, query, ids[0], true) })
  return links
}

function linkTo(href: string, query: URLSearchParams, marker: unknown, reverse: boolean): string {
  const next = new URLSearchParams(query)
  next.delete('marker')
  next.delete('page_reverse')
  if (marker !== undefined) next.set('marker', String(marker))
  if (reverse) next.set('page_reverse', 'True')
  return `${href}?${next.toString()}`
}
