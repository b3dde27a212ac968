/** Why a subnet gives addresses, or none: its range, its pools, and who has taken of them. */
import { fromJson } from '#core/db/json.ts'
import type { Explanation } from '#core/service/explain.ts'
import { parseIp } from '../addresses/ip.ts'
import { size } from '../addresses/ranges.ts'
import type { NetworkContext } from '../context.ts'
import type { SubnetRow } from '../database.ts'
import { getNetwork } from '../networks/network.store.ts'
import { fromPools, type Pool } from '../subnets/pools.ts'
import { ownersOnSubnet } from '../subnets/subnet.store.ts'

export async function explainSubnet(ctx: NetworkContext, subnet: SubnetRow): Promise<Explanation> {
  const network = await getNetwork(ctx, subnet.network_id)
  const holders = await ownersOnSubnet(ctx, subnet.id)
  const pools = fromJson<Pool[]>(subnet.allocation_pools, [])
  const ranges = fromPools(pools)
  const given = holders.filter(({ ip_address: address }) => {
    const value = parseIp(address)?.value
    return value !== undefined && ranges.some((range) => range.first <= value && value <= range.last)
  })
  const free = size(ranges) - BigInt(given.length)
  return {
    type: 'subnet', id: subnet.id, name: subnet.name, status: holders.length === 0 ? 'unused' : 'in use', projectId: subnet.project_id,
    facts: [
      ['network', `${subnet.network_id} (${network?.name ?? 'gone'})`],
      ['range', `${subnet.cidr}, gateway ${subnet.gateway_ip ?? 'none'}`],
      ['pools', pools.map((pool) => `${pool.start}–${pool.end}`).join(', ') || 'none'],
      ['addresses', `${holders.length} taken, ${free} of the pools free`],
      ['DHCP', subnet.enable_dhcp === 1 ? 'on' : 'off'],
    ],
    ...(free > 0n ? {} : { problem: 'No address of its pools is free.' }),
    advice: free > 0n ? [] : [`Free what nobody uses (openstack port list --fixed-ip subnet=${subnet.id}), or give it a further pool: openstack subnet set --allocation-pool start=…,end=… ${subnet.id}`],
    related: [{ type: 'network', id: subnet.network_id }],
  }
}
