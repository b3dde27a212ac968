/**
 * What placement asks of a request before it reads it: JSON where it wants a body, and a client that takes JSON
 * where it answers one. A body that comes as an object (a neighbour in this process) is JSON by nature.
 */
import type { ApiRequest } from '#core/http/message.ts'
import { PUBLIC, type Route } from '#core/http/route.ts'
import { errors } from './errors.ts'

export function admit(request: ApiRequest, route: Route): void {
  if (request.json === undefined) admitBody(request, route)
  if (route.method === 'GET' && route.policy !== PUBLIC && route.status !== 204 && !takesJson(request.headers['accept'])) throw errors.OnlyJson()
}

function admitBody(request: ApiRequest, route: Route): void {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === '' && (request.body?.length ?? 0) > 0) throw errors.BodyWithoutType()
  if (route.body !== undefined && type !== 'application/json') throw errors.WrongType({ type: type === '' ? 'None' : type })
}

function takesJson(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === '') return true
  return accept.split(',').some((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    const refused = parameters.some((p) => /^q=0(\.0*)?$/.test(p))
    return !refused && (type === '*/*' || type === 'application/*' || type === 'application/json')
  })
}
