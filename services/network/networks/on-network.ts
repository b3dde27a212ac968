/** What the rules of subnets and ports ask about the network they are on. */
import type { Item } from '../attributes/attribute.ts'
import { findRow } from '../attributes/select-rows.store.ts'
import { seesAll, type NetworkContext } from '../context.ts'
import { errors } from '../errors.ts'
import { isSharedWith } from '../rbac-policies/rbac-policy.store.ts'
import { getNetwork } from './network.store.ts'
import { networkResource } from './network.resource.ts'

/** `network:tenant_id` and whether the network is shared with the item's project. */
export async function networkTarget(ctx: NetworkContext, item: Item): Promise<Record<string, unknown>> {
  if ('network:tenant_id' in item) return {}
  const network = await getNetwork(ctx, item['network_id'] as string)
  if (network === undefined) throw errors.NetworkNotFound({ netId: item['network_id'] as string })
  return { 'network:tenant_id': network.project_id, shared: network.shared === 1 || (await isSharedWith(ctx, network.id, item['project_id'] as string)) }
}

/** Only the owner of a network, or everybody it is shared with, may put things on it. */
export async function assertMayCreateOn(ctx: NetworkContext, resource: 'port' | 'subnet', item: Item): Promise<void> {
  if (seesAll(ctx)) return
  const network = await findRow(ctx, networkResource, item['network_id'] as string)
  if (network === undefined) throw errors.NetworkNotFound({ netId: item['network_id'] as string })
  const projectId = item['project_id'] as string
  if (network.project_id === projectId || network.shared === 1 || (await isSharedWith(ctx, network.id, projectId))) return
  throw errors.HTTPForbidden({ message: `Tenant ${projectId} not allowed to create ${resource} on this network` })
}
