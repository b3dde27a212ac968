/**
 * The next free address of a subnet: the lowest one in its pools. Where the search begins is remembered per subnet,
 * so that a full /16 is not walked for every port; the memory is a hint only, the table's key decides.
 */
import { fromJson } from '#core/db/json.ts'
import { fromIpKey, ipKey, type IpVersion } from '../addresses/ip.ts'
import type { NetworkContext } from '../context.ts'
import type { IpAllocationRow, SubnetRow } from '../database.ts'
import { fromPools, type Pool } from '../subnets/pools.ts'
import { takeAddress, takenKeys, type Holder } from './ip-allocation.store.ts'

const FIRST_WINDOW = 32
const LARGEST_WINDOW = 2048

/** Per service (its configuration object lives as long as it does): subnet → where to look first. */
const hints = new WeakMap<object, Map<string, bigint>>()

function hintsOf(ctx: NetworkContext): Map<string, bigint> {
  let map = hints.get(ctx.config)
  if (map === undefined) hints.set(ctx.config, map = new Map<string, bigint>())
  if (map.size > 10_000) map.clear()
  return map
}

/** An address came free: look there first. */
export function noteReleased(ctx: NetworkContext, rows: readonly Pick<IpAllocationRow, 'subnet_id' | 'ip_key'>[]): void {
  const map = hintsOf(ctx)
  for (const row of rows) {
    const hint = map.get(row.subnet_id)
    if (hint !== undefined && fromIpKey(row.ip_key) < hint) map.set(row.subnet_id, fromIpKey(row.ip_key))
  }
}

/** Takes the lowest free address; undefined when the pools are exhausted. */
export async function takeNextAddress(ctx: NetworkContext, subnet: SubnetRow, holder: Holder): Promise<IpAllocationRow | undefined> {
  const version = subnet.ip_version as IpVersion
  const pools = fromPools(fromJson<Pool[]>(subnet.allocation_pools, [])).sort((a, b) => (a.first < b.first ? -1 : 1))
  const map = hintsOf(ctx)
  const hint = map.get(subnet.id) ?? 0n
  // From the hint to the end, then once from the start: the hint may have missed what another process released.
  for (const begin of hint === 0n ? [0n] : [hint, 0n]) {
    for (const pool of pools) {
      if (pool.last < begin) continue
      const taken = await takeFrom(ctx, subnet.id, version, begin > pool.first ? begin : pool.first, pool.last, holder)
      if (taken !== undefined) {
        map.set(subnet.id, fromIpKey(taken.ip_key))
        return taken
      }
    }
  }
  return undefined
}

async function takeFrom(ctx: NetworkContext, subnetId: string, version: IpVersion, first: bigint, last: bigint, holder: Holder): Promise<IpAllocationRow | undefined> {
  let candidate = first
  for (let window = FIRST_WINDOW; candidate <= last; window = Math.min(window * 2, LARGEST_WINDOW)) {
    const keys = await takenKeys(ctx, subnetId, ipKey(candidate, version), window)
    for (const key of keys) {
      const taken = fromIpKey(key)
      while (candidate < taken && candidate <= last) {
        const row = await takeAddress(ctx, subnetId, { version, value: candidate }, holder)
        if (row !== undefined) return row
        candidate += 1n
      }
      if (candidate <= taken) candidate = taken + 1n
      if (candidate > last) return undefined
    }
    if (keys.length < window) {
      // Nothing is known to be taken from here on; what somebody takes meanwhile we step over.
      for (let tries = 0; tries < FIRST_WINDOW && candidate <= last; tries += 1, candidate += 1n) {
        const row = await takeAddress(ctx, subnetId, { version, value: candidate }, holder)
        if (row !== undefined) return row
      }
    }
  }
  return undefined
}
