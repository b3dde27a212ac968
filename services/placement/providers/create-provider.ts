/** A new provider: a root of its own, or a child in its parent's tree. Unique keys decide who comes first. */
import { isForeignKeyViolation, isUniqueViolation } from '#core/db/database.ts'
import { canonicalUuid } from '#core/ids/ids.ts'
import { nowIso } from '#core/time/clock.ts'
import type { PlacementContext } from '../context.ts'
import type { ProviderTable } from '../database.ts'
import { errors } from '../errors.ts'
import { NO_TRAITS } from '../traits/trait-set.ts'
import type { ProviderCreate } from './provider.schema.ts'
import { findProvider, insertProvider, listProviders } from './provider.store.ts'

export async function createProvider(ctx: PlacementContext, input: ProviderCreate): Promise<ProviderTable> {
  const uuid = input.uuid === undefined ? ctx.ids.uuid() : canonicalUuid(input.uuid)
  const refuse = (reason: string, cause?: unknown): Error => errors.ProviderNotCreated({ name: input.name, uuid, reason }, { cause })
  if (input.name === '') throw refuse('name is required')
  const parentUuid = input.parent_provider_uuid ?? null
  if (parentUuid === uuid) {
    throw refuse('parent provider UUID cannot be same as UUID. Please set parent provider UUID to None if there is no parent.')
  }
  const parent = parentUuid === null ? null : await findProvider(ctx, parentUuid)
  if (parent === undefined) throw refuse('parent provider UUID does not exist.')
  const now = nowIso(ctx.clock)
  const row: ProviderTable = {
    uuid, name: input.name, generation: 0, parent_uuid: parentUuid, root_uuid: parent?.root_uuid ?? uuid, trait_set: NO_TRAITS, created_at: now, updated_at: now,
  }
  try {
    await insertProvider(ctx, row)
  } catch (error) {
    if (isForeignKeyViolation(error)) throw refuse('parent provider UUID does not exist.', error)
    if (isUniqueViolation(error)) throw errors.ProviderExists({ what: await whatIsTaken(ctx, row) }, { cause: error })
    throw error
  }
  return row
}

async function whatIsTaken(ctx: PlacementContext, row: ProviderTable): Promise<string> {
  const anything = { requiredTraits: [], forbiddenTraits: [], memberOf: [], forbiddenAggregates: [], resources: new Map() }
  const taken = [
    ...(await findProvider(ctx, row.uuid) === undefined ? [] : [`uuid: ${row.uuid}`]),
    ...((await listProviders(ctx, { ...anything, name: row.name })).length === 0 ? [] : [`name: ${row.name}`]),
  ]
  return taken.join(', ')
}
