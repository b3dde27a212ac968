/**
 * The row of stages every request walks, on one screen. Read this first.
 *
 *     request id → route → identify → version → body → (validate ⇄ authorise) → handler → lower → reply
 *
 * Whether validation or permission answers first, and whether the body is read at all before that, is declared once per
 * service, because clients can see it. The pipeline knows no socket: `handle` is a function from request to reply,
 * called by the listener, by tests and by neighbours in the same process.
 */
import FindMyWay from 'find-my-way'
import { permits } from '#core/auth/access-rules.ts'
import type { Authenticator, Identity } from '#core/auth/identity.ts'
import { ApiError, explainError, httpErrors } from '#core/errors/errors.ts'
import { newRequestId } from '#core/ids/ids.ts'
import type { Log } from '#core/log/log.ts'
import type { Fault } from '#core/schema/fault.ts'
import { negotiate, type VersionRange } from '#core/versions/versions.ts'
import { checkBody, checkQuery, isVersions, readBody } from './body.ts'
import { authorise, type Context } from './context.ts'
import { identityDialect, type Dialect } from './dialect.ts'
import { isReply, type ApiReply, type ApiRequest, type Reply } from './message.ts'
import { RenderedList, RenderMemory } from './rendered-list.ts'
import { PUBLIC, type Route, type RouteRequest } from './route.ts'

/** Which answers first when both would refuse. Read last: permission, then a route's `lookUp`, then even what is no JSON. */
export type Order = 'validate-first' | 'authorise-first' | 'read-last'

export interface PipelineOptions {
  name: string
  /** Catalog type, which the access rules of application credentials name. */
  serviceType?: string
  /** Path all routes start with, for links: `/v2.1`. */
  basePath: string
  routes: readonly Route[]
  versions?: VersionRange
  dialect: Dialect
  order: Order
  authenticator: Authenticator
  /** `WWW-Authenticate` of a 401: the public address of identity. */
  authUrl: (request: ApiRequest) => string
  /** A context for this request; the pipeline adds who and which request. */
  context: (who: { identity: Identity; requestId: string; globalRequestId?: string; token?: string }) => Context
  /** What a known path answers to a method it does not have: 405 (default), or 404 where upstream routes by path and method at once. */
  wrongMethod?: 404 | 405
  /** Only routes of their own answer HEAD; without it, every GET does. */
  ownHead?: boolean
  /** Rewrites the path before routing (an optional project id in the middle, a `.json` suffix). */
  rewrite?: (path: string) => string
  /** Conditions of the service on a request, before its body is read: content types it insists on. Throws the refusal. */
  admit?: (request: ApiRequest, route: Route) => void
  /** Says a schema fault in the service's words; default is compute's. */
  schemaFault?: (fault: Fault, kind: 'body' | 'query') => ApiError
  /** What an unauthorised call gets; default is the identity dialect, as the token check in front of every service gives. */
  anonymous: Identity
  /** Extra headers for every reply (request id under other names …). */
  replyHeaders?: (requestId: string, version: number) => Record<string, string>
  log?: Log
  observe?: (seen: { method: string; route: string; status: number; seconds: number }) => void
}

export interface Pipeline {
  handle(request: ApiRequest): Promise<ApiReply>
  /** True when the route takes the body as a stream: the listener must not read it. */
  streams(method: string, path: string): boolean
  readonly routes: readonly Route[]
}

interface Walk { request: ApiRequest; requestId: string; version: number; routePath: string; routed?: boolean; /** Why it was refused, for the log. */ reason?: string }

/** A Fernet token begins so: its version and the upper bytes of its time. */
const SEALED = /gAAAA[\w-]+=*/g

