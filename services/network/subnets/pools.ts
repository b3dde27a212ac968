/** Allocation pools: the ranges of a subnet that addresses are given from. */
import { contains, type Cidr } from '../addresses/cidr.ts'
import { formatIp, parseIp, type Ip } from '../addresses/ip.ts'
import { subtract, type Range } from '../addresses/ranges.ts'
import { errors } from '../errors.ts'

export interface Pool { start: string; end: string }

/** First and last address of the block that a pool may hold: not the network's own, nor IPv4's broadcast. */
function bounds(cidr: Cidr): Range {
  if (cidr.first === cidr.last) return cidr
  if (cidr.version === 6) return { first: cidr.first + 1n, last: cidr.last }
  return cidr.prefix <= 30 ? { first: cidr.first + 1n, last: cidr.last - 1n } : { first: cidr.first, last: cidr.last }
}

/** Everything but the gateway. */
export function defaultPools(cidr: Cidr, gateway: Ip | undefined): Range[] {
  if (cidr.first === cidr.last) return [{ first: cidr.first, last: cidr.last }]
  return subtract([bounds(cidr)], gateway === undefined ? [] : [{ first: gateway.value, last: gateway.value }])
}

/** Pools as a request names them, checked against the block and against one another. */
export function readPools(pools: readonly Pool[], cidr: Cidr, cidrText: string): Range[] {
  const allowed = bounds(cidr)
  const read = pools.map((pool) => {
    const first = parseIp(pool.start)
    const last = parseIp(pool.end)
    if (first === undefined || last === undefined || first.version !== cidr.version || last.version !== cidr.version || first.value > last.value) {
      throw errors.InvalidAllocationPool({ pool: `${pool.start}-${pool.end}` })
    }
    if (first.value < allowed.first || last.value > allowed.last) throw errors.OutOfBoundsAllocationPool({ pool: `${pool.start}-${pool.end}`, subnetCidr: cidrText })
    return { first: first.value, last: last.value }
  })
  for (const [at, a] of read.entries()) {
    const b = read.slice(at + 1).find((other) => a.first <= other.last && other.first <= a.last)
    if (b !== undefined) throw errors.OverlappingAllocationPools({ pool1: rangeText(a, cidr), pool2: rangeText(b, cidr), subnetCidr: cidrText })
  }
  return read
}

export function assertGatewayOutside(gateway: Ip, pools: readonly Range[], cidr: Cidr): void {
  if (gateway.version !== cidr.version) return
  const hit = pools.find((p) => gateway.value >= p.first && gateway.value <= p.last)
  if (hit !== undefined) throw errors.GatewayConflictWithAllocationPools({ pool: rangeText(hit, cidr), ipAddress: formatIp(gateway.value, gateway.version) })
}

export function toPools(ranges: readonly Range[], cidr: Cidr): Pool[] {
  return ranges.map((r) => ({ start: formatIp(r.first, cidr.version), end: formatIp(r.last, cidr.version) }))
}

export function fromPools(pools: readonly Pool[]): Range[] {
  return pools.map((p) => ({ first: parseIp(p.start)!.value, last: parseIp(p.end)!.value }))
}

function rangeText(range: Range, cidr: Cidr): string {
  return `${formatIp(range.first, cidr.version)}-${formatIp(range.last, cidr.version)}`
}

/** May a port have this address? Not the network's own (unless a router asks on IPv6), nor IPv4's broadcast. */
export function isHostAddress(cidr: Cidr, ip: Ip, routerPort: boolean): boolean {
  if (!contains(cidr, ip)) return false
  if (cidr.version === 6) return routerPort || ip.value !== cidr.first
  return cidr.prefix >= 31 || (ip.value !== cidr.first && ip.value !== cidr.last)
}
