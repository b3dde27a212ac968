/**
 * How a service says no. The same refusal looks different in each OpenStack API, and clients parse the difference;
 * a service names its dialect once. A dialect turns an `ApiError` into status, headers and body.
 */
import type { ApiError } from '#core/errors/errors.ts'
import type { ApiReply, ApiRequest } from './message.ts'

/** `routed`: the path is one of the service's, in whatever version. */
export interface FaultContext { request: ApiRequest; requestId: string; version: number; routed?: boolean }
export type Dialect = (error: ApiError, context: FaultContext) => ApiReply

const COMPUTE_WRAPPERS: Record<number, string> = {
  400: 'badRequest', 401: 'unauthorized', 403: 'forbidden', 404: 'itemNotFound', 405: 'badMethod', 409: 'conflictingRequest',
  413: 'overLimit', 415: 'badMediaType', 429: 'overLimit', 501: 'notImplemented', 503: 'serviceUnavailable',
}

/** `{"itemNotFound": {"code": 404, "message": …}}`: compute, block storage. Which versions there are it says in words alone. */
export function computeDialect(error: ApiError): ApiReply {
  const wrapper = COMPUTE_WRAPPERS[error.status] ?? 'computeFault'
  return { status: error.status, headers: { ...error.headers }, body: { [wrapper]: { code: error.status, message: error.message, ...(error.status === 406 ? {} : error.extra) } } }
}

/** `{"NeutronError": {"type", "message", "detail"}}`. */
export function networkDialect(error: ApiError): ApiReply {
  return { status: error.status, headers: { ...error.headers }, body: { NeutronError: { type: error.code, message: error.message, detail: '', ...error.extra } } }
}

const TITLES: Record<number, string> = {
  300: 'Multiple Choices', 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed',
  406: 'Not Acceptable', 409: 'Conflict', 410: 'Gone', 411: 'Length Required', 412: 'Precondition Failed', 413: 'Request Entity Too Large',
  415: 'Unsupported Media Type', 416: 'Request Range Not Satisfiable', 422: 'Unprocessable Entity', 429: 'Too Many Requests',
  500: 'Internal Server Error', 501: 'Not Implemented', 503: 'Service Unavailable',
}

/** The reason phrase upstream prints for a status. */
export function statusTitle(status: number): string {
  return TITLES[status] ?? 'Error'
}

/** `{"error": {"code", "message", "title"}}`: identity, and the token check in front of every service. */
export function identityDialect(error: ApiError): ApiReply {
  return { status: error.status, headers: { ...error.headers }, body: { error: { code: error.status, message: error.message, title: statusTitle(error.status), ...error.extra } } }
}

const EXPLANATIONS: Record<number, string> = {
  400: 'The server could not comply with the request since it is either malformed or otherwise incorrect.',
  403: 'Access was denied to this resource.', 404: 'The resource could not be found.',
  406: 'The resource could not be generated that was acceptable to your browser (content of type application/json. ',
  409: 'There was a conflict when trying to complete your request.',
  415: 'The request media type is not supported by this server.',
}

/** `{"errors": [{status, title, detail, code, request_id}]}`: placement (API-SIG guideline). */
export function placementDialect(errorCodeSince: number): Dialect {
  return (error, context) => {
    const entry: Record<string, unknown> = { status: error.status, title: statusTitle(error.status), detail: placementDetail(error, context.request.method) }
    if (context.version >= errorCodeSince) entry['code'] = error.code.startsWith('placement.') ? error.code : 'placement.undefined_code'
    if (error.status === 406) Object.assign(entry, error.extra)
    entry['request_id'] = context.requestId
    return { status: error.status, headers: { ...error.headers }, body: { errors: [entry] } }
  }
}

/** WebOb's templates for 405 and 406 end without the others' blanks. */
function placementDetail({ status, message }: ApiError, method: string): string {
  if (status === 405) return `The method ${method} is not allowed for this resource. \n\n ${message}`
  if (status === 406) return `${EXPLANATIONS[406]}\n\n ${message}`
  return `${EXPLANATIONS[status] ?? ''}\n\n ${message}  `
}

/**
 * WebOb's three faces (image): HTML unless the client asks for JSON, or for plain text. `Accept:` with nothing in it is
 * how the official SDK moves data; upstream answers it in plain text, which the SDK throws away. HTML it prints.
 */
export function webobDialect(error: ApiError, context: FaultContext): ApiReply {
  const title = statusTitle(error.status)
  const { accept } = context.request.headers
  if (accept?.includes('application/json') === true) {
    return { status: error.status, headers: { ...error.headers, 'content-type': 'application/json' }, body: JSON.stringify({ message: webobMessage(error, context.request.method), code: `${error.status} ${title}`, title }) }
  }
  if (accept === undefined || accept.includes('text/plain')) {
    return { status: error.status, headers: { ...error.headers, 'content-type': 'text/plain; charset=UTF-8' }, body: `${error.status} ${title}\n\n${error.message}\n\n   ` }
  }
  const page = `<html>\n <head>\n  <title>${error.status} ${title}</title>\n </head>\n <body>\n  <h1>${error.status} ${title}</h1>\n  ${escapeHtml(error.message)}<br /><br />\n\n\n\n </body>\n</html>`
  return { status: error.status, headers: { ...error.headers, 'content-type': 'text/html; charset=UTF-8' }, body: page }
}

/** What stands in WebOb's templates: an explanation, and the detail that some statuses add to their own. */
function webobMessage({ status, message }: ApiError, method: string): string {
  if (status === 405) return `The method ${method} is not allowed for this resource. <br /><br />\n`
  if (status === 415) return `${message}\n<br /><br />\n`
  if (status === 416) return `The Range requested is not available.<br /><br />\n${message}\n\n`
  return `${message}<br /><br />\n\n\n`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
