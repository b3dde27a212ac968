/** All SQL about consumers and what they hold, and about `inventories.used`, which follows it. */
import { nowIso } from '#core/time/clock.ts'
import type { PlacementContext } from '../context.ts'
import type { AllocationTable, ConsumerTable, InventoryTable } from '../database.ts'

export type HeldAllocation = AllocationTable & { provider_generation: number }
export type ProviderAllocation = AllocationTable & { consumer_generation: number }

export async function findConsumers(ctx: PlacementContext, uuids: string[]): Promise<ConsumerTable[]> {
  return await ctx.db.selectFrom('consumers').selectAll().where('uuid', 'in', uuids).execute()
}

export async function listHeldBy(ctx: PlacementContext, consumers: string[]): Promise<AllocationTable[]> {
  return await ctx.db.selectFrom('allocations').selectAll().where('consumer_uuid', 'in', consumers).execute()
}

export async function listConsumerAllocations(ctx: PlacementContext, consumer: string): Promise<HeldAllocation[]> {
  return await ctx.db.selectFrom('allocations as a').innerJoin('resource_providers as p', 'p.uuid', 'a.provider_uuid')
    .selectAll('a').select('p.generation as provider_generation').where('a.consumer_uuid', '=', consumer).execute()
}

export async function listProviderAllocations(ctx: PlacementContext, provider: string): Promise<ProviderAllocation[]> {
  return await ctx.db.selectFrom('allocations as a').innerJoin('consumers as c', 'c.uuid', 'a.consumer_uuid')
    .selectAll('a').select('c.generation as consumer_generation').where('a.provider_uuid', '=', provider).execute()
}

export async function listInventoriesOf(ctx: PlacementContext, providers: string[]): Promise<InventoryTable[]> {
  return await ctx.db.selectFrom('inventories').selectAll().where('provider_uuid', 'in', providers).execute()
}

/** Throws a unique violation when somebody made it first. */
export async function insertConsumer(ctx: PlacementContext, row: ConsumerTable): Promise<void> {
  await ctx.db.insertInto('consumers').values(row).execute()
}

/** Changes the consumer if its generation still is the one seen; answers whether it was. */
export async function updateConsumer(ctx: PlacementContext, uuid: string, seen: number, change: Partial<ConsumerTable>): Promise<boolean> {
  const { numUpdatedRows } = await ctx.db.updateTable('consumers').set(change).where('uuid', '=', uuid).where('generation', '=', seen).executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Removes the consumer if its generation still is the one seen; answers whether it was. */
export async function deleteConsumer(ctx: PlacementContext, uuid: string, seen: number): Promise<boolean> {
  const { numDeletedRows } = await ctx.db.deleteFrom('consumers').where('uuid', '=', uuid).where('generation', '=', seen).executeTakeFirst()
  return numDeletedRows > 0n
}

/**
 * Takes `amount` more of an inventory (or less, when negative) if what is then used fits its capacity; answers
 * whether it did. This one statement is what makes two claims unable to take the same thing.
 */
export async function takeFromInventory(ctx: PlacementContext, provider: string, resourceClass: string, amount: number): Promise<boolean> {
  const { numUpdatedRows } = await ctx.db.updateTable('inventories')
    .set((eb) => ({ used: eb('used', '+', amount) }))
    .where('provider_uuid', '=', provider).where('resource_class', '=', resourceClass)
    .where((eb) => eb(eb('used', '+', amount), '<=', eb(eb.parens('total', '-', eb.ref('reserved')), '*', eb.ref('allocation_ratio'))))
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Gives back, also to an inventory that has shrunk below what is used of it. */
export async function giveToInventory(ctx: PlacementContext, provider: string, resourceClass: string, amount: number): Promise<void> {
  await ctx.db.updateTable('inventories').set((eb) => ({ used: eb('used', '-', amount) }))
    .where('provider_uuid', '=', provider).where('resource_class', '=', resourceClass).execute()
}

export async function replaceHeld(ctx: PlacementContext, had: string[], rows: Omit<AllocationTable, 'created_at'>[]): Promise<void> {
  if (had.length > 0) await ctx.db.deleteFrom('allocations').where('consumer_uuid', 'in', had).execute()
  if (rows.length === 0) return
  const created_at = nowIso(ctx.clock)
  await ctx.db.insertInto('allocations').values(rows.map((row) => ({ ...row, created_at }))).execute()
}
