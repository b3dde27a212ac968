/** The documents clients read first: which API versions there are, and which core resources v2.0 has. */
import type { ApiRequestOf, NetworkContext } from '../context.ts'

export function listVersions(_ctx: NetworkContext, request: ApiRequestOf): object {
  return { versions: [{ id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href: `${request.baseUrl}/v2.0/` }] }] }
}

export function listCoreResources(_ctx: NetworkContext, request: ApiRequestOf): object {
  const resources = [['network', 'networks'], ['subnet', 'subnets'], ['subnetpool', 'subnetpools'], ['port', 'ports']] as const
  return { resources: resources.map(([name, collection]) => ({ name, collection, links: [{ rel: 'self', href: `${request.baseUrl}/v2.0/${collection}` }] })) }
}
