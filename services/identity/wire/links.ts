/** The wrapping of answers: every resource says where it is, every list where it came from. There is no paging. */
import type { RouteRequest } from '#core/http/route.ts'

type Linked = Record<string, unknown>

/** `{"user": {…, "links": {"self": …}}}`. `path` is the resource's own, under /v3. */
export function member(request: RouteRequest, key: string, path: string, body: Linked): Linked {
  return { [key]: withSelf(request, path, body) }
}

export function withSelf(request: RouteRequest, path: string, body: Linked): Linked {
  return { ...body, links: { ...(body['links'] as Linked | undefined), self: `${request.baseUrl}/${path}` } }
}

/** `{"users": […], "links": {"next": null, "self": …, "previous": null}}`. */
export function collection<T extends Linked>(request: RouteRequest, key: string, items: readonly T[], pathOf?: (item: T) => string): Linked {
  return {
    [key]: pathOf === undefined ? items : items.map((item) => withSelf(request, pathOf(item), item)),
    links: { next: null, self: selfUrl(request), previous: null },
  }
}

/** The address the client called. */
export function selfUrl(request: RouteRequest): string {
  const origin = request.baseUrl.replace(/\/v3$/, '')
  return `${origin}${request.path.replace(/\/$/, '')}${request.rawQuery === '' ? '' : `?${request.rawQuery}`}`
}
