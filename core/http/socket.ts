/**
 * The listener: node:http in front of a pipeline. It reads small bodies whole (with a cap), leaves the body of a
 * streaming route on the wire, and writes replies. It decides nothing else.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline as pump } from 'node:stream/promises'
import { identityDialect, type Dialect } from './dialect.ts'
import { httpErrors } from '#core/errors/errors.ts'
import { TurnQueue } from '#core/time/turn-queue.ts'
import type { ApiReply, ApiRequest, Headers } from './message.ts'

/** oslo.middleware's default for `max_request_body_size`. */
export const DEFAULT_MAX_BODY_BYTES = 114_688

const LONG_TEXT = 16_384

export interface ListenOptions {
  handle: (request: ApiRequest) => Promise<ApiReply>
  /** Whether the body must stay a stream. */
  streams?: (method: string, path: string) => boolean
  host: string
  /** 0 takes any free port. */
  port: number
  maxBodyBytes?: number
  /** Dialect of the refusals the listener gives itself (413). */
  dialect?: Dialect
}

export interface Listener { port: number; host: string; server: Server; close(): Promise<void> }

export async function listen(options: ListenOptions): Promise<Listener> {
  const server = createServer({ keepAliveTimeout: 65_000, requestTimeout: 0, noDelay: true }, (incoming, outgoing) => {
    void serve(options, incoming, outgoing)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port: options.port, host: options.host }, resolve)
  })
  const address = server.address() as { port: number }
  return {
    port: address.port, host: options.host, server,
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeIdleConnections()
      setTimeout(() => server.closeAllConnections(), 2000).unref()
    }),
  }
}

async function serve(options: ListenOptions, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  try {
    const request = toRequest(incoming)
    if (request.method !== 'GET' && options.streams?.(request.method, request.path) === true) request.stream = incoming
    else if (hasBody(incoming)) {
      const body = await readAll(incoming, options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES)
      if (body === 'too large') {
        const error = httpErrors.BodyTooLarge()
        return await send(outgoing, request.method, (options.dialect ?? identityDialect)(error, { request, requestId: '', version: 0 }), true)
      }
      request.body = body
    }
    await send(outgoing, request.method, await options.handle(request), false)
  } catch (error) {
    // The client went away, or the reply's own stream broke after the head was sent: there is nobody to tell.
    outgoing.destroy(error as Error)
  }
}

function toRequest(incoming: IncomingMessage): ApiRequest {
  const url = incoming.url ?? '/'
  const mark = url.indexOf('?')
  const headers = incoming.headers as Headers
  return {
    method: incoming.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers,
    origin: originOf(headers),
  }
}

/** Scheme and host as the client wrote them, also behind a proxy: links and discovery echo it. */
function originOf(headers: Headers): string {
  const scheme = headers['x-forwarded-proto']?.split(',')[0]?.trim() ?? 'http'
  const host = headers['x-forwarded-host']?.split(',')[0]?.trim() ?? headers['host'] ?? 'localhost'
  return `${scheme}://${host}`
}

/** RFC 9112, 6.3: a request without these has none. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}

/** By events: the stream's iterator costs a small request a tenth of its time. */
async function readAll(incoming: IncomingMessage, cap: number): Promise<Buffer | undefined | 'too large'> {
  if (Number(incoming.headers['content-length'] ?? 0) > cap) {
    incoming.resume()
    return 'too large'
  }
  const chunks: Buffer[] = []
  let size = 0
  return await new Promise((resolve, reject) => {
    incoming.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= cap) chunks.push(chunk)
      // What is too much flows on unread, so that the refusal reaches the client.
      else resolve('too large')
    })
    incoming.once('end', () => { resolve(chunks.length === 0 ? undefined : chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)) })
    incoming.once('error', reject)
  })
}

/** Replies leave together: of several clients only the first may have to be woken. */
const replies = new TurnQueue<() => void>((writes) => { for (const write of writes) write() })

async function send(outgoing: ServerResponse, method: string, reply: ApiReply, close: boolean): Promise<void> {
  const { headers, body } = reply
  if (close) headers['connection'] = 'close'
  if (body instanceof Readable) {
    outgoing.writeHead(reply.status, headers)
    if (method === 'HEAD') { body.destroy(); outgoing.end() }
    else await pump(body, outgoing)
    return
  }
  if (body === undefined || body === null || reply.status === 204) {
    if (reply.status !== 204 && headers['content-length'] === undefined) headers['content-length'] = '0'
    outgoing.writeHead(reply.status, headers)
    outgoing.end()
    return
  }
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  // A long text is encoded once, for its length and for the wire; a short one leaves in one piece with its headers.
  const bytes = typeof text === 'string' && text.length > LONG_TEXT ? Buffer.from(text) : text
  headers['content-type'] ??= 'application/json'
  headers['content-length'] = String(Buffer.byteLength(bytes))
  replies.add(() => {
    try {
      outgoing.writeHead(reply.status, headers)
      outgoing.end(method === 'HEAD' ? undefined : bytes)
    } catch (error) {
      outgoing.destroy(error as Error)
    }
  })
}
