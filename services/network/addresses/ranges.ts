/** Sets of addresses as sorted, disjoint ranges: what pools and subnet pools are computed with. */
import { BITS, type IpVersion } from './ip.ts'
import { makeCidr, type Cidr } from './cidr.ts'

export interface Range { first: bigint; last: bigint }

/** Sorted and merged: neighbours and overlaps become one. */
function compact(ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))
  const merged: Range[] = []
  for (const range of sorted) {
    const previous = merged.at(-1)
    if (previous !== undefined && range.first <= previous.last + 1n) {
      if (range.last > previous.last) previous.last = range.last
    } else merged.push({ first: range.first, last: range.last })
  }
  return merged
}

/** What is in `from` and in none of `without`. */
export function subtract(from: readonly Range[], without: readonly Range[]): Range[] {
  let left = compact(from)
  for (const hole of without) {
    left = left.flatMap((range) => {
      if (hole.last < range.first || hole.first > range.last) return [range]
      const parts: Range[] = []
      if (hole.first > range.first) parts.push({ first: range.first, last: hole.first - 1n })
      if (hole.last < range.last) parts.push({ first: hole.last + 1n, last: range.last })
      return parts
    })
  }
  return left
}

export function intersects(a: readonly Range[], b: readonly Range[]): boolean {
  return a.some((x) => b.some((y) => x.first <= y.last && y.first <= x.last))
}

export function isSubset(inner: readonly Range[], outer: readonly Range[]): boolean {
  const whole = compact(outer)
  return inner.every((x) => whole.some((y) => x.first >= y.first && x.last <= y.last))
}

/** The fewest blocks that make up the ranges, in order. */
export function toCidrs(ranges: readonly Range[], version: IpVersion): Cidr[] {
  const cidrs: Cidr[] = []
  for (const range of compact(ranges)) {
    let at = range.first
    while (at <= range.last) {
      let bits = at === 0n ? BITS[version] : trailingZeros(at)
      while (at + (1n << BigInt(bits)) - 1n > range.last) bits -= 1
      cidrs.push(makeCidr(version, at, BITS[version] - bits))
      at += 1n << BigInt(bits)
    }
  }
  return cidrs
}

function trailingZeros(value: bigint): number {
  let count = 0
  while (((value >> BigInt(count)) & 1n) === 0n) count += 1
  return count
}

export function size(ranges: readonly Range[]): bigint {
  return ranges.reduce((sum, r) => sum + r.last - r.first + 1n, 0n)
}
