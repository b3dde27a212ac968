/** Images fetched ahead of time to every host of an aggregate, so that the first boot there need not wait for them. */
import { inTransaction } from '#core/db/database.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import type { AggregateImages } from './aggregate.schema.ts'
import { cacheImagesOperation } from './cache-images.operation.ts'
import { requireAggregate } from './change-aggregate.ts'

export async function cacheAggregateImages(ctx: ComputeContext, request: RouteRequest<AggregateImages>): Promise<undefined> {
  const imageIds = request.body.cache.map((image) => image.id)
  if (new Set(imageIds).size < imageIds.length) throw errors.BadRequest({ message: 'Duplicate images in request' })
  const { uuid, hosts } = await requireAggregate(ctx, request.params['id']!)
  for (const id of imageIds) if (await ctx.clients.image.get(ctx, 'user', id) === undefined) throw errors.ImageUnknown({ id })
  await inTransaction(ctx, async (tx) => { await tx.operations.submit(tx, cacheImagesOperation as never, { aggregateId: uuid, hosts, imageIds }) })
}
