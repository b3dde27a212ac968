/**
 * Giving a prefix out of a pool: the one asked for, or the first of the wanted length from the smallest free block.
 * The pool's row is taken first, so that two requests cannot get overlapping prefixes.
 */
import { fromJson } from '#core/db/json.ts'
import { parseIp, type IpVersion } from '../addresses/ip.ts'
import { makeCidr, parseCidr, type Cidr } from '../addresses/cidr.ts'
import { isSubset, subtract, toCidrs, type Range } from '../addresses/ranges.ts'
import type { Item } from '../attributes/attribute.ts'
import { holdRow } from '../attributes/revision.store.ts'
import type { NetworkContext } from '../context.ts'
import type { SubnetpoolRow } from '../database.ts'
import { errors } from '../errors.ts'
import { subnetsOfPool } from '../subnets/subnet.store.ts'

/** A prefix of this length is one unit of `default_quota`. */
const QUOTA_UNIT = { 4: 32, 6: 64 } as const

export async function allocatePrefix(ctx: NetworkContext, pool: SubnetpoolRow, item: Item, cidr: Cidr | undefined): Promise<Cidr> {
  const version = pool.ip_version as IpVersion
  const wanted = cidr ?? fromGateway(item, pool)
  const length = wanted?.prefix ?? (item['prefixlen'] as number | undefined) ?? pool.default_prefixlen
  if (length > pool.max_prefixlen) throw errors.MaxPrefixSubnetAllocationError({ prefixlen: length, maxPrefixlen: pool.max_prefixlen })
  if (length < pool.min_prefixlen) throw errors.MinPrefixSubnetAllocationError({ prefixlen: length, minPrefixlen: pool.min_prefixlen })
  if (!(await holdRow(ctx, 'subnetpools', pool.id))) throw errors.SubnetPoolNotFound({ subnetpoolId: pool.id })
  const given = await subnetsOfPool(ctx, pool.id)
  if (pool.default_quota !== null && pool.default_quota > 0) {
    const units = (prefix: number): number => 2 ** (QUOTA_UNIT[version] - prefix)
    const used = given.filter((s) => s.project_id === item['project_id']).reduce((sum, s) => sum + units(parseCidr(s.cidr)!.prefix), 0)
    if (used + units(length) > pool.default_quota) throw errors.SubnetPoolQuotaExceeded()
  }
  const free = subtract(prefixesOf(pool), given.map((s) => parseCidr(s.cidr)!))
  return wanted === undefined ? takeFirst(free, version, length) : takeNamed(free, wanted)
}

function prefixesOf(pool: SubnetpoolRow): Range[] {
  return fromJson<string[]>(pool.prefixes, []).map((p) => parseCidr(p)!)
}

/** A gateway without a CIDR names the block around it. */
function fromGateway(item: Item, pool: SubnetpoolRow): Cidr | undefined {
  const gateway = parseIp(item['gateway_ip'])
  if (gateway === undefined) return undefined
  const prefix = (item['prefixlen'] as number | undefined) ?? pool.default_prefixlen
  if (prefix > (gateway.version === 4 ? 32 : 128)) throw errors.MaxPrefixSubnetAllocationError({ prefixlen: prefix, maxPrefixlen: pool.max_prefixlen })
  return makeCidr(gateway.version, gateway.value, prefix)
}

function takeNamed(free: Range[], wanted: Cidr): Cidr {
  if (!isSubset([wanted], free)) throw errors.SubnetAllocationError({ reason: 'Cannot allocate requested subnet from the available set of prefixes' })
  return wanted
}

function takeFirst(free: Range[], version: IpVersion, length: number): Cidr {
  const blocks = toCidrs(free, version).sort((a, b) => b.prefix - a.prefix)
  const block = blocks.find((b) => b.prefix <= length)
  if (block === undefined) throw errors.SubnetAllocationError({ reason: `Insufficient prefix space to allocate subnet size /${length}` })
  return makeCidr(version, block.first, length)
}

