/** How many addresses networks have left. */
import { may } from '#core/http/context.ts'
import { pythonRepr } from '#core/schema/fault.ts'
import type { ApiRequestOf, NetworkContext } from '../context.ts'
import { errors } from '../errors.ts'
import { availabilities } from './count-addresses.ts'

const FILTERS = ['network_id', 'network_name', 'tenant_id', 'project_id', 'ip_version']
const STEERING = ['fields', 'sort_key', 'sort_dir', 'limit', 'marker', 'page_reverse']

export async function listIpAvailabilities(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  const unknown = [...new Set(request.query.keys())].filter((k) => !FILTERS.includes(k) && !STEERING.includes(k))
  if (unknown.length > 0) throw errors.HTTPBadRequest({ message: `${pythonRepr(unknown)} is invalid attribute for filtering` })
  const asked = (key: string): string[] | undefined => (request.query.has(key) ? request.query.getAll(key) : undefined)
  const found = await availabilities(ctx, { networkIds: asked('network_id'), names: asked('network_name'), projects: asked('project_id') ?? asked('tenant_id'), versions: asked('ip_version')?.map(Number) })
  const fields = request.query.getAll('fields')
  const visible = found.filter((v) => may(ctx, 'get_network_ip_availability', v))
  return { network_ip_availabilities: visible.map((v) => (fields.length === 0 ? v : Object.fromEntries(Object.entries(v).filter(([k]) => fields.includes(k))))) }
}

export async function showIpAvailability(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  const id = request.params['id']!
  const [view] = await availabilities(ctx, { networkIds: [id] })
  if (view === undefined) throw errors.NetworkNotFound({ netId: id })
  if (!may(ctx, 'get_network_ip_availability', view)) throw errors.HTTPNotFound()
  return { network_ip_availability: view }
}
