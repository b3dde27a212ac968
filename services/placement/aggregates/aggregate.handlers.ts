/** The aggregates of one provider: show, set. */
import { inTransaction } from '#core/db/database.ts'
import type { Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { PlacementContext } from '../context.ts'
import { errors } from '../errors.ts'
import { fresh } from '../freshness.versions.ts'
import { requireProvider, takeGeneration } from '../providers/require-provider.ts'
import type { AggregatesBody } from './aggregate.schema.ts'
import { listAggregates, replaceAggregates } from './aggregate.store.ts'

export async function showAggregates(ctx: PlacementContext, request: RouteRequest): Promise<Reply> {
  const provider = await requireProvider(ctx, request.params['uuid']!)
  const aggregates = await listAggregates(ctx, provider.uuid)
  return fresh(ctx, request, { body: { aggregates, resource_provider_generation: provider.generation } })
}

export async function updateAggregates(ctx: PlacementContext, request: RouteRequest<AggregatesBody>): Promise<Reply> {
  const { aggregates, resource_provider_generation: seen } = request.body
  const { generation } = await inTransaction(ctx, async (ctx) => {
    const provider = await requireProvider(ctx, request.params['uuid']!)
    if (seen !== undefined && seen !== provider.generation) throw errors.GenerationChanged()
    const taken = seen === undefined ? provider : await takeGeneration(ctx, provider)
    await replaceAggregates(ctx, provider.uuid, aggregates)
    return taken
  })
  return fresh(ctx, request, { body: { aggregates, resource_provider_generation: generation } })
}
