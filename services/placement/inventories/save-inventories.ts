/**
 * A provider's inventories become exactly those given. Shrinking below what is used is allowed (operators do it to
 * drain a host); removing what is used is not, and the statement that removes decides.
 */
import { inTransaction } from '#core/db/database.ts'
import type { PlacementContext } from '../context.ts'
import type { ProviderTable } from '../database.ts'
import { errors } from '../errors.ts'
import { takeGeneration } from '../providers/require-provider.ts'
import { firstUnknownClass } from '../resource-classes/known-classes.ts'
import { deleteUnusedInventories, insertInventory, listInventories, updateInventory, type InventoryValues } from './inventory.store.ts'

export type Inventories = ReadonlyMap<string, InventoryValues>

/** `words` begin the refusal when something to be removed is in use. */
export async function replaceInventories(ctx: PlacementContext, provider: ProviderTable, wanted: Inventories, words: string): Promise<ProviderTable> {
  return await inTransaction(ctx, async (ctx) => {
    const taken = await takeGeneration(ctx, provider)
    await saveInventories(ctx, provider, wanted)
    await dropOtherInventories(ctx, provider, wanted, words)
    return taken
  })
}

/** Adds and changes, removes nothing. Runs in the caller's transaction. */
export async function saveInventories(ctx: PlacementContext, provider: ProviderTable, wanted: Inventories): Promise<void> {
  for (const [name, values] of wanted) {
    if (!(await updateInventory(ctx, provider.uuid, name, values))) await insertInventory(ctx, provider.uuid, name, values)
  }
}

/** Removes all classes that are not wanted. Runs in the caller's transaction. */
export async function dropOtherInventories(ctx: PlacementContext, provider: ProviderTable, wanted: Inventories, words: string): Promise<void> {
  const others = (await listInventories(ctx, provider.uuid)).filter((row) => !wanted.has(row.resource_class))
  if (others.length === 0) return
  const gone = await deleteUnusedInventories(ctx, provider.uuid, others.map((row) => row.resource_class))
  if (gone === others.length) return
  const used = (await listInventories(ctx, provider.uuid)).filter((row) => !wanted.has(row.resource_class))
  throw errors.InventoryInUse({ words, resourceClass: used.map((row) => row.resource_class).join(', '), provider: provider.uuid })
}

export async function refuseUnknownClass(ctx: PlacementContext, provider: ProviderTable, names: Iterable<string>, words: string): Promise<void> {
  const unknown = await firstUnknownClass(ctx, names)
  if (unknown !== undefined) throw errors.InventoryOfUnknownClass({ words, resourceClass: unknown, provider: provider.uuid })
}