const UUID_HEADER = /^(req-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function createPipeline(options: PipelineOptions): Pipeline {
  const router = buildRouter(options.routes)
  const rewrite = options.rewrite ?? ((path: string) => path)
  const stages = new Stages(options, router, rewrite)
  return {
    handle: (request) => stages.handle(request),
    routes: options.routes,
    streams: (method, path) => router.find(method, rewrite(path))?.routes[0]?.bodyMode === 'stream',
  }
}

class Stages {
  readonly #options: PipelineOptions
  readonly #router: Router
  readonly #rewrite: (path: string) => string
  readonly #vary: string
  readonly #memory = new RenderMemory()

  constructor(options: PipelineOptions, router: Router, rewrite: (path: string) => string) {
    this.#options = options
    this.#router = router
    this.#rewrite = rewrite
    this.#vary = ['OpenStack-API-Version', ...(options.versions?.legacyHeaders ?? []).map(canonicalHeader)].join(', ')
  }

  async handle(request: ApiRequest): Promise<ApiReply> {
    const started = performance.now()
    const walk: Walk = { request, requestId: newRequestId(), version: this.#options.versions?.min ?? 0, routePath: 'none' }
    let answer: ApiReply
    try {
      answer = await this.#serve(walk)
    } catch (error) {
      answer = this.#refuse(walk, error)
    }
    this.#finish(walk, answer)
    const ms = performance.now() - started
    this.#tell(walk, answer, ms)
    this.#options.observe?.({ method: request.method, route: walk.routePath, status: answer.status, seconds: ms / 1000 })
    return answer
  }

  /** One line per request; reads that went well only when someone debugs. */
  #tell(walk: Walk, answer: ApiReply, ms: number): void {
    const { method, path } = walk.request
    const quiet = answer.status < 400 && (method === 'GET' || method === 'HEAD')
    const reason = walk.reason === undefined ? {} : { reason: walk.reason }
    this.#options.log?.[quiet ? 'debug' : 'info']({ requestId: walk.requestId, method, path, status: answer.status, ms: Math.round(ms * 10) / 10, ...reason }, `${method} ${path} ${answer.status}`)
  }

  async #serve(walk: Walk): Promise<ApiReply> {
    const { request } = walk
    const method = request.method === 'HEAD' && this.#options.ownHead !== true ? 'GET' : request.method
    const found = this.#router.find(method, this.#rewrite(request.path))
    walk.routed = found !== undefined
    const isPublic = found !== undefined && found.routes.every((r) => r.policy === PUBLIC)
    const who = await this.#identify(request, isPublic)
    if (this.#options.versions !== undefined) walk.version = negotiate(this.#options.versions, request.headers)
    const route = found?.routes.find((r) => r.from <= walk.version && walk.version <= r.to)
    if (found === undefined) throw notRouted(this.#options.wrongMethod === 404 ? [] : this.#router.methods(this.#rewrite(request.path)))
    if (route === undefined) throw httpErrors.RouteNotFound()
    this.#options.admit?.(request, route)
    walk.routePath = route.path
    // A neighbour in process acts for a request that was already judged at its own door.
    if (request.identity === undefined && who.identity.accessRules !== undefined && !permits(who.identity, this.#options.serviceType, request)) throw this.#unauthorized(request)
    const global = request.headers['x-openstack-request-id']
    const ctx = this.#options.context({
      identity: who.identity, requestId: walk.requestId, token: who.token,
      globalRequestId: global !== undefined && UUID_HEADER.test(global) ? global : undefined,
    })
    const input = this.#prepare(walk, route, found.params)
    await this.#check(ctx, route, input, request)
    const result = await (route.handler as unknown as (c: Context, r: RouteRequest) => Promise<unknown>)(ctx, input)
    return await this.#toReply(route, walk.version, result)
  }

  #unauthorized(request: ApiRequest): ApiError {
    return httpErrors.Unauthorized({}, { headers: { 'www-authenticate': `Keystone uri="${this.#options.authUrl(request)}"` } })
  }

  async #identify(request: ApiRequest, isPublic: boolean): Promise<{ identity: Identity; token?: string }> {
    if (request.identity !== undefined) return { identity: request.identity }
    const token = request.headers['x-auth-token']
    const identity = token === undefined || token === '' ? undefined : await this.#options.authenticator.identify(token)
    if (identity === undefined) {
      if (isPublic) return { identity: this.#options.anonymous }
      throw this.#unauthorized(request)
    }
    const serviceToken = request.headers['x-service-token']
    if (serviceToken === undefined) return { identity, token }
    const service = await this.#options.authenticator.identify(serviceToken)
    return { token, identity: service === undefined ? identity : { ...identity, serviceRoles: service.roles.map((r) => r.name) } }
  }

  #prepare(walk: Walk, route: Route, params: Record<string, string>): RouteRequest {
    const { request } = walk
    return {
      method: request.method, params, query: new URLSearchParams(request.query), headers: request.headers, version: walk.version,
      body: this.#options.order === 'read-last' ? undefined : readBody(request, route), baseUrl: `${request.origin}${this.#options.basePath}`, path: request.path,
      rawQuery: request.query, stream: request.stream,
    }
  }

  async #check(ctx: Context, route: Route, input: RouteRequest, request: ApiRequest): Promise<void> {
    const { order } = this.#options
    const validate = (): void => {
      input.body = checkBody(route, input, this.#options.schemaFault)
      checkQuery(route, input, this.#options.schemaFault)
    }
    if (order === 'validate-first') validate()
    if (typeof route.policy === 'string') authorise(ctx, route.policy)
    if (route.lookUp !== undefined) await (route.lookUp as (c: Context, r: RouteRequest) => unknown)(ctx, input)
    if (order === 'read-last') input.body = readBody(request, route)
    if (order !== 'validate-first') validate()
  }

  async #toReply(route: Route, version: number, result: unknown): Promise<ApiReply> {
    const parts: Reply = isReply(result) ? result : { body: result ?? undefined }
    const versions = route.response ?? (route.body !== undefined && isVersions(route.body) ? route.body : undefined)
    const lower = (body: object): object => (versions === undefined ? body : versions.lower(version, body) as object)
    const answer: ApiReply = { status: parts.status ?? route.status ?? 200, headers: { ...parts.headers }, body: parts.body }
    if (parts.body instanceof RenderedList) {
      answer.headers['content-type'] = 'application/json'
      answer.body = await this.#memory.render(parts.body, `${route.path} ${version}`, lower)
    } else if (parts.body !== null && typeof parts.body === 'object') answer.body = lower(parts.body)
    return answer
  }

  #refuse(walk: Walk, error: unknown): ApiReply {
    const known = error instanceof ApiError ? error : httpErrors.Unexpected({}, { cause: error })
    // What a fault of the body or of a token says may repeat what was sent, secrets included.
    walk.reason = known.status === 400 || known.status === 401 ? known.code : known.message.replaceAll(SEALED, '***')
    if (known.status >= 500) {
      const ctx = this.#options.context({ identity: this.#options.anonymous, requestId: walk.requestId })
      ctx.log.error({ err: error, requestId: walk.requestId, method: walk.request.method, path: walk.request.path, detail: known.detail }, explainError(error))
    }
    const dialect = known.code === 'Unauthorized' && known.headers?.['www-authenticate'] !== undefined ? identityDialect : this.#options.dialect
    return dialect(known, { request: walk.request, requestId: walk.requestId, version: walk.version, routed: walk.routed })
  }

  #finish(walk: Walk, answer: ApiReply): void {
    answer.headers['x-openstack-request-id'] = walk.requestId
    if (this.#options.versions !== undefined) {
      const { serviceType, major, legacyHeaders } = this.#options.versions
      answer.headers['openstack-api-version'] = `${serviceType} ${major}.${walk.version}`
      answer.headers['vary'] = this.#vary
      for (const name of legacyHeaders ?? []) answer.headers[name] = `${major}.${walk.version}`
    }
    Object.assign(answer.headers, this.#options.replyHeaders?.(walk.requestId, walk.version))
  }
}

