/** Prefixes of a pool: more of them, or unused ones taken out; the pool's row is held meanwhile. */
import { inTransaction } from '#core/db/database.ts'
import { fromJson, toJson } from '#core/db/json.ts'
import { parseCidr } from '../addresses/cidr.ts'
import type { IpVersion } from '../addresses/ip.ts'
import { intersects, subtract, toCidrs } from '../addresses/ranges.ts'
import { revise } from '../attributes/revision.store.ts'
import type { NetworkContext } from '../context.ts'
import type { SubnetpoolRow } from '../database.ts'
import { errors } from '../errors.ts'
import { subnetsOfPool } from '../subnets/subnet.store.ts'
import { prefixTexts } from './read-subnetpool.ts'
import { updateSubnetpool } from './subnetpool.resource.ts'
import { getSubnetpool, updateSubnetpoolRow } from './subnetpool.store.ts'

/** Answers the prefixes afterwards. */
export async function addToPool(ctx: NetworkContext, id: string, given: readonly string[]): Promise<string[]> {
  return await change(ctx, id, async (ctx, pool) => {
    if (given.length > 0) await updateSubnetpool(ctx, pool.id, { prefixes: [...fromJson<string[]>(pool.prefixes, []), ...given] })
  })
}

export async function removeFromPool(ctx: NetworkContext, id: string, given: readonly string[]): Promise<string[]> {
  return await change(ctx, id, async (ctx, pool) => {
    const gone = given.map((g) => parseCidr(g)!).filter((c) => c.version === pool.ip_version)
    const used = (await subnetsOfPool(ctx, pool.id)).map((s) => parseCidr(s.cidr)!)
    if (intersects(used, gone)) throw errors.IllegalSubnetPoolPrefixUpdate({ msg: 'One or more the prefixes to be removed is in use by a subnet.' })
    const left = subtract(fromJson<string[]>(pool.prefixes, []).map((p) => parseCidr(p)!), gone)
    await updateSubnetpoolRow(ctx, pool.id, { prefixes: toJson(prefixTexts(toCidrs(left, pool.ip_version as IpVersion))) })
  })
}

async function change(ctx: NetworkContext, id: string, work: (ctx: NetworkContext, pool: SubnetpoolRow) => Promise<void>): Promise<string[]> {
  return await inTransaction(ctx, async (ctx) => {
    if (!(await revise(ctx, 'subnetpools', id))) throw errors.SubnetPoolNotFound({ subnetpoolId: id })
    await work(ctx, (await getSubnetpool(ctx, id))!)
    return fromJson<string[]>((await getSubnetpool(ctx, id))!.prefixes, [])
  })
}
