/** A subnet pool as a request describes it: prefixes of one family, merged, and bounds that make sense. */
import { formatCidr, parseCidr, type Cidr } from '../addresses/cidr.ts'
import type { IpVersion } from '../addresses/ip.ts'
import { toCidrs } from '../addresses/ranges.ts'
import { errors } from '../errors.ts'

const DEFAULT_MIN = { 4: 8, 6: 64 } as const
const MAX = { 4: 32, 6: 128 } as const

export interface PoolBounds { min_prefixlen: number; max_prefixlen: number; default_prefixlen: number }

/** The prefixes merged; throws when there are none, or of both families. */
export function readPrefixes(prefixes: readonly string[]): { version: IpVersion; cidrs: Cidr[] } {
  const read = prefixes.map((p) => parseCidr(p)!)
  if (read.length === 0) throw errors.EmptySubnetPoolPrefixList()
  const version = read[0]!.version
  if (read.some((c) => c.version !== version)) throw errors.PrefixVersionMismatch()
  return { version, cidrs: toCidrs(read, version) }
}

export function readBounds(version: IpVersion, asked: Partial<PoolBounds>): PoolBounds {
  const min = asked.min_prefixlen ?? DEFAULT_MIN[version]
  const max = asked.max_prefixlen ?? MAX[version]
  const usual = asked.default_prefixlen ?? min
  const illegal = (prefixType: string, prefixlen: number, basePrefixType: string, basePrefixlen: number): Error =>
    errors.IllegalSubnetPoolPrefixBounds({ prefixType, prefixlen, basePrefixType, basePrefixlen })
  if (min > max) throw illegal('min_prefixlen', min, 'max_prefixlen', max)
  if (max > MAX[version]) throw illegal('max_prefixlen', max, 'ip_version_max', MAX[version])
  if (usual < min) throw illegal('default_prefixlen', usual, 'min_prefixlen', min)
  if (usual > max) throw illegal('default_prefixlen', usual, 'max_prefixlen', max)
  return { min_prefixlen: min, max_prefixlen: max, default_prefixlen: usual }
}

export function prefixTexts(cidrs: readonly Cidr[]): string[] {
  return cidrs.map(formatCidr)
}
