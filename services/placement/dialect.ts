/** How placement says no: the shape is the core's, the words for what the core itself refuses are placement's. */
import type { ApiError } from '#core/errors/errors.ts'
import { placementDialect, type Dialect, type FaultContext } from '#core/http/dialect.ts'
import type { Fault } from '#core/schema/fault.ts'
import { errors } from './errors.ts'

/** Codes of errors are shown since 1.23. */
const face = placementDialect(23)

export const dialect: Dialect = (error, context) => face(inPlacementsWords(error, context), context)

function inPlacementsWords(error: ApiError, { request }: FaultContext): ApiError {
  if (error.code === 'MalformedBody') return errors.BadRequest({ message: error.message.replace('request body', 'JSON') })
  if (error.code === 'RouteNotFound') return errors.NoRoute()
  if (error.code === 'VersionNotAcceptable') return errors.NoSuchVersion({ version: request.headers['openstack-api-version']?.split(/\s+/).at(-1) ?? '' }, { extra: error.extra! })
  return error
}

export function schemaFault(fault: Fault, kind: 'body' | 'query'): ApiError {
  return errors.BadRequest({ message: `${kind === 'body' ? 'JSON does not validate' : 'Invalid query string parameters'}: ${fault.message}` })
}

export function forbidden(rule: string): ApiError {
  return errors.NotAuthorized({ rule })
}
