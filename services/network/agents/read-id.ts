/** The one id in the body of "put this on that agent". */
import { isDict } from '../attributes/validate.ts'
import { errors } from '../errors.ts'

export function readId(body: unknown, name: 'network_id' | 'router_id'): string {
  if (!isDict(body)) throw errors.HTTPBadRequest({ message: body === undefined ? `Unable to find '${name}' in request body` : 'Body contains invalid data' })
  const id = Object.hasOwn(body, name) ? body[name] : undefined
  if (typeof id !== 'string') throw errors.HTTPBadRequest({ message: `Failed to parse request. Required attribute '${name}' not specified` })
  return id
}
