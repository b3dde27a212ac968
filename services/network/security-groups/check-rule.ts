/** What must hold of a rule, and the one spelling it is stored in. */
import { pythonRepr, pythonStr } from '#core/schema/fault.ts'
import { parseCidr } from '../addresses/cidr.ts'
import type { Item } from '../attributes/attribute.ts'
import { errors } from '../errors.ts'
import { IPV6_ONLY, PORT_PROTOCOLS, PROTOCOL_NUMBERS, protocolNumber } from './protocols.ts'

/** `tcp`, `TCP`, 6 and `"6"`: names in lower case, numbers as text. */
export function toProtocol(value: unknown): string | null {
  if (value === null) return null
  const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined
  if (text !== undefined && /^\s*[+-]?\d+\s*$/.test(text) && Number(text) >= 0 && Number(text) <= 255) return text.trim()
  if (typeof value === 'string' && Object.hasOwn(PROTOCOL_NUMBERS, value.toLowerCase())) return value.toLowerCase()
  throw errors.SecurityGroupRuleInvalidProtocol({ protocol: pythonStr(value), values: pythonRepr([null, ...Object.keys(PROTOCOL_NUMBERS)]) })
}

export function toEthertype(value: unknown): string {
  const known = ['IPv4', 'IPv6'].find((e) => typeof value === 'string' && e.toLowerCase() === value.toLowerCase())
  if (known === undefined) throw errors.SecurityGroupRuleInvalidEtherType({ ethertype: pythonStr(value), values: pythonRepr(['IPv4', 'IPv6']) })
  return known
}

export function toPort(value: unknown): number | null {
  if (value === null) return null
  const port = typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value)) ? Number(value) : Number.NaN
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw errors.SecurityGroupInvalidPortValue({ port: pythonStr(value) })
  return port
}

/** A prefix as it was written, with its length; empty means none. */
export function toPrefix(value: unknown): string | null {
  if (value === null || value === '') return null
  const cidr = parseCidr(value)
  if (cidr === undefined) throw errors.InvalidCIDR({ input: pythonStr(value) })
  return String(value).includes('/') ? `${String(value).split('/')[0]!}/${cidr.prefix}` : `${String(value)}/${cidr.prefix}`
}

/** Checks one rule and rewrites it to its canonical form. */
export function checkRule(rule: Item): void {
  canonicalIcmp(rule)
  // The whole range is no restriction.
  if (rule['port_range_min'] === 1 && rule['port_range_max'] === 65_535) rule['port_range_min'] = rule['port_range_max'] = null
  checkPorts(rule)
  const prefix = rule['remote_ip_prefix'] as string | null
  if (prefix !== null && rule['ethertype'] !== `IPv${parseCidr(prefix)!.version}`) {
    throw errors.SecurityGroupRuleParameterConflict({ ethertype: rule['ethertype'] as string, cidr: prefix })
  }
  if (rule['ethertype'] === 'IPv4' && IPV6_ONLY.has(rule['protocol'] as string)) {
    throw errors.SecurityGroupEthertypeConflictWithProtocol({ ethertype: 'IPv4', protocol: rule['protocol'] as string })
  }
  if (prefix !== null && (rule['remote_group_id'] ?? null) !== null) throw errors.SecurityGroupMultipleRemoteEntites()
}

/** ICMP on IPv6 is ICMPv6, whatever it was called. */
function canonicalIcmp(rule: Item): void {
  if (rule['ethertype'] !== 'IPv6') return
  if (rule['protocol'] === 'icmp' || rule['protocol'] === 'icmpv6') rule['protocol'] = 'ipv6-icmp'
  else if (rule['protocol'] === '1') rule['protocol'] = '58'
}

function checkPorts(rule: Item): void {
  const min = rule['port_range_min'] as number | null
  const max = rule['port_range_max'] as number | null
  if (min === null && max === null) return
  const protocol = rule['protocol'] as string | null
  if (protocol === null) throw errors.SecurityGroupProtocolRequiredWithPorts()
  const number = protocolNumber(protocol)
  if (PORT_PROTOCOLS.some((p) => PROTOCOL_NUMBERS[p] === number)) {
    if (min === 0 || max === 0) throw errors.SecurityGroupInvalidPortValue({ port: 0 })
    if (min === null || max === null || min > max) throw errors.SecurityGroupInvalidPortRange()
  } else if (number === 1 || number === 58) {
    if (min !== null && min > 255) throw errors.SecurityGroupInvalidIcmpValue({ field: 'type', attr: 'port_range_min', value: min })
    if (max !== null && max > 255) throw errors.SecurityGroupInvalidIcmpValue({ field: 'code', attr: 'port_range_max', value: max })
    if (min === null) throw errors.SecurityGroupMissingIcmpType({ value: max! })
  } else {
    throw errors.SecurityGroupInvalidProtocolForPort({ protocol: number, validPortProtocols: PORT_PROTOCOLS.map((p) => p.toUpperCase()).join(', ') })
  }
}
