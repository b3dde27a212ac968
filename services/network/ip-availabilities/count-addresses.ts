/** How many addresses networks have and how many are used. Counts of IPv6 subnets do not fit a double: they are exact. */
import { fromJson } from '#core/db/json.ts'
import { BITS, type IpVersion } from '../addresses/ip.ts'
import { parseCidr } from '../addresses/cidr.ts'
import { size } from '../addresses/ranges.ts'
import type { NetworkContext } from '../context.ts'
import type { NetworkRow, SubnetRow } from '../database.ts'
import { fromPools, type Pool } from '../subnets/pools.ts'
import { countTaken, filteredNetworks, subnetsOfNetworks, type Filters } from './ip-availability.store.ts'

export async function availabilities(ctx: NetworkContext, filters: Filters): Promise<Record<string, unknown>[]> {
  const networks = await filteredNetworks(ctx, filters)
  const subnets = await subnetsOfNetworks(ctx, networks.map((n) => n.id))
  const used = await countTaken(ctx, subnets.map((s) => s.id))
  return networks.map((network) => availability(network, subnets.filter((s) => s.network_id === network.id && (filters.versions?.includes(s.ip_version) ?? true)), used))
}

function availability(network: NetworkRow, subnets: readonly SubnetRow[], usedBy: Map<string, number>): Record<string, unknown> {
  const totals = subnets.map((s) => total(s))
  return {
    network_id: network.id, network_name: network.name, tenant_id: network.project_id, project_id: network.project_id,
    total_ips: exact(totals.reduce((sum, n) => sum + n, 0n)), used_ips: subnets.reduce((sum, s) => sum + (usedBy.get(s.id) ?? 0), 0),
    subnet_ip_availability: subnets.map((s, at) => ({ subnet_id: s.id, subnet_name: s.name, ip_version: s.ip_version, cidr: s.cidr, total_ips: exact(totals[at]!), used_ips: usedBy.get(s.id) ?? 0 })),
  }
}

/** The pools' size; where there are no pools, the block without its first and (on IPv4) last address. */
function total(subnet: SubnetRow): bigint {
  const pools = fromPools(fromJson<Pool[]>(subnet.allocation_pools, []))
  if (pools.length > 0) return size(pools)
  const { prefix, version } = parseCidr(subnet.cidr)!
  return (1n << BigInt(BITS[version as IpVersion] - prefix)) - (version === 4 ? 2n : 1n)
}

/** A number as JSON, however large. */
function exact(value: bigint): unknown {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : (JSON as unknown as { rawJSON: (text: string) => unknown }).rawJSON(value.toString())
}
