/**
 * A topology for somebody who names none: a network with subnets from the default pools, behind a router to the
 * default external network. Made once per project; asking again answers the same.
 */
import { inTransaction, isUniqueViolation } from '#core/db/database.ts'
import { ApiError } from '#core/errors/errors.ts'
import type { Item, Resource } from '../attributes/attribute.ts'
import { readCreateBody } from '../attributes/request-body.ts'
import type { NetworkContext } from '../context.ts'
import type { SubnetpoolRow } from '../database.ts'
import { errors } from '../errors.ts'
import { defaultExternalNetwork } from '../networks/network.store.ts'
import { networkResource } from '../networks/network.resource.ts'
import { addInterface } from '../routers/add-interface.ts'
import { removeInterface } from '../routers/remove-interface.ts'
import { interfacesOf } from '../routers/router.store.ts'
import { routerResource } from '../routers/router.resource.ts'
import { defaultSubnetpool } from '../subnetpools/subnetpool.store.ts'
import { subnetResource } from '../subnets/subnet.resource.ts'
import { claimTopology, deleteTopologyRow, getTopology, recordTopology, topologyOf } from './auto-topology.store.ts'

export async function requirements(ctx: NetworkContext): Promise<{ externalNetworkId: string; pools: SubnetpoolRow[] }> {
  const external = await defaultExternalNetwork(ctx)
  if (external === undefined) throw errors.AutoAllocationFailure({ reason: 'No default router:external network' })
  const pools = [await defaultSubnetpool(ctx, 4), await defaultSubnetpool(ctx, 6)].filter((p) => p !== undefined)
  if (pools.length === 0) throw errors.AutoAllocationFailure({ reason: 'No default subnetpools defined' })
  return { externalNetworkId: external.id, pools }
}

export async function buildTopology(ctx: NetworkContext, projectId: string): Promise<string> {
  const { externalNetworkId, pools } = await requirements(ctx)
  try {
    return await inTransaction(ctx, async (ctx) => {
      const made = await topologyOf(ctx, projectId)
      if (made !== undefined) return made
      await claimTopology(ctx, projectId)
      const network = await networkResource.create!(ctx, prepared(ctx, networkResource as unknown as Resource, { name: 'auto_allocated_network', project_id: projectId }))
      const subnetIds: string[] = []
      for (const pool of pools) {
        const asked = { name: `auto_allocated_subnet_v${pool.ip_version}`, network_id: network.id, project_id: projectId, ip_version: pool.ip_version, subnetpool_id: pool.id }
        subnetIds.push((await subnetResource.create!(ctx, prepared(ctx, subnetResource as unknown as Resource, asked))).id)
      }
      const asked = { name: 'auto_allocated_router', project_id: projectId, external_gateway_info: { network_id: externalNetworkId } }
      const router = await routerResource.create!(ctx, prepared(ctx, routerResource as unknown as Resource, asked))
      for (const id of subnetIds) await addInterface(ctx, router.id, { subnet_id: id })
      await recordTopology(ctx, { project_id: projectId, network_id: network.id, router_id: router.id })
      return network.id
    })
  } catch (error) {
    const made = isUniqueViolation(error) ? await topologyOf(ctx, projectId) : undefined
    if (made !== undefined) return made
    if (error instanceof ApiError && (error.status === 400 || error.code === 'SubnetAllocationError')) throw errors.AutoAllocationFailure({ reason: 'Unable to provide tenant private network' }, { cause: error })
    throw error
  }
}

/** An item as a request would have brought it: with all defaults. */
function prepared(ctx: NetworkContext, resource: Resource, item: Item): Item {
  return readCreateBody(ctx, resource, { [resource.name]: item }).items[0]!
}

export async function removeTopology(ctx: NetworkContext, projectId: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const row = await getTopology(ctx, projectId)
    if (row === undefined) return
    await deleteTopologyRow(ctx, projectId)
    for (const leg of await interfacesOf(ctx, [row.router_id])) await removeInterface(ctx, row.router_id, { subnet_id: leg.subnet_id })
    await unlessGone(routerResource.delete!(ctx, row.router_id))
    await unlessGone(networkResource.delete!(ctx, row.network_id))
  })
}

async function unlessGone(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error
  }
}
