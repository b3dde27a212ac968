/**
 * Reading what a client sent. Bodies wrap the resource in its name (`{"user": {…}}`); the schema is about what is
 * inside, and it is checked after permission, as upstream does it, so the check is a call of the handler.
 */
import { errors } from '../errors.ts'
import { findFault } from '#core/schema/fault.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { Static, TSchema } from '#core/schema/schema.ts'

export type Json = Record<string, unknown>

/** The object under `key`; an empty one when the body has none. */
export function bodyOf(request: RouteRequest, key: string): Json {
  const body = request.body as unknown
  if (body === undefined || body === null) return {}
  if (typeof body !== 'object' || Array.isArray(body)) throw errors.ValidationError({ attribute: 'valid JSON', target: 'request body' })
  const inner = (body as Json)[key]
  return inner === undefined ? {} : (inner as Json)
}

/** The same where upstream has no default: a body without `key` gives null, which no schema takes. */
export function givenOf(request: RouteRequest, key: string): Json {
  const given = bodyOf(request, key)
  return (request.body as Json | null | undefined)?.[key] === undefined ? (null as unknown as Json) : given
}

export function checkInput<S extends TSchema>(schema: S, value: unknown): Static<S> {
  const fault = findFault(schema, value)
  if (fault === undefined) return value as Static<S>
  throw errors.SchemaValidationError({ detail: fault.path.length === 0 ? fault.message : `Invalid input for field '${fault.path.join('/')}': ${fault.message}` })
}

/** Attributes with `:` or `-` in their names are stored with `_`. */
export function normalized(value: Json): Json {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.replaceAll(/[:-]/g, '_'), item]))
}

/** An id in the body must be the one in the path. */
export function requireMatchingId(value: Json, id: string): void {
  if ('id' in value && value['id'] !== id) throw errors.InvalidRequest({ message: 'Cannot change ID' })
}

/** What the client sent beyond the attributes there are columns for: kept and shown as it came. */
export function extraOf(value: Json, known: readonly string[]): Json {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !known.includes(key) && key !== 'id' && key !== 'links' && key !== 'extra'))
}

/** Python's `isotime` reader, as far as clients use it; milliseconds since the epoch. */
export function parseTime(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/.test(text)) return undefined
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(text) ? text : `${text}Z`
  const at = Date.parse(zoned)
  return Number.isNaN(at) ? undefined : at
}

/** An instant in the future, stored with microseconds because it is shown as it was given; null and absent mean never. */
export function parseExpiry(value: unknown, now: number): string | null {
  if (value === null || value === undefined || value === '') return null
  const at = parseTime(value)
  if (at === undefined || at > 253_402_300_799_000) throw errors.ValidationTimeStampError()
  if (at <= now) throw errors.ValidationExpirationError()
  const fraction = /\.(\d{1,6})/.exec(value as string)?.[1]?.padEnd(6, '0') ?? '000000'
  return `${new Date(at).toISOString().slice(0, 20)}${fraction}Z`
}

/** A stored expiry as upstream prints it, without the zone. */
export function expiryText(stored: string): string {
  return stored.slice(0, -1)
}
