/** Checks of the port attributes that have a structure of their own. */
import { pythonStr } from '#core/schema/fault.ts'
import { readInteger, toCanonicalIp, toCanonicalMac } from '../attributes/convert.ts'
import { dictOf, ipAddress, isDict, macAddress, oneLine, oneOf, orNull, subnet, text, type Dict } from '../attributes/validate.ts'
import type { Validator } from '../attributes/attribute.ts'
import type { NetworkContext } from '../context.ts'
import { errors } from '../errors.ts'

const FAMILY: Validator = (value) => oneOf([4, 6])(readInteger(value) ?? value)
const PLAIN = dictOf({ opt_name: { required: true, validate: oneOf(['router', 'classless-static-route']) }, opt_value: { required: true, validate: orNull(text(255)) }, ip_version: { validate: FAMILY } })
const NAMED = dictOf({ opt_name: { required: true, validate: oneLine(64) }, opt_value: { required: true, validate: orNull(oneLine(255)) }, ip_version: { validate: FAMILY } })

/** DHCP options; only the two that may be empty may be. */
export function dhcpOptions(value: unknown): string | undefined {
  if (value === null) return undefined
  if (!Array.isArray(value)) throw errors.InvalidInput({ errorMessage: `'${pythonStr(value)}' is not a list` })
  for (const option of value as unknown[]) {
    if (PLAIN(option) !== undefined && NAMED(option) !== undefined) throw errors.InvalidInput({ errorMessage: `No valid key specs matched for: ${pythonStr(option)}` })
  }
  return undefined
}

/** Addresses in their one spelling, so that equal ones compare equal. */
export function canonicalFixedIps(value: unknown): unknown {
  if (!Array.isArray(value)) return value
  return (value as unknown[]).map((entry) => (isDict(entry) && 'ip_address' in entry ? { ...entry, ip_address: toCanonicalIp(entry['ip_address']) } : entry))
}

/** Allowed address pairs: an address or a network each, maybe with a MAC. */
export function addressPairs(ctx: NetworkContext, value: unknown): void {
  if (!Array.isArray(value)) throw badRequest('Allowed address pairs must be a list.')
  const most = ctx.config.maxAllowedAddressPairs
  if (value.length > most) throw errors.AllowedAddressPairExhausted({ quota: most })
  const seen = new Set<string>()
  for (const pair of value as unknown[]) {
    if (!isDict(pair)) throw badRequest(`Invalid input for allowed_address_pairs. Reason: '${pythonStr(pair)}' is not a dictionary.`)
    checkPair(pair)
    const key = `${pythonStr(pair['mac_address'] ?? null)} ${pythonStr(pair['ip_address'])}`
    if (seen.has(key)) throw errors.DuplicateAddressPairInRequest({ macAddress: pythonStr(pair['mac_address'] ?? null), ipAddress: pythonStr(pair['ip_address']) })
    seen.add(key)
  }
}

function checkPair(pair: Dict): void {
  if ('mac_address' in pair) {
    const reason = macAddress(pair['mac_address'])
    if (reason !== undefined) throw badRequest(reason)
    pair['mac_address'] = toCanonicalMac(pair['mac_address'])
  }
  if (!('ip_address' in pair)) throw errors.AllowedAddressPairsMissingIP()
  const unknown = Object.keys(pair).filter((k) => k !== 'mac_address' && k !== 'ip_address')
  if (unknown.length > 0) throw badRequest(`Unrecognized attribute(s) '${unknown.join(', ')}'`)
  const address = pair['ip_address']
  const reason = typeof address === 'string' && address.includes('/') ? subnet(address) : ipAddress(address)
  if (reason !== undefined) throw badRequest(reason)
}

function badRequest(message: string): Error {
  return errors.HTTPBadRequest({ message })
}
