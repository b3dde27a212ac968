/** Where floating IPs can come from: the IPv4 subnets of the external networks the caller may use. */
import { selectRows } from '../attributes/select-rows.ts'
import { readFields, readListQuery } from '../attributes/list-query.ts'
import { selectIn } from '../attributes/children.ts'
import type { Resource } from '../attributes/attribute.ts'
import type { ApiRequestOf, NetworkContext } from '../context.ts'
import type { SubnetRow } from '../database.ts'
import { networkResource } from '../networks/network.resource.ts'

export async function listFloatingIpPools(ctx: NetworkContext, request: ApiRequestOf): Promise<object> {
  const asked = readListQuery(ctx, networkResource as unknown as Resource, new URLSearchParams('router:external=True'))
  const networks = await selectRows(ctx, networkResource, asked)
  const subnets = networks.length === 0 ? [] : await selectIn<SubnetRow>(ctx, '*', 'subnets', 'network_id', networks.map((n) => n.id), ' and ip_version = 4 order by id')
  const fields = readFields(request.query)
  const pools = subnets.map((s) => ({ subnet_id: s.id, subnet_name: s.name, network_id: s.network_id, cidr: s.cidr, project_id: s.project_id, tenant_id: s.project_id }))
  return { floatingip_pools: pools.map((pool) => (fields === undefined ? pool : Object.fromEntries(Object.entries(pool).filter(([k]) => fields.has(k))))) }
}
