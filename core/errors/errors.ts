/**
 * Errors a user may see. Each service lists its own in one file, `errors.ts`, with `defineErrors`; nothing else is
 * thrown on purpose. An entry has an HTTP status, a code (upstream's exception class: network clients match on it)
 * and the public message. What only operators should read goes into `detail`; what went wrong underneath is the
 * `cause`. How an error looks on the wire is the service's dialect, decided once (`core/http/dialect.ts`).
 *
 *     export const errors = defineErrors({
 *       NetworkNotFound: [404, (p: { id: string }) => `Network ${p.id} could not be found.`],
 *     })
 *     throw errors.NetworkNotFound({ id })
 */

export interface ApiErrorOptions {
  cause?: unknown
  /** For operators: logged, never sent. */
  detail?: string
  headers?: Record<string, string>
  /** Fields some dialects add to the body (`retryAfter`, `min_version` …). */
  extra?: Record<string, unknown>
}

export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string
  readonly detail: string | undefined
  readonly headers: Record<string, string> | undefined
  readonly extra: Record<string, unknown> | undefined

  constructor(status: number, code: string, message: string, options: ApiErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.status = status
    this.code = code
    this.detail = options.detail
    this.headers = options.headers
    this.extra = options.extra
  }
}

type Message<P> = (params: P) => string
type Entry = readonly [status: number, message: Message<never>, code?: string]
type Maker<E> = E extends readonly [number, () => string, string?]
  ? (params?: Record<string, never>, options?: ApiErrorOptions) => ApiError
  : E extends readonly [number, Message<infer P>, string?] ? (params: P, options?: ApiErrorOptions) => ApiError : never

/** Makes one constructor per entry; the entry's name is the error's `code` unless a third element says it. */
export function defineErrors<T extends Record<string, Entry>>(entries: T): { [K in keyof T]: Maker<T[K]> } & { readonly list: readonly { code: string; status: number }[] } {
  const made: Record<string, unknown> = {
    list: Object.entries(entries).map(([name, [status, , code]]) => ({ code: code ?? name, status })),
  }
  for (const [name, [status, message, code]] of Object.entries(entries)) {
    made[name] = (params: never, options?: ApiErrorOptions) => new ApiError(status, code ?? name, message(params), options)
  }
  return made as { [K in keyof T]: Maker<T[K]> } & { readonly list: readonly { code: string; status: number }[] }
}

/** Refusals the pipeline itself can give; a dialect may put its own words to each code. */
export const httpErrors = defineErrors({
  MalformedBody: [400, (p: { reason: string }) => `Malformed request body: ${p.reason}`],
  InvalidBody: [400, (p: { message: string }) => p.message],
  InvalidHeader: [400, (p: { message: string }) => p.message],
  Unauthorized: [401, () => 'The request you have made requires authentication.'],
  Forbidden: [403, (p: { rule: string }) => `You are not authorized to perform the requested action: ${p.rule}.`],
  RouteNotFound: [404, () => 'The resource could not be found.'],
  MethodNotAllowed: [405, () => 'The method is not allowed for this resource.'],
  VersionNotAcceptable: [406, (p: { version: string; min: string; max: string }) =>
    `Version ${p.version} is not supported by the API. Minimum is ${p.min} and maximum is ${p.max}.`],
  BodyTooLarge: [413, () => 'Request is too large.'],
  UnsupportedMediaType: [415, () => 'Unsupported Content-Type'],
  Unexpected: [500, () => 'Unexpected API Error. The request id tells the operator where to look.'],
  Unavailable: [503, (p: { reason: string }) => p.reason],
})

/** The chain of causes as one line, for logs and stories. */
export function explainError(error: unknown): string {
  const parts: string[] = []
  for (let at: unknown = error; at !== undefined && parts.length < 6; at = at instanceof Error ? at.cause : undefined) {
    parts.push(at instanceof Error ? at.message : String(at))
  }
  return parts.join(': ')
}
