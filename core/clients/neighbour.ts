/**
 * Calling a neighbour service by its API. In one process the request enters the neighbour's pipeline without a
 * socket (validation, policy and versions included); across machines it is HTTP. One behaviour, two transports.
 * Typed functions over it live in each service's `contract.ts`.
 *
 * A call is made either in the name of the user who asked (`as: 'user'`, their rights hold) or on the service's own
 * account (`as: 'service'`): durable operations outlive tokens, so their steps use the latter.
 */
import type { Identity } from '#core/auth/identity.ts'
import type { ApiReply, ApiRequest } from '#core/http/message.ts'

export interface NeighbourRequest {
  method: string
  /** Path from the root of the endpoint, version included: `/v2.0/ports`. */
  path: string
  query?: Record<string, string | string[] | undefined>
  body?: unknown
  headers?: Record<string, string>
  /** Statuses that are an answer rather than a failure; default all below 400. */
  ok?: number[]
}

export interface Caller { identity: Identity; requestId: string; token?: string }

export interface Neighbour {
  readonly type: string
  /** Answers status and parsed body; throws `NeighbourError` for a status that is not ok. */
  request<T = unknown>(ctx: Caller, as: 'user' | 'service', request: NeighbourRequest): Promise<{ status: number; headers: Record<string, string | string[]>; body: T }>
}

/** A neighbour's refusal, as it said it. Decide on `status` and `code`, or pass it on as the `cause`. */
export class NeighbourError extends Error {
  override readonly name = 'NeighbourError'
  readonly service: string
  readonly status: number
  readonly code: string
  readonly body: unknown
  constructor(service: string, request: NeighbourRequest, status: number, body: unknown) {
    super(messageOf(body) ?? `${service} answered ${status} to ${request.method} ${request.path}`)
    this.service = service
    this.status = status
    this.body = body
    this.code = codeOf(body)
  }
}

/** Finds the sentence in any service's error body; what a network adds to it (where, how many) belongs to it. */
function messageOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return typeof body === 'string' && body !== '' ? body.slice(0, 500) : undefined
  const value = body as Record<string, unknown>
  if (typeof value['message'] === 'string') return typeof value['detail'] === 'string' && value['detail'] !== '' ? `${value['message']} ${value['detail']}` : value['message']
  if (Array.isArray(value['errors'])) return String((value['errors'][0] as { detail?: string }).detail ?? '').split('\n\n').at(-1)?.trim()
  for (const inner of Object.values(value)) {
    const found = typeof inner === 'object' ? messageOf(inner) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

function codeOf(body: unknown): string {
  const value = (body ?? {}) as { NeutronError?: { type?: string }; errors?: { code?: string }[] }
  return value.NeutronError?.type ?? value.errors?.[0]?.code ?? ''
}

function queryText(query: NeighbourRequest['query']): string {
  if (query === undefined) return ''
  const out = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    for (const item of [value].flat()) if (item !== undefined) out.append(key, item)
  }
  return out.toString()
}

/** A neighbour in this process. */
export function localNeighbour(type: string, handle: (request: ApiRequest) => Promise<ApiReply>, own: Identity, origin: string): Neighbour {
  return {
    type,
    async request<T>(ctx: Caller, as: 'user' | 'service', request: NeighbourRequest) {
      const answer = await handle({
        method: request.method, path: request.path, query: queryText(request.query), origin,
        headers: { accept: 'application/json', 'x-openstack-request-id': ctx.requestId, ...request.headers },
        json: request.body, identity: as === 'user' ? ctx.identity : own,
      })
      // Bodies are handed over as they are: a caller must not change what it gets.
      return judge<T>(type, request, answer.status, answer.headers, typeof answer.body === 'string' || Buffer.isBuffer(answer.body) ? parse(answer.body.toString()) : answer.body)
    },
  }
}

/** A neighbour on another machine. `serviceToken` answers a valid token of this service's own account. */
export function httpNeighbour(type: string, endpoint: string, serviceToken: () => Promise<string>): Neighbour {
  return {
    type,
    async request<T>(ctx: Caller, as: 'user' | 'service', request: NeighbourRequest) {
      const own = await serviceToken()
      const query = queryText(request.query)
      const response = await fetch(`${endpoint}${request.path}${query === '' ? '' : `?${query}`}`, {
        method: request.method,
        headers: {
          accept: 'application/json', 'x-openstack-request-id': ctx.requestId, 'x-service-token': own,
          'x-auth-token': as === 'user' && ctx.token !== undefined ? ctx.token : own,
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }), ...request.headers,
        },
        body: request.body === undefined ? undefined : JSON.stringify(request.body),
      })
      const text = await response.text()
      return judge<T>(type, request, response.status, Object.fromEntries(response.headers), parse(text))
    },
  }
}

function parse(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function judge<T>(type: string, request: NeighbourRequest, status: number, headers: Record<string, string | string[]>, body: unknown): { status: number; headers: Record<string, string | string[]>; body: T } {
  const fine = request.ok === undefined ? status < 400 : request.ok.includes(status) || status < 400
  if (!fine) throw new NeighbourError(type, request, status, body)
  return { status, headers, body: body as T }
}
