/** What a claim names must exist, and each amount must be of a size that the inventory gives out. */
import type { PlacementContext } from '../context.ts'
import type { AllocationTable } from '../database.ts'
import { errors } from '../errors.ts'
import { findProviders } from '../providers/provider.store.ts'
import { firstUnknownClass } from '../resource-classes/known-classes.ts'
import { listInventoriesOf } from './allocation.store.ts'

type Held = Omit<AllocationTable, 'created_at'>

/** `consumer` is named in the refusal of an unknown class when the claim is of one consumer alone. */
export async function checkTargets(ctx: PlacementContext, wanted: Held[], consumer: string | undefined): Promise<void> {
  if (wanted.length === 0) return
  const providers = [...new Set(wanted.map((row) => row.provider_uuid))]
  const inventories = Map.groupBy(await listInventoriesOf(ctx, providers), (row) => row.provider_uuid)
  if (inventories.size < providers.length) await refuseUnknownProvider(ctx, providers)
  const classes = [...new Set(wanted.map((row) => row.resource_class))]
  const unknown = await firstUnknownClass(ctx, classes)
  if (unknown !== undefined) throw errors.AllocationOfUnknownClass({ resourceClass: unknown, consumer })
  const bare = providers.filter((uuid) => !inventories.get(uuid)?.some((row) => classes.includes(row.resource_class)))
  if (bare.length > 0) throw errors.AllocationWithoutInventory({ resourceClass: classes.join(', '), provider: bare.join(', ') })
  for (const { provider_uuid: provider, resource_class: resourceClass, used } of wanted) {
    const inventory = inventories.get(provider)?.find((row) => row.resource_class === resourceClass)
    if (inventory === undefined) throw errors.AllocationWithoutInventory({ resourceClass, provider })
    const outOfStep = used < inventory.min_unit || used > inventory.max_unit || used % inventory.step_size !== 0
    if (outOfStep) throw errors.AllocationOutOfStep({ resourceClass, provider })
  }
}

async function refuseUnknownProvider(ctx: PlacementContext, providers: string[]): Promise<void> {
  const known = new Set((await findProviders(ctx, providers)).map((row) => row.uuid))
  const unknown = providers.find((uuid) => !known.has(uuid))
  if (unknown !== undefined) throw errors.AllocationToUnknownProvider({ uuid: unknown })
}
