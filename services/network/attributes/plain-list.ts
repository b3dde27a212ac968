/** Lists that are worked out at each request and stored nowhere: asked, ordered and paged like those of stored resources. */
import type { ApiRequestOf, NetworkContext } from '../context.ts'
import type { AttributeTable, Resource, View } from './attribute.ts'
import { pageLinks, readListQuery, type ListQuery } from './list-query.ts'

export interface PlainList {
  collection: string
  attributes: AttributeTable
  /** What pages are told apart by. */
  key: string
}

/** What the query asks of a plain list; refuses what it does not know. */
export function readPlainQuery(ctx: NetworkContext, list: PlainList, request: ApiRequestOf): ListQuery {
  return readListQuery(ctx, list as unknown as Resource, request.query)
}

/** The answer: ordered by the key, the page that was asked for, the fields that were asked for, links to its neighbours. */
export function plainReply(request: ApiRequestOf, list: PlainList, asked: ListQuery, items: readonly View[]): object {
  const keyOf = (item: View): string => String(item[list.key])
  const direction = asked.sort[0]?.ascending === false ? -1 : 1
  const ordered = items.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -direction : keyOf(a) > keyOf(b) ? direction : 0))
  const page = pageOf(ordered, asked, ordered.findIndex((item) => keyOf(item) === asked.marker))
  const links = pageLinks(`${request.baseUrl}${request.path}`, request.query, asked, page.map(keyOf))
  const shown = asked.fields === undefined ? page : page.map((item) => Object.fromEntries(Object.entries(item).filter(([name]) => asked.fields!.has(name))))
  return { [list.collection]: shown, ...(links.length === 0 ? {} : { [`${list.collection}_links`]: links }) }
}

/** Behind a marker that is not there comes nothing. */
function pageOf(items: readonly View[], { limit, marker, reverse }: ListQuery, at: number): readonly View[] {
  if (limit === undefined) return items
  if (marker !== undefined && at < 0) return []
  if (!reverse) return items.slice(at + 1, at + 1 + limit)
  const end = marker === undefined ? items.length : at
  return items.slice(Math.max(0, end - limit), end)
}
