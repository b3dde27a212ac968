/** The traits of one provider: show, set, remove. */
import type { Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { PlacementContext } from '../context.ts'
import { errors } from '../errors.ts'
import { fresh } from '../freshness.versions.ts'
import { requireProvider } from '../providers/require-provider.ts'
import { unknownTraits } from './known-traits.ts'
import { setProviderTraits } from './set-provider-traits.ts'
import type { ProviderTraitsBody } from './trait.schema.ts'
import { listSetMembers } from './trait.store.ts'

export async function showProviderTraits(ctx: PlacementContext, request: RouteRequest): Promise<Reply> {
  const provider = await requireProvider(ctx, request.params['uuid']!)
  const traits = await listSetMembers(ctx, provider.trait_set)
  return fresh(ctx, request, { body: { traits, resource_provider_generation: provider.generation } })
}

export async function updateProviderTraits(ctx: PlacementContext, request: RouteRequest<ProviderTraitsBody>): Promise<Reply> {
  const { traits, resource_provider_generation: seen } = request.body
  const provider = await requireProvider(ctx, request.params['uuid']!)
  if (provider.generation !== seen) throw errors.GenerationChanged()
  const unknown = await unknownTraits(ctx, traits)
  if (unknown.length > 0) throw errors.NoSuchTrait({ names: unknown.join(', ') })
  const wanted = new Set(traits)
  const { generation } = await setProviderTraits(ctx, provider, wanted)
  return fresh(ctx, request, { body: { traits: [...wanted], resource_provider_generation: generation } })
}

export async function deleteProviderTraits(ctx: PlacementContext, request: RouteRequest): Promise<undefined> {
  await setProviderTraits(ctx, await requireProvider(ctx, request.params['uuid']!), new Set())
}
