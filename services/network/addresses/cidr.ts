/**
 * Networks in CIDR form. `10.0.0.5/24` keeps the address it was written with (`ip`) beside the block (`first` to
 * `last`), because upstream accepts such text in some places and corrects it in others.
 */
import { BITS, formatIp, parseIp, type IpVersion } from './ip.ts'

export interface Cidr { version: IpVersion; ip: bigint; prefix: number; first: bigint; last: bigint }

/** Reads `address/length`, `address/netmask`, or an address alone (a block of one). */
export function parseCidr(text: unknown): Cidr | undefined {
  if (typeof text !== 'string') return undefined
  const parts = text.split('/')
  const ip = parseIp(parts[0])
  if (ip === undefined || parts.length > 2) return undefined
  const prefix = parts[1] === undefined ? BITS[ip.version] : readPrefix(parts[1], ip.version)
  return prefix === undefined ? undefined : makeCidr(ip.version, ip.value, prefix)
}

export function makeCidr(version: IpVersion, ip: bigint, prefix: number): Cidr {
  const size = 1n << BigInt(BITS[version] - prefix)
  const first = ip - (ip % size)
  return { version, ip, prefix, first, last: first + size - 1n }
}

function readPrefix(text: string, version: IpVersion): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text) <= BITS[version] ? Number(text) : undefined
  const mask = parseIp(text)
  if (mask === undefined || mask.version !== version) return undefined
  const inverted = (1n << BigInt(BITS[version])) - 1n - mask.value
  // A netmask inverted is 2^n - 1.
  return (inverted & (inverted + 1n)) === 0n ? BITS[version] - inverted.toString(2).replace(/^0$/, '').length : undefined
}

/** The block: `10.0.0.0/24`. */
export function formatCidr(cidr: Cidr): string {
  return `${formatIp(cidr.first, cidr.version)}/${cidr.prefix}`
}

/** With the address as it was written: `10.0.0.5/24`. */
export function formatAsWritten(cidr: Cidr): string {
  return `${formatIp(cidr.ip, cidr.version)}/${cidr.prefix}`
}

export function contains(cidr: Cidr, ip: { version: IpVersion; value: bigint }): boolean {
  return ip.version === cidr.version && ip.value >= cidr.first && ip.value <= cidr.last
}

export function overlaps(a: Cidr, b: Cidr): boolean {
  return a.version === b.version && a.first <= b.last && b.first <= a.last
}

/** 224.0.0.0/4 and ff00::/8. */
export function isMulticast(cidr: Cidr): boolean {
  return cidr.version === 4 ? cidr.first >> 28n === 0xen : cidr.first >> 120n === 0xffn
}

/** 127.0.0.0/8 and ::1. */
export function isLoopback(cidr: Cidr): boolean {
  return cidr.version === 4 ? cidr.first >> 24n === 127n : cidr.first === 1n && cidr.prefix === 128
}
