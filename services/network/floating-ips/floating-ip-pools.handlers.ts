/** Where floating IPs can come from: the IPv4 subnets of the external networks the caller may use. */
import { selectRows } from '../attributes/select-rows.store.ts'
import { readListQuery } from '../attributes/list-query.ts'
import { plainReply, readPlainQuery, type PlainList } from '../attributes/plain-list.ts'
import type { Resource } from '../attributes/attribute.ts'
import type { ApiRequestOf, NetworkContext } from '../context.ts'
import { networkResource } from '../networks/network.resource.ts'
import { ipv4SubnetsOf } from '../subnets/subnet.store.ts'

const LIST: PlainList = { collection: 'floatingip_pools', key: 'subnet_id', attributes: {} }

export async function listFloatingIpPools(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  const asked = readPlainQuery(ctx, LIST, request)
  const external = readListQuery(ctx, networkResource as unknown as Resource, new URLSearchParams('router:external=True'))
  const networks = await selectRows(ctx, networkResource, external)
  const subnets = await ipv4SubnetsOf(ctx, networks.map((n) => n.id))
  return plainReply(request, LIST, asked, subnets.map((s) => ({ subnet_id: s.id, subnet_name: s.name, network_id: s.network_id, cidr: s.cidr, project_id: s.project_id, tenant_id: s.project_id })))
}
