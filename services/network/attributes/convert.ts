/** Coercions of attribute values, with upstream's generosity (`"True"`, `"5"`) and upstream's refusals. */
import { pythonStr } from '#core/schema/fault.ts'
import { canonicalIp } from '../addresses/ip.ts'
import { formatAsWritten, parseCidr } from '../addresses/cidr.ts'
import { canonicalMac } from '../addresses/mac.ts'
import { invalidInput } from '../errors.ts'

const TRUE = new Set(['1', 't', 'true', 'on', 'y', 'yes'])
const FALSE = new Set(['0', 'f', 'false', 'off', 'n', 'no'])

function readBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  const text = pythonStr(value).trim().toLowerCase()
  return TRUE.has(text) ? true : FALSE.has(text) ? false : undefined
}

export function toBoolean(value: unknown): boolean {
  const read = readBoolean(value)
  if (read === undefined) throw invalidInput(`'${pythonStr(value)}' cannot be converted to boolean`)
  return read
}

/** As Python's `int()`: text of digits, numbers cut to whole ones, booleans as 0 and 1. */
export function readInteger(value: unknown): number | undefined {
  if (typeof value === 'number') return Math.trunc(value)
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value !== 'string' || !/^\s*[+-]?\d+(_\d+)*\s*$/.test(value)) return undefined
  return Number(value.replaceAll('_', ''))
}

export function toInteger(value: unknown): number {
  const read = readInteger(value)
  if (read === undefined) throw invalidInput(`'${pythonStr(value)}' is not an integer`)
  return read
}

export function nullToEmptyList(value: unknown): unknown {
  return value === null ? [] : value
}

export function toLowerCase(value: unknown): unknown {
  if (typeof value !== 'string') throw invalidInput(`Input value ${pythonStr(value)} must be string type`)
  return value.toLowerCase()
}

export function toCanonicalIp(value: unknown): unknown {
  return typeof value === 'string' && value.includes(':') ? canonicalIp(value) : value
}

export function toCanonicalCidr(value: unknown): unknown {
  const cidr = parseCidr(value)
  if (cidr === undefined) throw invalidInput(`${pythonStr(value)} is not in a CIDR format`)
  return cidr.version === 6 ? formatAsWritten(cidr) : typeof value === 'string' && value.includes('/') ? value : formatAsWritten(cidr)
}

/** The usual spelling of a MAC address; what is none is left for the validator. */
export function toCanonicalMac(value: unknown): unknown {
  return canonicalMac(value) ?? value
}
