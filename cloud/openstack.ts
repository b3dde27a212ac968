/**
 * A very small OpenStack client for our own commands (`demo`, `bench`): log in, find endpoints in the catalog, send
 * requests. It speaks to any OpenStack cloud, so a benchmark can measure another one with the same code.
 */
import type { Access } from './credentials.ts'

export interface ApiAnswer<T> { status: number; headers: Headers; body: T }

export class ApiRefused extends Error {
  override readonly name = 'ApiRefused'
  readonly status: number
  constructor(method: string, url: string, status: number, body: string) {
    super(`${method} ${url} → ${status}: ${body.slice(0, 400)}`)
    this.status = status
  }
}

interface CatalogEntry { type: string; endpoints: { interface: string; region: string; url: string }[] }

/** Versions asked for, so that replies have one shape on every cloud. */
const VERSIONS: Record<string, string> = { compute: 'compute 2.79', placement: 'placement 1.29' }

export class OpenStack {
  readonly #access: Access
  #token = ''
  #catalog: CatalogEntry[] = []
  projectId = ''

  constructor(access: Access) { this.#access = access }

  async logIn(): Promise<this> {
    const { user, password, project, authUrl } = this.#access
    const domain = { name: 'Default' }
    const response = await fetch(`${authUrl.replace(/\/(v3)?\/?$/, '')}/v3/auth/tokens`, {
      method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ auth: { identity: { methods: ['password'], password: { user: { name: user, domain, password } } }, scope: { project: { name: project, domain } } } }),
    })
    if (response.status !== 201) throw new ApiRefused('POST', `${authUrl}/auth/tokens`, response.status, await response.text())
    const body = (await response.json()) as { token: { catalog: CatalogEntry[]; project: { id: string } } }
    this.#token = response.headers.get('x-subject-token')!
    this.#catalog = body.token.catalog
    this.projectId = body.token.project.id
    return this
  }

  get token(): string { return this.#token }

  /** Public endpoint of a service, without a version path at its end. */
  endpoint(type: string): string {
    const aliases = type === 'image' ? ['image'] : [type]
    const entry = this.#catalog.find((c) => aliases.includes(c.type))
    const url = entry?.endpoints.find((e) => e.interface === 'public' && e.region === this.#access.region)?.url ?? entry?.endpoints.find((e) => e.interface === 'public')?.url
    if (url === undefined) throw new Error(`the catalog has no ${type} service`)
    return url.replace(/\/$/, '').replace(/\/v[0-9.]+(\/[0-9a-f]{32})?$/, '')
  }

  async request<T>(type: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ApiAnswer<T>> {
    const url = `${this.endpoint(type)}${path}`
    const raw = body instanceof ReadableStream || body instanceof Uint8Array
    const response = await fetch(url, {
      method,
      headers: { accept: 'application/json', 'x-auth-token': this.#token, ...(VERSIONS[type] === undefined ? {} : { 'openstack-api-version': VERSIONS[type] }), ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? undefined : raw ? (body as RequestInit['body']) : JSON.stringify(body),
      ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
    } as RequestInit)
    const text = await response.text()
    if (!response.ok) throw new ApiRefused(method, url, response.status, text)
    return { status: response.status, headers: response.headers, body: (text === '' ? undefined : isJson(response) ? JSON.parse(text) : text) as T }
  }

  async get<T>(type: string, path: string): Promise<T> { return (await this.request<T>(type, 'GET', path)).body }
  async post<T>(type: string, path: string, body: unknown): Promise<T> { return (await this.request<T>(type, 'POST', path, body)).body }
  async put<T>(type: string, path: string, body: unknown): Promise<T> { return (await this.request<T>(type, 'PUT', path, body)).body }
  async delete(type: string, path: string): Promise<void> { await this.request(type, 'DELETE', path) }
}

function isJson(response: Response): boolean {
  return (response.headers.get('content-type') ?? '').includes('json')
}

/** Asks until `done` is content with the answer. Throws when time is up, saying what was last seen. */
export async function until<T>(what: string, timeoutMs: number, ask: () => Promise<T>, done: (answer: T) => boolean, pollMs = 250): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (done(answer)) return answer
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${Math.round(timeoutMs / 1000)} s; last seen: ${JSON.stringify(answer).slice(0, 300)}`)
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}
