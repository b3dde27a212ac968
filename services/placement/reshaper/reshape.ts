/**
 * Inventories move between providers, and with them the claims, in one transaction: first every inventory that shall
 * be there is there besides those that shall go, then the claims move over, then what shall go is empty and goes.
 */
import { inTransaction } from '#core/db/database.ts'
import { writeAllocations, type Claim } from '../allocations/write-allocations.ts'
import type { PlacementContext } from '../context.ts'
import type { ProviderTable } from '../database.ts'
import { errors } from '../errors.ts'
import { withDefaults } from '../inventories/capacity.ts'
import type { InventoriesUpdate } from '../inventories/inventory.schema.ts'
import { dropOtherInventories, saveInventories, type Inventories } from '../inventories/save-inventories.ts'
import { findProviders } from '../providers/provider.store.ts'
import { takeGeneration } from '../providers/require-provider.ts'
import { firstUnknownClass } from '../resource-classes/known-classes.ts'

interface Plan { provider: ProviderTable; wanted: Inventories }

export async function reshape(ctx: PlacementContext, inventories: Record<string, InventoriesUpdate>, claims: Claim[]): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const plans = await plan(ctx, inventories)
    for (const { provider, wanted } of plans) {
      await takeGeneration(ctx, provider)
      await saveInventories(ctx, provider, wanted)
    }
    await writeAllocations(ctx, claims)
    for (const { provider, wanted } of plans) await dropOtherInventories(ctx, provider, wanted, 'update conflict: ')
  })
}

async function plan(ctx: PlacementContext, inventories: Record<string, InventoriesUpdate>): Promise<Plan[]> {
  const known = new Map((await findProviders(ctx, Object.keys(inventories))).map((row) => [row.uuid, row]))
  const unknownClass = await firstUnknownClass(ctx, Object.values(inventories).flatMap((i) => Object.keys(i.inventories)))
  if (unknownClass !== undefined) throw errors.BadRequest({ message: `malformed reshaper data: No such resource class ${unknownClass}.` })
  return Object.entries(inventories).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([uuid, given]) => {
    const provider = known.get(uuid)
    if (provider === undefined) throw errors.ReshapedProviderNotFound({ uuid })
    const seen = given.resource_provider_generation
    if (seen !== provider.generation) throw errors.ReshapeGenerationConflict({ uuid, actual: provider.generation, given: seen })
    return { provider, wanted: new Map(Object.entries(given.inventories).map(([name, values]) => [name, withDefaults(values)])) }
  })
}
