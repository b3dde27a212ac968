/**
 * Links of compute: `self` goes to the API in use, `bookmark` to the resource without a version. A client that
 * writes its project into the path finds it in the links too.
 */
import type { ContextBase } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { nextLink } from '#core/listing/listing.ts'

export interface Links { self: string; bookmark: string }
export interface Link { rel: string; href: string }

/** Where links of this request start; made once per reply. */
export function linksOf(ctx: ContextBase, request: Pick<RouteRequest<never>, 'baseUrl' | 'path'>): Links {
  const origin = request.baseUrl.slice(0, -'/v2.1'.length)
  const version = /^\/v2(\/|$)/.test(request.path) ? 'v2' : 'v2.1'
  const project = ctx.identity.project?.id
  const infix = project !== undefined && request.path.includes(`/${project}/`) ? `/${project}` : ''
  return { self: `${origin}/${version}${infix}`, bookmark: `${origin}${infix}` }
}

export function resourceLinks(links: Links, collection: string, id: string): Link[] {
  return [{ rel: 'self', href: `${links.self}/${collection}/${id}` }, { rel: 'bookmark', href: `${links.bookmark}/${collection}/${id}` }]
}

export function bookmark(links: Links, collection: string, id: string): Link[] {
  return [{ rel: 'bookmark', href: `${links.bookmark}/${collection}/${id}` }]
}

export function nextPage(links: Links, collection: string, rawQuery: string, marker: string): Link[] {
  return [{ rel: 'next', href: nextLink(`${links.self}/${collection}`, lastOfEach(rawQuery), marker) }]
}

/** The query in order of names, and of repeated ones the last: as it was read. */
function lastOfEach(rawQuery: string): string {
  const query = new URLSearchParams(Object.fromEntries(new URLSearchParams(rawQuery)))
  query.sort()
  return query.toString()
}