function canonicalHeader(name: string): string {
  return name.split('-').map((p) => p[0]!.toUpperCase() + p.slice(1)).join('-').replace('Openstack', 'OpenStack').replace(/Api/, 'API')
}

interface Found { routes: Route[]; params: Record<string, string> }
interface Router { find(method: string, path: string): Found | undefined; methods(path: string): string[] }

function buildRouter(routes: readonly Route[]): Router {
  const table = FindMyWay({ ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: 4096 })
  const byKey = new Map<string, Route[]>()
  for (const route of routes) {
    const key = `${route.method} ${route.path}`
    const known = byKey.get(key)
    if (known !== undefined) {
      known.push(route)
      continue
    }
    const list = [route]
    byKey.set(key, list)
    table.on(route.method as FindMyWay.HTTPMethod, route.path === '' ? '/' : route.path, () => {}, list)
  }
  const methods = [...new Set(routes.map((r) => r.method))]
  const find = (method: string, path: string): Found | undefined => {
    const hit = table.find(method as FindMyWay.HTTPMethod, path)
    return hit === null ? undefined : { routes: hit.store as Route[], params: hit.params as Record<string, string> }
  }
  return { find, methods: (path) => methods.filter((m) => find(m, path) !== undefined) }
}

function notRouted(allowed: readonly string[]): ApiError {
  if (allowed.length === 0 || allowed.length === 5) return httpErrors.RouteNotFound()
  return httpErrors.MethodNotAllowed({}, { headers: { allow: allowed.join(', ') } })
}
