/** Adding prefixes to a subnet pool and taking unused ones out, without naming all the others. */
import { fromJson, inTransaction, toJson } from '#core/db/database.ts'
import { parseCidr } from '../addresses/cidr.ts'
import type { IpVersion } from '../addresses/ip.ts'
import { intersects, subtract, toCidrs } from '../addresses/ranges.ts'
import { currentView } from '../attributes/handlers.ts'
import type { Resource } from '../attributes/attribute.ts'
import { reviseOrFail } from '../attributes/revisions.ts'
import { enforceAction } from '../attributes/rules.ts'
import { isDict, listOf, subnet } from '../attributes/validate.ts'
import type { ApiRequestOf, NetworkContext } from '../context.ts'
import type { SubnetpoolRow } from '../database.ts'
import { errors, invalidInput } from '../errors.ts'
import { subnetsOfPool } from '../subnets/subnet.store.ts'
import { prefixTexts } from './read-subnetpool.ts'
import { subnetpoolResource, updateSubnetpool } from './subnetpool.resource.ts'
import { getSubnetpool, updateSubnetpoolRow } from './subnetpool.store.ts'

const resource = subnetpoolResource as unknown as Resource

export async function addPrefixes(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  return await change(ctx, request, 'add_prefixes', async (ctx, pool, given) => {
    if (given.length > 0) await updateSubnetpool(ctx, pool.id, { prefixes: [...fromJson<string[]>(pool.prefixes, []), ...given] })
  })
}

export async function removePrefixes(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  return await change(ctx, request, 'remove_prefixes', async (ctx, pool, given) => {
    const gone = given.map((g) => parseCidr(g)!).filter((c) => c.version === pool.ip_version)
    const used = (await subnetsOfPool(ctx, pool.id)).map((s) => parseCidr(s.cidr)!)
    if (intersects(used, gone)) throw errors.IllegalSubnetPoolPrefixUpdate({ msg: 'One or more the prefixes to be removed is in use by a subnet.' })
    const left = subtract(fromJson<string[]>(pool.prefixes, []).map((p) => parseCidr(p)!), gone)
    await updateSubnetpoolRow(ctx, pool.id, { prefixes: toJson(prefixTexts(toCidrs(left, pool.ip_version as IpVersion))) })
  })
}

async function change(ctx: NetworkContext, request: ApiRequestOf, rule: string, work: (ctx: NetworkContext, pool: SubnetpoolRow, given: string[]) => Promise<void>): Promise<object> {
  const id = request.params['id']!
  const given = readPrefixes(request.body)
  await enforceAction(ctx, resource, await currentView(ctx, resource, id), rule)
  return await inTransaction(ctx, async (ctx) => {
    await reviseOrFail(ctx, resource, id, undefined)
    await work(ctx, (await getSubnetpool(ctx, id))!, given)
    return { prefixes: fromJson<string[]>((await getSubnetpool(ctx, id))!.prefixes, []) }
  })
}

function readPrefixes(body: unknown): string[] {
  if (!isDict(body)) throw invalidInput('Invalid data format. Dictionary expected')
  const unknown = Object.keys(body).filter((k) => k !== 'prefixes')
  if (unknown.length > 0) throw invalidInput(`Unexpected keys supplied: ${unknown.join(', ')}`)
  if (!('prefixes' in body)) throw invalidInput("Validation of dictionary's keys failed. Expected keys: {'prefixes'} Provided keys: {}")
  const reason = listOf(subnet)(body['prefixes'])
  if (reason !== undefined) throw invalidInput(reason)
  return body['prefixes'] as string[]
}
