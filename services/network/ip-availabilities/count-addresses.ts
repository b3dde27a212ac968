/** How many addresses networks have and how many are used. Counts of IPv6 subnets do not fit a double: they are exact. */
import { fromJson } from '#core/db/json.ts'
import { BITS, type IpVersion } from '../addresses/ip.ts'
import { parseCidr } from '../addresses/cidr.ts'
import { size } from '../addresses/ranges.ts'
import { selectIn } from '../attributes/children.ts'
import type { NetworkContext } from '../context.ts'
import type { NetworkRow, SubnetRow } from '../database.ts'
import { fromPools, type Pool } from '../subnets/pools.ts'

export interface Filters { networkIds?: string[]; names?: string[]; projects?: string[]; versions?: number[] }

export async function availabilities(ctx: NetworkContext, filters: Filters): Promise<Record<string, unknown>[]> {
  let query = ctx.db.selectFrom('networks').selectAll().orderBy('id')
  if (filters.networkIds !== undefined) query = query.where('id', 'in', filters.networkIds)
  if (filters.names !== undefined) query = query.where('name', 'in', filters.names)
  if (filters.projects !== undefined) query = query.where('project_id', 'in', filters.projects)
  const networks = await query.execute()
  const subnets = networks.length === 0 ? [] : await selectIn<SubnetRow>(ctx, '*', 'subnets', 'network_id', networks.map((n) => n.id), ' order by created_at, id')
  const used = subnets.length === 0 ? [] : await selectIn<{ subnet_id: string; used: number }>(ctx, 'subnet_id, count(*) as used', 'ip_allocations', 'subnet_id', subnets.map((s) => s.id), ' group by subnet_id')
  const usedBy = new Map(used.map((u) => [u.subnet_id, Number(u.used)]))
  return networks.map((network) => availability(network, subnets.filter((s) => s.network_id === network.id && (filters.versions?.includes(s.ip_version) ?? true)), usedBy))
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
