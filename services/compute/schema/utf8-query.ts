/** A query whose escapes are no UTF-8 is refused; read leniently it would mean something else. */
import type { ApiRequest } from '#core/http/message.ts'
import { errors } from '../errors.ts'

export function requireUtf8Query(request: ApiRequest): void {
  if (!request.query.includes('%')) return
  try {
    decodeURIComponent(request.query.replaceAll(/%(?![0-9a-fA-F]{2})/g, '%25'))
  } catch (error) {
    throw errors.BadRequest({ message: 'Query string is not UTF-8 encoded' }, { cause: error })
  }
}
