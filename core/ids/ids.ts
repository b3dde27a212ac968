/**
 * Identifiers. OpenStack prints two forms: RFC 4122 UUIDs with dashes (servers, ports, images) and the same
 * without dashes (users, projects, roles). Both come from one injectable source, so that a test can make a run
 * repeatable. Look-alike checks live here too, because every service needs them.
 */
import { randomUUID } from 'node:crypto'

export interface IdSource {
  /** `8f0e…-…`: a dashed UUID. */
  uuid(): string
  /** 32 hexadecimal digits: the form identity uses. */
  hex(): string
}

export const randomIds: IdSource = {
  uuid: () => randomUUID(),
  hex: () => randomUUID().replaceAll('-', ''),
}

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i

/** True for a UUID in either form, as `oslo_utils.uuidutils.is_uuid_like` judges it. */
export function isUuidLike(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value)
}

/** Any accepted spelling of a UUID in the dashed, lower-case one. */
export function canonicalUuid(text: string): string {
  const hex = text.replaceAll('-', '').toLowerCase()
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** `req-<uuid>`, the form of every OpenStack request id. */
export function newRequestId(ids: IdSource = randomIds): string {
  return `req-${ids.uuid()}`
}
