/** MAC addresses: reading the ways people write them, minting new ones, and the IPv6 address made from one. */
import { randomBytes } from 'node:crypto'
import type { Cidr } from './cidr.ts'
import { formatIp, parseIp } from './ip.ts'

/** `AA-BB-CC-DD-EE-FF`, `aabb.ccdd.eeff`, `aabbccddeeff` and the like as `aa:bb:cc:dd:ee:ff`; undefined for anything else. */
export function canonicalMac(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined
  const octets = /^([0-9a-f]{1,2})([:-])([0-9a-f]{1,2})\2([0-9a-f]{1,2})\2([0-9a-f]{1,2})\2([0-9a-f]{1,2})\2([0-9a-f]{1,2})$/i.exec(text)
  if (octets !== null) return [1, 3, 4, 5, 6, 7].map((i) => octets[i]!.toLowerCase().padStart(2, '0')).join(':')
  const bare = /^[0-9a-f]{12}$/i.test(text) ? text : /^([0-9a-f]{4}[.:-]){2}[0-9a-f]{4}$/i.test(text) ? text.replaceAll(/[.:-]/g, '') : undefined
  return bare === undefined ? undefined : (bare.toLowerCase().match(/../g) as string[]).join(':')
}

/** A new address under `base` (`fa:16:3e:00:00:00`): its octets that are not zero stay, at least the first three. */
export function mintMac(base: string): string {
  const fixed = base.toLowerCase().split(':')
  const keep = fixed[3] === '00' ? 3 : 4
  const random = randomBytes(6 - keep)
  return [...fixed.slice(0, keep), ...Array.from(random, (b) => b.toString(16).padStart(2, '0'))].join(':')
}

/** The modified EUI-64 of a MAC as the lower 64 bits (RFC 4291, appendix A). */
function eui64(mac: string): bigint {
  const value = BigInt(`0x${mac.replaceAll(':', '')}`)
  const upper = value >> 24n
  const lower = value & 0xffffffn
  return ((upper << 40n) | (0xfffen << 24n) | lower) ^ (1n << 57n)
}

/** The address a host makes for itself on this /64 by SLAAC. */
export function slaacAddress(cidr: Cidr, mac: string): string {
  return formatIp(cidr.first + eui64(mac), 6)
}

/** True for an address whose lower half looks like an EUI-64. */
export function looksLikeEui64(address: string): boolean {
  const ip = parseIp(address)
  return ip !== undefined && ip.version === 6 && ((ip.value >> 24n) & 0xffffn) === 0xfffen
}
