/**
 * A request and a reply as the pipeline sees them: plain objects, with or without a socket behind them. Tests and
 * neighbours in the same process build them directly; `socket.ts` builds them from node:http.
 */
import type { Readable } from 'node:stream'
import type { Identity } from '#core/auth/identity.ts'

export type Headers = Record<string, string | undefined>

export interface ApiRequest {
  method: string
  /** Path without query, still percent-encoded: `/v2.1/servers`. */
  path: string
  /** Raw query without `?`. */
  query: string
  /** Names in lower case. */
  headers: Headers
  /** `http://host:port` as the client wrote it (after X-Forwarded-*): links echo it. */
  origin: string
  /** Bytes of the body; absent when there is none or when it streams. */
  body?: Buffer | string
  /** A body already parsed: neighbours in process pass objects. */
  json?: unknown
  /** The body of a streaming route. */
  stream?: Readable
  /** Set by a neighbour in process: nobody else can. Skips token validation. */
  identity?: Identity
}

export interface ApiReply {
  status: number
  headers: Record<string, string | string[]>
  /** Object (sent as JSON), text or bytes (sent as they are), or a stream. */
  body?: unknown
}

/** What a handler answers. A plain object stands for `{ body }` with the route's status. */
export interface Reply {
  status?: number
  headers?: Record<string, string | string[]>
  body?: unknown
}

const REPLY = Symbol('reply')

/** Marks a handler's answer as one with a status or headers of its own. */
export function reply(parts: Reply): Reply {
  return Object.assign(parts, { [REPLY]: true })
}

export function isReply(value: unknown): value is Reply {
  return typeof value === 'object' && value !== null && REPLY in value
}
