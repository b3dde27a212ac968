/**
 * Talking to a service in a test: the front door without a socket. `client(pipeline, token)` answers status, headers
 * and the body as a client would read it (through JSON), so shared objects cannot hide a mistake.
 */
import type { ApiReply, ApiRequest } from '#core/http/message.ts'

export interface TestReply<T = never> { status: number; headers: Record<string, string | string[]>; body: T; text: string }

export interface TestClient {
  token: string | undefined
  request<T = Record<string, never>>(method: string, pathAndQuery: string, body?: unknown, headers?: Record<string, string>): Promise<TestReply<T>>
  get<T = Record<string, never>>(path: string, headers?: Record<string, string>): Promise<TestReply<T>>
  post<T = Record<string, never>>(path: string, body: unknown, headers?: Record<string, string>): Promise<TestReply<T>>
  put<T = Record<string, never>>(path: string, body: unknown, headers?: Record<string, string>): Promise<TestReply<T>>
  patch<T = Record<string, never>>(path: string, body: unknown, headers?: Record<string, string>): Promise<TestReply<T>>
  delete<T = Record<string, never>>(path: string, headers?: Record<string, string>): Promise<TestReply<T>>
}

export function client(target: { handle(request: ApiRequest): Promise<ApiReply> }, token?: string, defaults: Record<string, string> = {}): TestClient {
  async function request<T>(method: string, pathAndQuery: string, body?: unknown, headers: Record<string, string> = {}): Promise<TestReply<T>> {
    const [path, query = ''] = pathAndQuery.split('?') as [string, string?]
    const answer = await target.handle({
      method, path, query, origin: 'http://cloud.test', body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
      headers: {
        accept: 'application/json', ...(token === undefined ? {} : { 'x-auth-token': token }), ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...lowerKeys(defaults), ...lowerKeys(headers),
      },
    })
    const text = answer.body === undefined || answer.body === null ? '' : typeof answer.body === 'string' ? answer.body : Buffer.isBuffer(answer.body) ? answer.body.toString() : JSON.stringify(answer.body)
    return { status: answer.status, headers: answer.headers, text, body: parse(text) as T }
  }
  return {
    token, request,
    get: (path, headers) => request('GET', path, undefined, headers),
    post: (path, body, headers) => request('POST', path, body, headers),
    put: (path, body, headers) => request('PUT', path, body, headers),
    patch: (path, body, headers) => request('PATCH', path, body, headers),
    delete: (path, headers) => request('DELETE', path, undefined, headers),
  }
}

function lowerKeys(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([k, v]) => [k.toLowerCase(), v]))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
