/**
 * A route is data: method, path, policy, schemas, versions, handler. A service's URL map is a list of them, one line
 * each. A path may stand several times with disjoint version spans. `policy` is required: the rule itself where the
 * target is the caller's own project, `inHandler(…)` where the handler must load the target first (it then calls
 * `authorise`), or `PUBLIC`.
 */
import type { TSchema } from '#core/schema/schema.ts'
import { parseSpan, type ShapeVersions } from '#core/versions/versions.ts'
import type { ContextBase } from './context.ts'
import type { Reply } from './message.ts'

export interface RouteRequest<B = unknown> {
  /** As the client said it: a HEAD reaches the route of GET. */
  method: string
  params: Record<string, string>
  query: URLSearchParams
  headers: Record<string, string | undefined>
  /** Latest shape, whatever version was spoken. */
  body: B
  /** Negotiated minor; 0 where a service has no versions. Only `*.versions.ts` may compare it. */
  version: number
  /** `http://host:port/v2.1`: the start of links. */
  baseUrl: string
  path: string
  rawQuery: string
  stream?: import('node:stream').Readable
}

export type RouteHandler<C = ContextBase> = (ctx: C, request: RouteRequest<never>) => Promise<Reply | object | undefined | null> | Reply | object | undefined | null

export const PUBLIC = { kind: 'public' } as const
export interface HandlerPolicy { kind: 'handler'; rules: readonly string[] }
export type RoutePolicy = string | HandlerPolicy | typeof PUBLIC

/** The handler authorises, with the target it loads; the rules are named for the matrix and the reference. */
export function inHandler(...rules: string[]): HandlerPolicy {
  return { kind: 'handler', rules }
}

export interface RouteOptions {
  policy: RoutePolicy
  /** Success status; default 200. */
  status?: number
  /** What the path names is looked for before the body is, where that answers first; throws its "not found". */
  lookUp?: (ctx: never, request: RouteRequest) => unknown
  /** Schema of the JSON body (the latest), or its versions. A route without one refuses nothing in the body. */
  body?: TSchema | ShapeVersions
  /** Lowers replies to old versions; taken from `body` when that is `ShapeVersions`. */
  response?: ShapeVersions
  /** Query as an object of lists; `QuerySchema` per version likewise. */
  query?: TSchema | ShapeVersions
  /** Versions in which it exists: `'2.26-'`. */
  versions?: string
  /** `json` (default for POST, PUT, PATCH), `stream` for data paths, `none`. */
  bodyMode?: 'json' | 'stream' | 'none'
  /** Content types other than application/json the body may have. */
  contentTypes?: readonly string[]
  maxBodyBytes?: number
}

export interface Route extends RouteOptions {
  method: string
  path: string
  handler: RouteHandler<never>
  from: number
  to: number
}

/** One line of a URL map. */
export function route(method: string, path: string, handler: RouteHandler<never>, options: RouteOptions): Route {
  const { from, to } = parseSpan(options.versions)
  return { method, path, handler, from, to, ...options }
}
