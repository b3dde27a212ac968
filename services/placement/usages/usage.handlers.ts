/** Usages: of one provider, of a project. */
import { authorise } from '#core/http/context.ts'
import type { Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { UNKNOWN_TYPE } from '../allocations/allocation.view.ts'
import type { PlacementContext } from '../context.ts'
import { lastValue } from '../filters/query-language.ts'
import { fresh } from '../freshness.versions.ts'
import { listInventories } from '../inventories/inventory.store.ts'
import { requireProvider } from '../providers/require-provider.ts'
import { countConsumers, sumByClass, sumByTypeAndClass, type UsageFilter } from './usage.store.ts'

const ALL_TYPES = 'all'

export async function showProviderUsages(ctx: PlacementContext, request: RouteRequest): Promise<Reply> {
  const provider = await requireProvider(ctx, request.params['uuid']!)
  const rows = await listInventories(ctx, provider.uuid)
  const usages = Object.fromEntries(rows.map((row) => [row.resource_class, row.used]))
  return fresh(ctx, request, { body: { resource_provider_generation: provider.generation, usages } })
}

/** Before 1.38: one sum. */
export async function showProjectUsages(ctx: PlacementContext, request: RouteRequest): Promise<Reply> {
  const rows = await sumByClass(ctx, readFilter(ctx, request))
  return fresh(ctx, request, { body: { usages: Object.fromEntries(rows.map((row) => [row.resource_class, row.used])) } })
}

/** Since 1.38: a sum for each type of consumers, and how many of them there are. */
export async function showTypedProjectUsages(ctx: PlacementContext, request: RouteRequest): Promise<Reply> {
  const filter = readFilter(ctx, request)
  const asked = lastValue(request.query, 'consumer_type')
  if (asked !== undefined && asked !== ALL_TYPES) filter.consumerType = asked === UNKNOWN_TYPE ? null : asked
  const nameOf = (type: string | null): string => (asked === ALL_TYPES ? ALL_TYPES : type ?? UNKNOWN_TYPE)
  const usages: Record<string, Record<string, number>> = {}
  const add = (type: string | null, key: string, amount: number): void => {
    const group = (usages[nameOf(type)] ??= {})
    group[key] = (group[key] ?? 0) + amount
  }
  for (const row of await sumByTypeAndClass(ctx, filter)) add(row.consumer_type, row.resource_class, row.used)
  for (const row of await countConsumers(ctx, filter)) add(row.consumer_type, 'consumer_count', row.count)
  return fresh(ctx, request, { body: { usages } })
}

function readFilter(ctx: PlacementContext, { query }: RouteRequest): UsageFilter {
  const projectId = lastValue(query, 'project_id')!
  authorise(ctx, 'placement:usages', { project_id: projectId })
  return { projectId, userId: lastValue(query, 'user_id') }
}
