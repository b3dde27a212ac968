/** Row → API. One inventory alone carries its provider's generation; in a set the set does. */
import type { InventoryValues } from './inventory.store.ts'

function inventoryView(values: InventoryValues): InventoryValues {
  const { total, reserved, min_unit, max_unit, step_size, allocation_ratio } = values
  return { total, reserved, min_unit, max_unit, step_size, allocation_ratio }
}

export function singleInventoryView(values: InventoryValues, generation: number): object {
  return { ...inventoryView(values), resource_provider_generation: generation }
}

export function inventoriesView(inventories: Iterable<readonly [string, InventoryValues]>, generation: number): object {
  return { resource_provider_generation: generation, inventories: Object.fromEntries(Array.from(inventories, ([name, values]) => [name, inventoryView(values)])) }
}
