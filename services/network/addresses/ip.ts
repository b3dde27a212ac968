/**
 * IP addresses as numbers: parsed, compared, counted on and printed again. Both families share one shape, so that
 * the code that allocates knows no difference. Printing is the compressed form of RFC 5952, which clients compare.
 */
import { isIPv4, isIPv6 } from 'node:net'

export type IpVersion = 4 | 6
export interface Ip { version: IpVersion; value: bigint }

export const BITS = { 4: 32, 6: 128 } as const

/** Reads an address; undefined when the text is none. Leading zeros and zones (`%eth0`) are refused. */
export function parseIp(text: unknown): Ip | undefined {
  if (typeof text !== 'string') return undefined
  if (isIPv4(text)) {
    let value = 0
    for (const part of text.split('.')) value = value * 256 + Number(part)
    return { version: 4, value: BigInt(value) }
  }
  if (!isIPv6(text) || text.includes('%')) return undefined
  return { version: 6, value: parseV6(text) }
}

function parseV6(text: string): bigint {
  const [head = '', tail] = expandEmbeddedV4(text).split('::') as [string, string?]
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = tail === undefined ? left : [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
  return BigInt(`0x${groups.map((g) => g.padStart(4, '0')).join('')}`)
}

/** `::ffff:10.0.0.1` ends in an IPv4 address: two groups. */
function expandEmbeddedV4(text: string): string {
  const at = text.lastIndexOf(':')
  const v4 = text.slice(at + 1)
  if (!v4.includes('.')) return text
  const parts = v4.split('.').map(Number) as [number, number, number, number]
  return `${text.slice(0, at + 1)}${(parts[0] * 256 + parts[1]).toString(16)}:${(parts[2] * 256 + parts[3]).toString(16)}`
}

export function formatIp(value: bigint, version: IpVersion): string {
  if (version === 4) {
    const n = Number(value)
    return `${Math.floor(n / 16_777_216)}.${Math.floor(n / 65_536) % 256}.${Math.floor(n / 256) % 256}.${n % 256}`
  }
  const hex = value.toString(16).padStart(32, '0')
  const groups = Array.from({ length: 8 }, (_, i) => hex.slice(i * 4, i * 4 + 4).replace(/^0{1,3}/, ''))
  return compress(groups)
}

/** Replaces the longest run of zero groups (of two at least) by `::`. */
function compress(groups: string[]): string {
  let best = { at: -1, length: 1 }
  for (let at = 0; at < 8; at += 1) {
    let end = at
    while (end < 8 && groups[end] === '0') end += 1
    if (end - at > best.length) best = { at, length: end - at }
    if (end > at) at = end
  }
  if (best.at < 0) return groups.join(':')
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`
}

/** The one way an address is printed; text that is no address comes back as it is. */
export function canonicalIp(text: string): string {
  const ip = parseIp(text)
  return ip === undefined ? text : formatIp(ip.value, ip.version)
}

/** A text of fixed width that sorts as the address does: what the allocation table orders by. */
export function ipKey(value: bigint, version: IpVersion): string {
  return value.toString(16).padStart(version === 4 ? 8 : 32, '0')
}

export function fromIpKey(key: string): bigint {
  return BigInt(`0x${key}`)
}
