/** Subnets of one family on one network are all in one address scope: a pool that changes scope must not tear them apart. */
import type { NetworkContext } from '../context.ts'
import type { SubnetpoolRow } from '../database.ts'
import { errors } from '../errors.ts'
import { subnetsOfNetwork, subnetsOfPool } from '../subnets/subnet.store.ts'

export async function assertOneScopePerNetwork(ctx: NetworkContext, pool: SubnetpoolRow): Promise<void> {
  const networkIds = new Set((await subnetsOfPool(ctx, pool.id)).map((s) => s.network_id))
  for (const networkId of networkIds) {
    const strangers = (await subnetsOfNetwork(ctx, networkId)).filter((s) => s.ip_version === pool.ip_version && s.subnetpool_id !== pool.id)
    if (strangers.length > 0) throw errors.NetworkAddressScopeAffinityError()
  }
}
