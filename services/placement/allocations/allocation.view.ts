/** Rows → API: what a consumer holds, by provider; who holds a provider, by consumer. */
import type { ConsumerTable } from '../database.ts'
import type { HeldAllocation, ProviderAllocation } from './allocation.store.ts'

/** Shown for consumers whose client was too old to say what they are. */
export const UNKNOWN_TYPE = 'unknown'

export function consumerAllocationsView(rows: HeldAllocation[], consumer: ConsumerTable | undefined): object {
  const allocations: Record<string, { generation: number; resources: Record<string, number> }> = {}
  for (const row of rows) {
    const entry = (allocations[row.provider_uuid] ??= { resources: {}, generation: row.provider_generation })
    entry.resources[row.resource_class] = row.used
  }
  if (rows.length === 0 || consumer === undefined) return { allocations }
  return {
    allocations, project_id: consumer.project_id, user_id: consumer.user_id,
    consumer_generation: consumer.generation, consumer_type: consumer.consumer_type ?? UNKNOWN_TYPE,
  }
}

export function providerAllocationsView(rows: ProviderAllocation[], generation: number): object {
  const allocations: Record<string, { consumer_generation: number; resources: Record<string, number> }> = {}
  for (const row of rows) {
    const entry = (allocations[row.consumer_uuid] ??= { resources: {}, consumer_generation: row.consumer_generation })
    entry.resources[row.resource_class] = row.used
  }
  return { allocations, resource_provider_generation: generation }
}
