/** Allocations: of a consumer, of a provider; claim, claim for many, give back. */
import type { Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { canonicalUuid, isUuidLike } from '#core/ids/ids.ts'
import type { PlacementContext } from '../context.ts'
import { errors } from '../errors.ts'
import { fresh } from '../freshness.versions.ts'
import { requireProvider } from '../providers/require-provider.ts'
import type { ConsumerClaim, ManyClaims } from './allocation.schema.ts'
import { findConsumers, listConsumerAllocations, listProviderAllocations } from './allocation.store.ts'
import { consumerAllocationsView, providerAllocationsView } from './allocation.view.ts'
import { readClaim } from './read-claim.ts'
import { writeAllocations } from './write-allocations.ts'

/** A consumer that nobody has heard of holds nothing: there is no 404. */
export async function showConsumerAllocations(ctx: PlacementContext, request: RouteRequest): Promise<Reply> {
  const consumer = request.params['consumer_uuid']!
  const rows = await listConsumerAllocations(ctx, consumer)
  const [row] = rows.length === 0 ? [] : await findConsumers(ctx, [consumer])
  return fresh(ctx, request, { body: consumerAllocationsView(rows, row), changed: rows.map((r) => r.created_at) })
}

export async function showProviderAllocations(ctx: PlacementContext, request: RouteRequest): Promise<Reply> {
  const provider = await requireProvider(ctx, request.params['uuid']!)
  const rows = await listProviderAllocations(ctx, provider.uuid)
  return fresh(ctx, request, { body: providerAllocationsView(rows, provider.generation), changed: rows.map((r) => r.created_at) })
}

export async function claimForConsumer(ctx: PlacementContext, request: RouteRequest<ConsumerClaim>): Promise<undefined> {
  await writeAllocations(ctx, [readClaim(ctx, request.version, canonicalUuid(request.params['consumer_uuid']!), request.body)])
}

/** Any UUID may be a consumer; another text is refused before the body is looked at. */
export function lookUpConsumer(_ctx: PlacementContext, request: RouteRequest): void {
  const consumer = request.params['consumer_uuid']!
  if (!isUuidLike(consumer)) throw errors.MalformedConsumer({ uuid: consumer })
}

export async function claimForMany(ctx: PlacementContext, request: RouteRequest<ManyClaims>): Promise<undefined> {
  await writeAllocations(ctx, Object.entries(request.body).map(([consumer, body]) => readClaim(ctx, request.version, consumer, body)))
}

export async function deleteAllocations(ctx: PlacementContext, request: RouteRequest): Promise<undefined> {
  const consumer = request.params['consumer_uuid']!
  const [row] = await findConsumers(ctx, [consumer])
  if (row === undefined) throw errors.NoAllocations({ consumer })
  await writeAllocations(ctx, [{ consumer, projectId: row.project_id, userId: row.user_id, allocations: {} }])
}
