/** All SQL about traits: the custom ones, and which provider has which. */
import { isUniqueViolation } from '#core/db/database.ts'
import { nowIso } from '#core/time/clock.ts'
import type { PlacementContext } from '../context.ts'
import type { TraitTable } from '../database.ts'

export async function listCustomTraits(ctx: PlacementContext): Promise<TraitTable[]> {
  return await ctx.db.selectFrom('traits').selectAll().orderBy('name').execute()
}

export async function findCustomTraits(ctx: PlacementContext, names: string[]): Promise<TraitTable[]> {
  return await ctx.db.selectFrom('traits').selectAll().where('name', 'in', names).execute()
}

/** Answers false when it was there. */
export async function insertTrait(ctx: PlacementContext, name: string): Promise<boolean> {
  try {
    await ctx.db.insertInto('traits').values({ name, created_at: nowIso(ctx.clock) }).execute()
    return true
  } catch (error) {
    if (isUniqueViolation(error)) return false
    throw error
  }
}

export async function deleteTraitRow(ctx: PlacementContext, name: string): Promise<boolean> {
  return (await ctx.db.deleteFrom('traits').where('name', '=', name).executeTakeFirst()).numDeletedRows > 0n
}

/** Names that at least one provider has. */
export async function listTraitsInUse(ctx: PlacementContext): Promise<Set<string>> {
  const rows = await ctx.db.selectFrom('provider_traits').select('trait').distinct().execute()
  return new Set(rows.map((row) => row.trait))
}

export async function isTraitInUse(ctx: PlacementContext, name: string): Promise<boolean> {
  return (await ctx.db.selectFrom('provider_traits').select('trait').where('trait', '=', name).limit(1).execute()).length > 0
}

export async function listProviderTraits(ctx: PlacementContext, provider: string): Promise<string[]> {
  const rows = await ctx.db.selectFrom('provider_traits').select('trait').where('provider_uuid', '=', provider).orderBy('trait').execute()
  return rows.map((row) => row.trait)
}

export async function addProviderTraits(ctx: PlacementContext, provider: string, traits: string[]): Promise<void> {
  if (traits.length === 0) return
  await ctx.db.insertInto('provider_traits').values(traits.map((trait) => ({ provider_uuid: provider, trait }))).execute()
}

export async function dropProviderTraits(ctx: PlacementContext, provider: string, traits: string[]): Promise<void> {
  if (traits.length === 0) return
  await ctx.db.deleteFrom('provider_traits').where('provider_uuid', '=', provider).where('trait', 'in', traits).execute()
}
