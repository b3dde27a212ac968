/** What can be given out of an inventory: `(total - reserved) × allocation_ratio`, in whole units. */
import type { ProviderTable } from '../database.ts'
import { errors } from '../errors.ts'
import { MAX_INT, type InventoryAmounts } from './inventory.schema.ts'
import type { InventoryValues } from './inventory.store.ts'
import type { CapacityRule } from './inventory.versions.ts'

export function capacityOf(inventory: { total: number; reserved: number; allocation_ratio: number }): number {
  return Math.trunc((inventory.total - inventory.reserved) * inventory.allocation_ratio)
}

/** The amounts a client gave, with defaults for the rest. */
export function withDefaults(given: InventoryAmounts): InventoryValues {
  const { total, reserved = 0, min_unit = 1, max_unit = MAX_INT, step_size = 1, allocation_ratio = 1 } = given
  return { total, reserved, min_unit, max_unit, step_size, allocation_ratio }
}

export function refuseWithoutCapacity(provider: ProviderTable, inventories: ReadonlyMap<string, InventoryValues>, rule: CapacityRule, verb: 'create' | 'update'): void {
  for (const [resourceClass, values] of inventories) {
    if (capacityOf(values) < rule.least) throw errors.InventoryWithoutCapacity({ verb, relation: rule.relation, resourceClass, provider: provider.uuid })
  }
}
