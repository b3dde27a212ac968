/** Compute hosts: alive, and known to placement as they are. */
import { NeighbourError } from '#core/clients/neighbour.ts'
import type { Inventory } from '#services/placement/contract.ts'
import type { ComputeContext } from '../context.ts'
import { getHost, isHostUp, listHosts, reportOf, updateHost, type HostRow } from '../hosts/host.store.ts'
import { inventoryOf, syncHostToPlacement } from '../hosts/placement-sync.ts'
import { prove, type Finding } from './prove.ts'

/** A host that has just come is told to placement by a reconciler. */
const NEW_MS = 60_000

export const hostsCheck = prove({
  name: 'hosts-alive', invariant: 'Every compute host gives signs of life, unless an operator forced it down.',
  async find(ctx) {
    return (await listHosts(ctx)).filter((host) => host.forced_down === 0 && !isHostUp(ctx, host)).map((host) => ({
      kind: 'silent-host', resource: 'compute host', id: host.host,
      sentence: `compute host ${host.host} is silent since ${host.last_seen_at}; start its agent, or take it out of use with openstack compute service set --down ${host.host} nova-compute`,
    }))
  },
})

export const inventoriesCheck = prove({
  name: 'inventories', invariant: 'Placement has of every host that is alive what the host reports.',
  async find(ctx) {
    const findings: Finding[] = []
    for (const host of await listHosts(ctx)) {
      const young = host.placement_digest === null && Date.parse(host.created_at) > ctx.clock.now() - NEW_MS
      if (isHostUp(ctx, host) && !young) findings.push(...await compareHost(ctx, host))
    }
    return findings
  },
})

async function compareHost(ctx: ComputeContext, host: HostRow): Promise<Finding[]> {
  const about = { resource: 'resource provider', id: host.node_id }
  const wanted = inventoryOf(ctx, reportOf(host))
  const found = await inventoryIn(ctx, host.node_id)
  if (found === undefined) return [{ kind: 'missing-provider', ...about, sentence: `placement does not know compute host ${host.host}`, mend: async (ctx) => { await tellAnew(ctx, host.host) } }]
  const different = Object.entries(wanted).filter(([name, inventory]) => !same(inventory, found[name]))
  const surplus = ['VCPU', 'MEMORY_MB', 'DISK_GB'].filter((name) => wanted[name] === undefined && found[name] !== undefined)
  if (different.length + surplus.length === 0) return []
  const parts = [...different.map(([name, inventory]) => `${name} ${text(found[name])} instead of ${text(inventory)}`), ...surplus.map((name) => `${name} ${text(found[name])}, which the host has not`)]
  // Classes that an operator added stay.
  const rest = Object.fromEntries(Object.entries(found).filter(([name]) => !surplus.includes(name)))
  return [{
    kind: 'wrong-inventory', ...about, sentence: `of compute host ${host.host} placement has ${parts.join('; ')}`,
    mend: async (ctx) => { await ctx.clients.placement.setInventory(ctx, host.node_id, { ...rest, ...wanted }) },
  }]
}

async function inventoryIn(ctx: ComputeContext, provider: string): Promise<Record<string, Required<Inventory>> | undefined> {
  try {
    return await ctx.clients.placement.getInventory(ctx, provider)
  } catch (error) {
    if (error instanceof NeighbourError && error.status === 404) return undefined
    throw error
  }
}

async function tellAnew(ctx: ComputeContext, name: string): Promise<void> {
  await updateHost(ctx, name, { placement_digest: null })
  const host = await getHost(ctx, name)
  if (host !== undefined) await syncHostToPlacement(ctx, host)
}

const FIELDS = ['total', 'reserved', 'min_unit', 'max_unit', 'step_size', 'allocation_ratio'] as const

function same(wanted: Inventory, found: Inventory | undefined): boolean {
  return found !== undefined && FIELDS.every((field) => wanted[field] === found[field])
}

function text(inventory: Inventory | undefined): string {
  return inventory === undefined ? 'none' : `${inventory.total} (${inventory.reserved ?? 0} reserved, sold ${inventory.allocation_ratio ?? 1} times)`
}
