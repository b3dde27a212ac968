/** A provider has more, less, or nothing any more of one class. */
import { inTransaction } from '#core/db/database.ts'
import type { PlacementContext } from '../context.ts'
import type { ProviderTable } from '../database.ts'
import { errors } from '../errors.ts'
import { takeGeneration } from '../providers/require-provider.ts'
import { firstUnknownClass } from '../resource-classes/known-classes.ts'
import { deleteUnusedInventories, findInventory, updateInventory, type InventoryValues } from './inventory.store.ts'

export async function changeInventory(ctx: PlacementContext, provider: ProviderTable, resourceClass: string, values: InventoryValues): Promise<ProviderTable> {
  if (await firstUnknownClass(ctx, [resourceClass]) !== undefined) throw errors.ClassNotFound({ name: resourceClass })
  return await inTransaction(ctx, async (ctx) => {
    const taken = await takeGeneration(ctx, provider)
    if (!(await updateInventory(ctx, provider.uuid, resourceClass, values))) throw errors.NoInventoryToUpdate({ resourceClass, provider: provider.uuid })
    return taken
  })
}

export async function removeInventory(ctx: PlacementContext, provider: ProviderTable, resourceClass: string): Promise<void> {
  const missing = (reason: string): Error => errors.NoInventoryToDelete({ resourceClass, reason })
  if (await firstUnknownClass(ctx, [resourceClass]) !== undefined) throw missing(`No such resource class ${resourceClass}.`)
  await inTransaction(ctx, async (ctx) => {
    await takeGeneration(ctx, provider)
    if (await deleteUnusedInventories(ctx, provider.uuid, [resourceClass]) > 0) return
    if (await findInventory(ctx, provider.uuid, resourceClass) === undefined) throw missing(`No inventory of class ${resourceClass} found for delete`)
    throw errors.InventoryInUseOnDelete({ resourceClass, provider: provider.uuid })
  })
}
