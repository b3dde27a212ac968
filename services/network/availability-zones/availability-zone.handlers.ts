/** Availability zones: where hosts of DHCP and of routers are. */
import { pythonRepr } from '#core/schema/fault.ts'
import { listZones } from '../agents/zones.ts'
import type { ApiRequestOf, NetworkContext } from '../context.ts'
import { errors } from '../errors.ts'

const FILTERS = ['name', 'resource', 'state'] as const
const STEERING = ['fields', 'sort_key', 'sort_dir', 'limit', 'marker', 'page_reverse']

export async function listAvailabilityZones(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  const unknown = [...new Set(request.query.keys())].filter((k) => !(FILTERS as readonly string[]).includes(k) && !STEERING.includes(k))
  if (unknown.length > 0) throw errors.HTTPBadRequest({ message: `${pythonRepr(unknown)} is invalid attribute for filtering` })
  let zones = await listZones(ctx)
  for (const key of FILTERS) {
    const wanted = request.query.getAll(key)
    if (wanted.length > 0) zones = zones.filter((z) => wanted.includes(z[key]))
  }
  const fields = request.query.getAll('fields')
  return { availability_zones: zones.map((z) => (fields.length === 0 ? z : Object.fromEntries(Object.entries(z).filter(([k]) => fields.includes(k))))) }
}
