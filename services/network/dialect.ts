/** Refusals as network clients read them: the pipeline's own get upstream's names and words. */
import { networkDialect, type FaultContext } from '#core/http/dialect.ts'
import { ApiError } from '#core/errors/errors.ts'
import type { ApiReply } from '#core/http/message.ts'

const NAMES: Record<string, readonly [type: string, message?: string]> = {
  RouteNotFound: ['HTTPNotFound', 'The resource could not be found.'],
  ExtensionNotFound: ['HTTPNotFound'],
  MalformedBody: ['HTTPBadRequest', 'Body contains invalid data'],
  MethodNotAllowed: ['HTTPMethodNotAllowed', 'The server could not comply with the request since it is either malformed or otherwise incorrect.'],
  UnsupportedMediaType: ['HTTPUnsupportedMediaType'],
  Unexpected: ['HTTPInternalServerError', 'Request Failed: internal server error while processing your request.'],
}

export function networkFault(error: ApiError, _context: FaultContext): ApiReply {
  const [type = error.code, message = error.message] = NAMES[error.code] ?? []
  const { status, headers, extra } = error
  return networkDialect(new ApiError(status, type, message, { headers, extra }))
}
