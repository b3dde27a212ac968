/** Checks of attribute values. Each answers upstream's reason, which ends up behind `Invalid input for X. Reason:`. */
import { isUuidLike } from '#core/ids/ids.ts'
import { pythonRepr, pythonStr } from '#core/schema/fault.ts'
import { formatAsWritten, formatCidr, isLoopback, parseCidr } from '../addresses/cidr.ts'
import { parseIp } from '../addresses/ip.ts'
import { canonicalMac } from '../addresses/mac.ts'
import { invalidInput } from '../errors.ts'
import { readInteger } from './convert.ts'
import type { Validator } from './attribute.ts'

/** Largest value of an integer column. */
const MAX_INTEGER = 2_147_483_647

export type Dict = Record<string, unknown>

export function isDict(value: unknown): value is Dict {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function orNull(validator: Validator): Validator {
  return (value) => (value === null ? undefined : validator(value))
}

export function text(maxLength: number): Validator {
  return (value) => {
    if (typeof value !== 'string') return `'${pythonStr(value)}' is not a valid string`
    if ([...value].length > maxLength) return `'${value}' exceeds maximum length of ${maxLength}`
    return undefined
  }
}

export function notEmptyText(maxLength: number): Validator {
  const fits = text(maxLength)
  return (value) => fits(value) ?? ((value as string).trim() === '' ? `'${value as string}' Blank strings are not permitted` : undefined)
}

export function oneLine(maxLength: number): Validator {
  const fits = notEmptyText(maxLength)
  return (value) => fits(value) ?? (/[\n\r\v\f\u0085\u2028\u2029]./.test(value as string) ? `Multi-line string is not allowed: '${value as string}'` : undefined)
}

export function uuid(value: unknown): string | undefined {
  return isUuidLike(value) ? undefined : `'${pythonStr(value)}' is not a valid UUID`
}

export function listOf(validator: Validator): Validator {
  return (value) => {
    if (!Array.isArray(value)) return `'${pythonStr(value)}' is not a list`
    const duplicates = duplicatesIn(value)
    if (duplicates.length > 0) return `Duplicate items in the list: '${duplicates.map(pythonStr).join(', ')}'`
    for (const item of value) {
      const reason = validator(item)
      if (reason !== undefined) return reason
    }
    return undefined
  }
}

function duplicatesIn(list: unknown[]): unknown[] {
  const seen = new Set<string>()
  const found = new Map<string, unknown>()
  for (const item of list) {
    const key = JSON.stringify(item)
    if (seen.has(key)) found.set(key, item)
    seen.add(key)
  }
  return [...found.values()]
}

export function oneOf(values: readonly unknown[]): Validator {
  return (value) => (values.includes(value) ? undefined : `${pythonStr(value)} is not in ${pythonRepr(values)}`)
}

export function range(min: number, max: number): Validator {
  return (value) => {
    const n = readInteger(value)
    if (n === undefined || !Number.isFinite(n)) return `'${pythonStr(value)}' is not an integer`
    if (n < min) return `'${pythonStr(value)}' is too small - must be at least '${min}'`
    return n > max ? `'${pythonStr(value)}' is too large - must be no larger than '${max}'` : undefined
  }
}

export function nonNegative(value: unknown): string | undefined {
  const n = readInteger(value)
  if (n === undefined || !Number.isFinite(n)) return `'${pythonStr(value)}' is not an integer`
  if (n < 0) return `'${pythonStr(value)}' should be non-negative`
  return n > MAX_INTEGER ? `'${pythonStr(value)}' is too large - must be no larger than '${MAX_INTEGER}'` : undefined
}

export function macAddress(value: unknown): string | undefined {
  const mac = canonicalMac(value)
  const fine = mac !== undefined && mac !== '00:00:00:00:00:00' && mac !== 'ff:ff:ff:ff:ff:ff'
  return fine ? undefined : `'${pythonStr(value)}' is not a valid MAC address`
}

export function ipAddress(value: unknown): string | undefined {
  if (parseIp(value) !== undefined) return undefined
  // Leading zeros could mean octal or decimal: refused, with the decimal reading as advice.
  if (typeof value === 'string' && /^\d{1,3}(\.\d{1,3}){3}$/.test(value)) {
    const plain = value.split('.').map(Number).join('.')
    if (parseIp(plain) !== undefined) return `'${value}' is not an accepted IP address, '${plain}' is recommended`
  }
  return `'${pythonStr(value)}' is not a valid IP address`
}

export function subnet(value: unknown): string | undefined {
  const cidr = parseCidr(value)
  if (cidr === undefined) return `'${pythonStr(value)}' is not a valid IP subnet`
  const text = value as string
  if (text.includes('/') && (cidr.version === 6 || formatAsWritten(cidr) === text)) return undefined
  return `'${text}' isn't a recognized IP subnet cidr, '${formatCidr(cidr)}' is recommended`
}

function routeCidr(value: unknown): string | undefined {
  const cidr = parseCidr(value)
  if (cidr === undefined) return `'${pythonStr(value)}' is not a valid CIDR`
  if (!(value as string).includes('/') || cidr.ip !== cidr.first) return `'${value as string}' is not a recognized CIDR, '${formatCidr(cidr)}' is recommended`
  return isLoopback(cidr) ? `'${value as string}' is not a routable CIDR` : undefined
}

/** A set of keys as Python prints it; in no fixed order there, in the order of the list here. */
function keySet(keys: readonly string[]): string {
  return keys.length === 0 ? 'set()' : `{${keys.map((k) => `'${k}'`).join(', ')}}`
}

function keysFault(expected: readonly string[], given: readonly string[]): string {
  return `Validation of dictionary's keys failed. Expected keys: ${keySet(expected)} Provided keys: ${keySet(given)}`
}

function exactKeys(expected: readonly string[], value: unknown): string | undefined {
  if (!isDict(value)) return `Invalid input. '${pythonStr(value)}' must be a dictionary with keys: [${expected.map((k) => `'${k}'`).join(', ')}]`
  const given = Object.keys(value)
  if (given.length === expected.length && expected.every((k) => k in value)) return undefined
  return keysFault(expected, given)
}

export function ipPools(value: unknown): string | undefined {
  if (!Array.isArray(value)) return `Invalid data format for IP pool: '${pythonStr(value)}'`
  for (const pool of value as unknown[]) {
    const reason = exactKeys(['start', 'end'], pool) ?? ipAddress((pool as Dict)['start']) ?? ipAddress((pool as Dict)['end'])
    if (reason !== undefined) return reason
  }
  return undefined
}

export function fixedIps(value: unknown): string | undefined {
  if (!Array.isArray(value)) return `Invalid data format for fixed IP: '${pythonStr(value)}'`
  const seen = new Set<unknown>()
  for (const item of value as unknown[]) {
    if (!isDict(item)) return `Invalid data format for fixed IP: '${pythonStr(item)}'`
    if ('ip_address' in item) {
      if (seen.has(item['ip_address'])) return `Duplicate IP address '${pythonStr(item['ip_address'])}'`
      const reason = ipAddress(item['ip_address'])
      if (reason !== undefined) return reason
      seen.add(item['ip_address'])
    }
    const reason = 'subnet_id' in item ? uuid(item['subnet_id']) : undefined
    if (reason !== undefined) return reason
  }
  return undefined
}

export function nameservers(value: unknown): string | undefined {
  if (!Array.isArray(value)) return `Invalid data format for nameserver: '${pythonStr(value)}'`
  const seen = new Set<unknown>()
  for (const host of value as unknown[]) {
    const reason = ipAddress(host)
    if (reason !== undefined) return `'${pythonStr(host)}' is not a valid nameserver. ${reason}`
    if (seen.has(host)) return `Duplicate nameserver '${pythonStr(host)}'`
    seen.add(host)
  }
  return undefined
}

export function hostRoutes(value: unknown): string | undefined {
  if (!Array.isArray(value)) return `Invalid data format for hostroute: '${pythonStr(value)}'`
  const seen = new Set<string>()
  for (const route of value as unknown[]) {
    const reason = exactKeys(['destination', 'nexthop'], route) ?? routeCidr((route as Dict)['destination']) ?? ipAddress((route as Dict)['nexthop'])
    if (reason !== undefined) return reason
    const key = `${String((route as Dict)['destination'])} ${String((route as Dict)['nexthop'])}`
    if (seen.has(key)) return `Duplicate hostroute '${pythonRepr(route)}'`
    seen.add(key)
  }
  return undefined
}

export function dict(value: unknown): string | undefined {
  return isDict(value) ? undefined : `'${pythonStr(value)}' is not a dictionary`
}

export interface KeySpec { required?: boolean; validate: Validator }

/** A dictionary with known keys only. */
export function dictOf(spec: Record<string, KeySpec>): Validator {
  return (value) => {
    if (!isDict(value)) return `'${pythonStr(value)}' is not a dictionary`
    const required = Object.keys(spec).filter((k) => spec[k]!.required === true)
    if (!required.every((k) => k in value)) {
      return keysFault(required, Object.keys(value))
    }
    const unexpected = Object.keys(value).filter((k) => !Object.hasOwn(spec, k))
    if (unexpected.length > 0) return `Unexpected keys supplied: ${unexpected.join(', ')}`
    for (const key of Object.keys(value)) {
      const reason = spec[key]!.validate(value[key])
      if (reason !== undefined) return reason
    }
    return undefined
  }
}

export function availabilityZoneHints(value: unknown): string | undefined {
  const reason = listOf(text(Number.POSITIVE_INFINITY))(value)
  if (reason === undefined && JSON.stringify(value).length > 255) throw invalidInput('Too many availability_zone_hints specified')
  return reason
}

const DNS_LABEL = /^[a-z0-9-]{1,63}$/

/** A name as RFC 1123 has it, relative or absolute; answers the reason why not. */
function dnsNameFault(name: string): string | undefined {
  const trimmed = name.endsWith('.') ? name.slice(0, -1) : name
  if (trimmed.length > 255) return `'${trimmed}' exceeds the 255 character FQDN limit`
  const labels = trimmed.split('.')
  for (const label of labels) {
    if (label === '') return 'Encountered an empty component'
    if (label.startsWith('-') || label.endsWith('-')) return `Name '${label}' must not start or end with a hyphen`
    if (!DNS_LABEL.test(label)) return `Name '${label}' must be 1-63 characters long, each of which can only be alphanumeric or a hyphen`
  }
  return labels.length > 1 && /^\d+$/.test(labels.at(-1)!) ? `TLD '${labels.at(-1)!}' must not be all numeric` : undefined
}

export function dnsName(value: unknown): string | undefined {
  if (typeof value !== 'string') return `'${pythonStr(value)}' is not a valid string`
  const fault = value === '' ? undefined : dnsNameFault(value)
  return fault === undefined ? undefined : `'${value}' not a valid PQDN or FQDN. Reason: ${fault}`
}

/** Name of a floating IP: relative, since its domain is said apart. */
export function relativeDnsName(value: unknown): string | undefined {
  if (typeof value === 'string' && value.endsWith('.')) return `'${value}' is a FQDN. It should be a relative domain name`
  return dnsName(value)
}

export function dnsDomain(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '' && !value.endsWith('.')) return `'${value}' is not a FQDN`
  return dnsName(value)
}

