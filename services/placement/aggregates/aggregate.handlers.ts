/** The aggregates of one provider: show, set. */
import type { Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { PlacementContext } from '../context.ts'
import { fresh } from '../freshness.versions.ts'
import { requireProvider } from '../providers/require-provider.ts'
import type { AggregatesBody } from './aggregate.schema.ts'
import { listAggregates } from './aggregate.store.ts'
import { setAggregates } from './set-aggregates.ts'

export async function showAggregates(ctx: PlacementContext, request: RouteRequest): Promise<Reply> {
  const provider = await requireProvider(ctx, request.params['uuid']!)
  const aggregates = await listAggregates(ctx, provider.uuid)
  return fresh(ctx, request, { body: { aggregates, resource_provider_generation: provider.generation } })
}

export async function updateAggregates(ctx: PlacementContext, request: RouteRequest<AggregatesBody>): Promise<Reply> {
  const { aggregates, resource_provider_generation: seen } = request.body
  const { generation } = await setAggregates(ctx, request.params['uuid']!, aggregates, seen)
  return fresh(ctx, request, { body: { aggregates, resource_provider_generation: generation } })
}
