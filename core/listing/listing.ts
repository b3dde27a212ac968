/**
 * Lists: sort keys, the rows after a marker, links to the next page. Paging is by key, not offset, so a page stays right
 * while rows come and go: the next page begins after the marker's row in the sort order.
 */
import type { SelectQueryBuilder } from 'kysely'

/** A client may ask for more than a database counts to. */
export const MAX_LIMIT = 2 ** 31 - 1

export interface SortKey { column: string; direction: 'asc' | 'desc' }

type AnyQuery = SelectQueryBuilder<never, never, unknown>

/**
 * Orders a query, starts it after the marker's row and bounds it. The last sort key must be unique (add the id).
 * Nulls sort first, as both engines do ascending. Read one row more than `limit` to know whether there is a next page.
 */
export function applyPage<Q>(query: Q, sort: readonly SortKey[], markerRow: Record<string, unknown> | undefined, limit: number | undefined): Q {
  let built = query as unknown as AnyQuery
  if (markerRow !== undefined) built = built.where((eb) => afterMarker(eb as never, sort, markerRow) as never)
  for (const key of sort) built = built.orderBy(key.column as never, key.direction)
  if (limit !== undefined) built = built.limit(Math.min(limit, MAX_LIMIT))
  return built as unknown as Q
}

interface LooseExpressions {
  (column: string, op: string, value: unknown): unknown
  or(parts: unknown[]): unknown
  and(parts: unknown[]): unknown
}

function afterMarker(eb: LooseExpressions, sort: readonly SortKey[], row: Record<string, unknown>): unknown {
  const branches = sort.map((key, at) => {
    const equal = sort.slice(0, at).map((k) => equalTo(eb, k.column, valueOf(row, k.column)))
    return eb.and([...equal, beyond(eb, key, valueOf(row, key.column))])
  })
  return eb.or(branches)
}

function valueOf(row: Record<string, unknown>, column: string): unknown {
  return row[column] ?? row[column.split('.').at(-1)!] ?? null
}

function equalTo(eb: LooseExpressions, column: string, value: unknown): unknown {
  return value === null ? eb(column, 'is', null) : eb(column, '=', value)
}

function beyond(eb: LooseExpressions, key: SortKey, value: unknown): unknown {
  if (key.direction === 'asc') return value === null ? eb(key.column, 'is not', null) : eb(key.column, '>', value)
  if (value === null) return eb(key.column, '<', null)
  return eb.or([eb(key.column, '<', value), eb(key.column, 'is', null)])
}

/** The same query with another marker: the address of the next page. */
export function nextLink(href: string, rawQuery: string, marker: string): string {
  const query = new URLSearchParams(rawQuery)
  query.set('marker', marker)
  return `${href}?${query.toString()}`
}
