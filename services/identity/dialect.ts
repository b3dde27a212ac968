/** How identity says no: its common body, the address to log in at with every 401, and its own words for a body that is no JSON. */
import { ApiError } from '#core/errors/errors.ts'
import { identityDialect as commonDialect, type FaultContext } from '#core/http/dialect.ts'
import type { ApiReply } from '#core/http/message.ts'
import { errors } from './errors.ts'

export function dialect(error: ApiError, context: FaultContext): ApiReply {
  const answer = commonDialect(inOwnWords(error))
  if (answer.status === 401) answer.headers['www-authenticate'] = `Keystone uri="${context.request.origin}/v3"`
  return answer
}

function inOwnWords(error: ApiError): ApiError {
  switch (error.code) {
    case 'MalformedBody': return errors.ValidationError({ attribute: 'valid JSON', target: 'request body' }, { cause: error })
    case 'UnsupportedMediaType': return errors.ValidationError({ attribute: 'application/json', target: 'Content-Type header' })
    case 'Unexpected': return new ApiError(500, 'UnexpectedError', 'An unexpected error prevented the server from fulfilling your request.', { cause: error })
    default: return error
  }
}
