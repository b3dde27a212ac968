/** How many addresses networks have left. */
import { may } from '#core/http/context.ts'
import { plainReply, readPlainQuery, type PlainList } from '../attributes/plain-list.ts'
import type { ApiRequestOf, NetworkContext } from '../context.ts'
import { errors } from '../errors.ts'
import { availabilities } from './count-addresses.ts'

const LIST: PlainList = {
  collection: 'network_ip_availabilities', key: 'network_id',
  attributes: { network_id: { filter: true, sort: true }, network_name: { filter: true }, tenant_id: { filter: true }, project_id: { filter: true }, ip_version: { filter: true } },
}

export async function listIpAvailabilities(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  const asked = readPlainQuery(ctx, LIST, request)
  const wanted = (name: string): string[] | undefined => asked.filters.get(name) as string[] | undefined
  const found = await availabilities(ctx, { networkIds: wanted('network_id'), names: wanted('network_name'), projects: wanted('project_id') ?? wanted('tenant_id'), versions: wanted('ip_version')?.map(Number) })
  return plainReply(request, LIST, asked, found.filter((v) => may(ctx, 'get_network_ip_availability', v)))
}

export async function showIpAvailability(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  const id = request.params['id']!
  const [view] = await availabilities(ctx, { networkIds: [id] })
  if (view === undefined) throw errors.NetworkNotFound({ netId: id })
  if (!may(ctx, 'get_network_ip_availability', view)) throw errors.HTTPNotFound()
  return { network_ip_availability: view }
}
