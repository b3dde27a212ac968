/** Adding prefixes to a subnet pool and taking unused ones out, without naming all the others. */
import { currentView } from '../attributes/handlers.ts'
import type { Resource } from '../attributes/attribute.ts'
import { enforceAction } from '../attributes/rules.ts'
import { isDict, listOf, subnet } from '../attributes/validate.ts'
import type { ApiRequestOf, NetworkContext } from '../context.ts'
import { invalidInput } from '../errors.ts'
import { addToPool, removeFromPool } from './change-prefixes.ts'
import { subnetpoolResource } from './subnetpool.resource.ts'

const resource = subnetpoolResource as unknown as Resource

export async function addPrefixes(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  const { id, given } = await allowed(ctx, request, 'add_prefixes')
  return { prefixes: await addToPool(ctx, id, given) }
}

export async function removePrefixes(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  const { id, given } = await allowed(ctx, request, 'remove_prefixes')
  return { prefixes: await removeFromPool(ctx, id, given) }
}

async function allowed(ctx: NetworkContext, request: ApiRequestOf, rule: string): Promise<{ id: string; given: string[] }> {
  const id = request.params['id']!
  const given = readPrefixes(request.body)
  await enforceAction(ctx, resource, await currentView(ctx, resource, id), rule)
  return { id, given }
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
