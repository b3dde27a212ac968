/** A provider has one class more. */
import { inTransaction, isUniqueViolation } from '#core/db/database.ts'
import type { PlacementContext } from '../context.ts'
import type { ProviderTable } from '../database.ts'
import { errors } from '../errors.ts'
import { takeGeneration } from '../providers/require-provider.ts'
import { insertInventory, type InventoryValues } from './inventory.store.ts'
import { refuseUnknownClass } from './save-inventories.ts'

export async function createInventory(ctx: PlacementContext, provider: ProviderTable, resourceClass: string, values: InventoryValues): Promise<ProviderTable> {
  await refuseUnknownClass(ctx, provider, [resourceClass], 'Unable to create inventory for resource provider')
  try {
    return await inTransaction(ctx, async (ctx) => {
      const taken = await takeGeneration(ctx, provider)
      await insertInventory(ctx, provider.uuid, resourceClass, values)
      return taken
    })
  } catch (error) {
    if (isUniqueViolation(error)) throw errors.InventoryExists({ resourceClass, provider: provider.uuid }, { cause: error })
    throw error
  }
}
