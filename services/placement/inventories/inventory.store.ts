/** All SQL about inventories, except for what claims do to `used` (allocations/allocation.store.ts). */
import { nowIso } from '#core/time/clock.ts'
import type { PlacementContext } from '../context.ts'
import type { InventoryTable } from '../database.ts'

export type InventoryValues = Pick<InventoryTable, 'total' | 'reserved' | 'min_unit' | 'max_unit' | 'step_size' | 'allocation_ratio'>

export async function listInventories(ctx: PlacementContext, provider: string): Promise<InventoryTable[]> {
  return await ctx.db.selectFrom('inventories').selectAll().where('provider_uuid', '=', provider).execute()
}

export async function findInventory(ctx: PlacementContext, provider: string, resourceClass: string): Promise<InventoryTable | undefined> {
  return await ctx.db.selectFrom('inventories').selectAll()
    .where('provider_uuid', '=', provider).where('resource_class', '=', resourceClass).executeTakeFirst()
}

/** Throws a unique violation when the provider has one of that class. */
export async function insertInventory(ctx: PlacementContext, provider: string, resourceClass: string, values: InventoryValues): Promise<void> {
  await ctx.db.insertInto('inventories')
    .values({ ...values, provider_uuid: provider, resource_class: resourceClass, used: 0, updated_at: nowIso(ctx.clock) }).execute()
}

/** Answers whether there was one. What is used of it stays, be it more than there now is. */
export async function updateInventory(ctx: PlacementContext, provider: string, resourceClass: string, values: InventoryValues): Promise<boolean> {
  const { numUpdatedRows } = await ctx.db.updateTable('inventories').set({ ...values, updated_at: nowIso(ctx.clock) })
    .where('provider_uuid', '=', provider).where('resource_class', '=', resourceClass).executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Removes those of the classes of which nothing is used; answers how many went. */
export async function deleteUnusedInventories(ctx: PlacementContext, provider: string, classes: string[]): Promise<number> {
  const { numDeletedRows } = await ctx.db.deleteFrom('inventories')
    .where('provider_uuid', '=', provider).where('resource_class', 'in', classes).where('used', '=', 0).executeTakeFirst()
  return Number(numDeletedRows)
}
