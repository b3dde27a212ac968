/** What is free on a host, as placement counts it. */
import { NeighbourError } from '#core/clients/neighbour.ts'
import type { ComputeContext } from '../context.ts'

/** `most`: what one server may take of it. */
export interface Room { capacity: number; free: number; most: number }

/** By resource class; undefined when placement does not know the host. */
export async function roomOn(ctx: ComputeContext, provider: string): Promise<Map<string, Room> | undefined> {
  try {
    const inventory = await ctx.clients.placement.getInventory(ctx, provider)
    const used = await ctx.clients.placement.providerUsages(ctx, provider)
    return new Map(Object.entries(inventory).map(([name, { total, reserved, allocation_ratio: ratio, max_unit: maxUnit }]) => {
      const capacity = Math.floor((total - reserved) * ratio)
      const free = Math.max(0, capacity - (used[name] ?? 0))
      return [name, { capacity, free, most: Math.min(free, maxUnit) }]
    }))
  } catch (error) {
    if (error instanceof NeighbourError && error.status === 404) return undefined
    throw error
  }
}
