/** Which pool a new subnet comes from: the one named, the default one, or none. */
import type { Cidr } from '../addresses/cidr.ts'
import type { Item } from '../attributes/attribute.ts'
import { findRow } from '../attributes/select-rows.store.ts'
import type { NetworkContext } from '../context.ts'
import type { SubnetpoolRow, SubnetRow } from '../database.ts'
import { errors } from '../errors.ts'
import { subnetpoolResource } from './subnetpool.resource.ts'
import { defaultSubnetpool, getSubnetpool } from './subnetpool.store.ts'

export async function chooseSubnetpool(ctx: NetworkContext, item: Item, cidr: Cidr | undefined): Promise<SubnetpoolRow | undefined> {
  const id = (item['subnetpool_id'] ?? undefined) as string | undefined
  const wantsDefault = item['use_default_subnetpool'] === true
  if (id !== undefined && wantsDefault) throw errors.BadRequest({ resource: 'subnets', msg: 'subnetpool_id and use_default_subnetpool cannot both be specified' })
  if (id !== undefined) {
    const pool = await findRow(ctx, subnetpoolResource, id)
    if (pool === undefined) throw errors.SubnetPoolNotFound({ subnetpoolId: id })
    return pool
  }
  if (!wantsDefault) return undefined
  const version = cidr?.version ?? (item['ip_version'] as number)
  const pool = await defaultSubnetpool(ctx, version)
  if (pool === undefined) throw errors.BadRequest({ resource: 'subnets', msg: `No default subnetpool found for IPv${version}` })
  return pool
}

/** The address scope that subnets of one family on one network share. */
export async function addressScopeOfNetwork(ctx: NetworkContext, subnets: readonly SubnetRow[]): Promise<string | undefined> {
  for (const { subnetpool_id: id } of subnets) {
    const scope = id === null ? undefined : (await getSubnetpool(ctx, id))?.address_scope_id
    if (scope !== undefined && scope !== null) return scope
  }
  return undefined
}
