/** Availability zones: where hosts of DHCP and of routers are. */
import { listZones } from '../agents/zones.ts'
import type { View } from '../attributes/attribute.ts'
import { plainReply, readPlainQuery, type PlainList } from '../attributes/plain-list.ts'
import type { ApiRequestOf, NetworkContext } from '../context.ts'

const FILTERS = ['name', 'resource', 'state'] as const
const LIST: PlainList = { collection: 'availability_zones', key: 'name', attributes: { name: { filter: true }, resource: { filter: true }, state: { filter: true } } }

/** Zones have no id, so there is no page after one: they come all at once. */
export async function listAvailabilityZones(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  const asked = readPlainQuery(ctx, LIST, request)
  let zones = await listZones(ctx)
  for (const key of FILTERS) {
    const wanted = asked.filters.get(key)
    if (wanted !== undefined) zones = zones.filter((z) => wanted.includes(z[key]))
  }
  return plainReply(request, LIST, { ...asked, limit: undefined }, zones as unknown as View[])
}
