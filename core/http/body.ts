/**
 * The body and the query of a request: read as JSON, held against the schema of the negotiated version, lifted to the
 * latest shape. A miss is said in the service's words (`schemaFault`), compute's by default.
 */
import { httpErrors, type ApiError } from '#core/errors/errors.ts'
import { findFault, pythonStr, type Fault } from '#core/schema/fault.ts'
import type { TSchema } from '#core/schema/schema.ts'
import type { ShapeVersions } from '#core/versions/versions.ts'
import type { ApiRequest } from './message.ts'
import type { Route, RouteRequest } from './route.ts'

export type FaultWords = ((fault: Fault, kind: 'body' | 'query') => ApiError) | undefined

const WITH_BODY = new Set(['POST', 'PUT', 'PATCH'])

export function readBody(request: ApiRequest, route: Route): unknown {
  if (request.json !== undefined) return request.json
  if (route.bodyMode === 'stream' || route.bodyMode === 'none' || !WITH_BODY.has(request.method)) {
    if (request.body === undefined || request.body.length === 0 || route.bodyMode !== undefined || request.method !== 'DELETE') return undefined
  }
  if (request.body === undefined || request.body.length === 0) return undefined
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== undefined && type !== '' && type !== 'application/json' && !(route.contentTypes ?? []).includes(type)) {
    if (!type.endsWith('json')) throw httpErrors.UnsupportedMediaType()
  }
  try {
    return JSON.parse(request.body.toString()) as unknown
  } catch (error) {
    throw httpErrors.MalformedBody({ reason: (error as Error).message }, { cause: error })
  }
}

export function isVersions(schema: TSchema | ShapeVersions): schema is ShapeVersions {
  return typeof (schema as ShapeVersions).schemaFor === 'function'
}

export function checkBody(route: Route, input: RouteRequest, words: FaultWords): unknown {
  if (route.body === undefined) return input.body
  const schema = isVersions(route.body) ? route.body.schemaFor(input.version) : route.body
  if (schema !== undefined) {
    const fault = findFault(schema, input.body)
    if (fault !== undefined) throw (words ?? computeFault)(fault, 'body')
  }
  return isVersions(route.body) ? route.body.lift(input.version, input.body) : input.body
}

export function checkQuery(route: Route, input: RouteRequest, words: FaultWords): void {
  if (route.query === undefined) return
  const schema = isVersions(route.query) ? route.query.schemaFor(input.version) : route.query
  if (schema === undefined) return
  const values = Object.create(null) as Record<string, string[]>
  for (const [key, value] of input.query) (values[key] ??= []).push(value)
  const fault = findFault(schema, values)
  if (fault !== undefined) throw (words ?? computeFault)(fault, 'query')
}

/** Compute's sentence for a schema fault; block storage says the same. */
function computeFault(fault: Fault, kind: 'body' | 'query'): ApiError {
  const name = fault.path.at(-1)
  if (kind === 'query') {
    const key = fault.path[0]
    const value = Array.isArray(fault.value) ? String(fault.value[0] ?? '') : String(fault.value ?? '')
    return httpErrors.InvalidBody({ message: key === undefined ? fault.message : `Invalid input for query parameters ${String(key)}. Value: ${value}. ${fault.message}` })
  }
  if (name === undefined) return httpErrors.InvalidBody({ message: fault.message })
  const value = pythonStr(fault.value)
  return httpErrors.InvalidBody({ message: `Invalid input for field/attribute ${String(name)}. Value: ${value}. ${fault.message}` })
}
