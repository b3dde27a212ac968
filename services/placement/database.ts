/**
 * The tables of placement. Keys are the names that the API speaks: UUIDs, class names, trait names; so no query has
 * to translate ids. `inventories.used` is the sum of the allocations on an inventory, kept by the same statement
 * that decides whether an amount fits (allocations/write-allocations.ts): capacity is never read before it is taken.
 */
export interface ProviderTable {
  uuid: string
  name: string
  generation: number
  parent_uuid: string | null
  /** Its own uuid when it has no parent. */
  root_uuid: string
  /** Names the set of its traits, see `TraitSetTable`. */
  trait_set: string
  created_at: string
  updated_at: string
}

export interface InventoryTable {
  provider_uuid: string
  resource_class: string
  total: number
  reserved: number
  min_unit: number
  max_unit: number
  step_size: number
  allocation_ratio: number
  used: number
  updated_at: string
}

/** Whoever holds allocations: a server, a migration, a volume. Exists as long as it holds any. */
export interface ConsumerTable {
  uuid: string
  generation: number
  project_id: string
  user_id: string
  /** Null when its client was too old to say (before 1.38). */
  consumer_type: string | null
}

export interface AllocationTable {
  consumer_uuid: string
  provider_uuid: string
  resource_class: string
  used: number
  created_at: string
}

/**
 * Sets of traits, a row for each member. A set is named by what is in it and never changes, so hosts of one kind
 * share one, and a search over a thousand of them reads their traits once.
 */
export interface TraitSetTable { trait_set: string; trait: string }
export interface ProviderAggregateTable { provider_uuid: string; aggregate_uuid: string }
/** Custom traits; standard ones are a constant. */
export interface TraitTable { name: string; created_at: string }
/** Custom resource classes; standard ones are a constant. */
export interface ResourceClassTable { name: string; created_at: string }

export interface PlacementTables {
  resource_providers: ProviderTable
  inventories: InventoryTable
  consumers: ConsumerTable
  allocations: AllocationTable
  trait_sets: TraitSetTable
  provider_aggregates: ProviderAggregateTable
  traits: TraitTable
  resource_classes: ResourceClassTable
}
