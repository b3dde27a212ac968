/** What nearly every call begins with: the provider it is about, at the generation its writer believes it has. */
import type { RouteRequest } from '#core/http/route.ts'
import type { PlacementContext } from '../context.ts'
import type { ProviderTable } from '../database.ts'
import { errors } from '../errors.ts'
import { advanceGeneration, findProvider } from './provider.store.ts'

export async function requireProvider(ctx: PlacementContext, uuid: string): Promise<ProviderTable> {
  const provider = await findProvider(ctx, uuid)
  if (provider === undefined) throw errors.ProviderNotFound({ uuid })
  return provider
}

/** The provider in the path of a route that says 404 before it looks at the body. */
export async function lookUpProvider(ctx: PlacementContext, request: RouteRequest): Promise<void> {
  await requireProvider(ctx, request.params['uuid']!)
}

/**
 * Moves the provider's generation on inside a transaction, so that of two writers who saw the same one only one
 * succeeds. Answers the provider with its new generation.
 */
export async function takeGeneration(ctx: PlacementContext, provider: ProviderTable): Promise<ProviderTable> {
  if (!(await advanceGeneration(ctx, provider.uuid, provider.generation))) throw errors.UpdateConflict()
  return { ...provider, generation: provider.generation + 1 }
}
