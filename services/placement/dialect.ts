/** How placement says no: the shape is the core's, the words for what the core itself refuses are placement's. */
import type { ApiError } from '#core/errors/errors.ts'
import { placementDialect } from '#core/http/dialect.ts'
import type { Fault } from '#core/schema/fault.ts'
import { errors } from './errors.ts'

/** Codes of errors are shown since 1.23. */
export const dialect = placementDialect(23)

export function schemaFault(fault: Fault, kind: 'body' | 'query'): ApiError {
  return errors.BadRequest({ message: `${kind === 'body' ? 'JSON does not validate' : 'Invalid query string parameters'}: ${fault.message}` })
}

export function forbidden(rule: string): ApiError {
  return errors.NotAuthorized({ rule })
}
