/** Arithmetic on addresses: prefixes that contain one another, netmasks, the address a MAC gives itself. */
import { isIPv6 } from 'node:net'

export function isV6(text: string): boolean { return text.includes(':') }

/** 32 or 128 bits as a number. */
function toNumber(address: string): bigint {
  if (!isV6(address)) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(Number(part)), 0n)
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)
  const plain = dotted === null ? address : `${dotted[1]}${(Number(dotted[2]) * 256 + Number(dotted[3])).toString(16)}:${(Number(dotted[4]) * 256 + Number(dotted[5])).toString(16)}`
  const [head = '', tail] = plain.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const groups = tail === undefined ? left : [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
  return groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n)
}

function fromNumber(value: bigint, v6: boolean): string {
  if (!v6) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.')
  const groups = Array.from({ length: 8 }, (_, at) => Number((value >> BigInt(112 - at * 16)) & 65535n))
  return compressed(groups)
}

/** RFC 5952: the longest run of two or more zero groups becomes `::`. */
function compressed(groups: number[]): string {
  let best = { start: -1, length: 1 }
  for (let start = 0; start < 8; start += 1) {
    let length = 0
    while (start + length < 8 && groups[start + length] === 0) length += 1
    if (length > best.length) best = { start, length }
  }
  const print = (part: number[]): string => part.map((group) => group.toString(16)).join(':')
  return best.start < 0 ? print(groups) : `${print(groups.slice(0, best.start))}::${print(groups.slice(best.start + best.length))}`
}

export interface Prefix { address: string; length: number; v6: boolean; first: bigint; last: bigint }

/** Reads `a.b.c.d`, `a.b.c.d/n`, or the same for IPv6; host bits are cleared. */
export function parsePrefix(text: string): Prefix {
  const [address = '', length] = text.split('/')
  const v6 = isV6(address)
  const bits = v6 ? 128 : 32
  const size = length === undefined ? bits : Number(length)
  const host = (1n << BigInt(bits - size)) - 1n
  const first = (toNumber(address) | host) ^ host
  return { address: fromNumber(first, v6), length: size, v6, first, last: first | host }
}

export function isHost(prefix: Prefix): boolean { return prefix.first === prefix.last }

export function printPrefix(prefix: Prefix): string {
  return isHost(prefix) ? prefix.address : `${prefix.address}/${prefix.length}`
}

export function containsAddress(cidr: string, address: string): boolean {
  const prefix = parsePrefix(cidr)
  const value = toNumber(address)
  return prefix.v6 === isV6(address) && prefix.first <= value && value <= prefix.last
}

/** The same addresses without prefixes that lie inside others: what an interval set of the kernel accepts. */
export function withoutContained(texts: Iterable<string>): Prefix[] {
  const prefixes = [...texts].map(parsePrefix).sort((a, b) => Number(a.v6) - Number(b.v6) || (a.first < b.first ? -1 : a.first > b.first ? 1 : a.length - b.length))
  const kept: Prefix[] = []
  for (const prefix of prefixes) {
    const before = kept.at(-1)
    if (before === undefined || before.v6 !== prefix.v6 || prefix.last > before.last) kept.push(prefix)
  }
  return kept
}

export function netmask(length: number): string {
  return fromNumber(((1n << BigInt(length)) - 1n) << BigInt(32 - length), false)
}

/** The link-local address of a MAC (modified EUI-64, RFC 4291 appendix A). */
export function linkLocal(mac: string): string {
  const bytes = mac.split(':').map((part) => Number.parseInt(part, 16))
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = bytes
  const tail = [a ^ 2, b, c, 0xff, 0xfe, d, e, f].reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  return fromNumber((0xfe80n << 112n) | tail, true)
}

/** One spelling per address, so that two spellings compare equal. */
export function canonical(address: string): string {
  return isIPv6(address) ? fromNumber(toNumber(address), true) : address
}
