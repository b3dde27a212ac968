/** All SQL about traits: the custom ones, and the sets of them that providers have. */
import { sql, upsert, writeUnlessTaken } from '#core/db/database.ts'
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
  return await writeUnlessTaken(ctx.db.insertInto('traits').values({ name, created_at: nowIso(ctx.clock) }))
}

export async function deleteTraitRow(ctx: PlacementContext, name: string): Promise<boolean> {
  return (await ctx.db.deleteFrom('traits').where('name', '=', name).executeTakeFirst()).numDeletedRows > 0n
}

/** Names that at least one provider has. */
export async function listTraitsInUse(ctx: PlacementContext): Promise<Set<string>> {
  const rows = await ctx.db.selectFrom('trait_sets as s').select('s.trait').distinct().where(setInUse).execute()
  return new Set(rows.map((row) => row.trait))
}

export async function isTraitInUse(ctx: PlacementContext, name: string): Promise<boolean> {
  return (await ctx.db.selectFrom('trait_sets as s').select('s.trait').where('s.trait', '=', name).where(setInUse).limit(1).execute()).length > 0
}

const setInUse = sql<boolean>`s.trait_set in (select trait_set from resource_providers)`

export async function listSetMembers(ctx: PlacementContext, set: string): Promise<string[]> {
  const rows = await ctx.db.selectFrom('trait_sets').select('trait').where('trait_set', '=', set).orderBy('trait').execute()
  return rows.map((row) => row.trait)
}

/** Making a set that exists is fine: its name says what is in it. */
export async function saveTraitSet(ctx: PlacementContext, set: string, traits: string[]): Promise<void> {
  for (const trait of traits) await upsert(ctx.db, 'trait_sets', { trait_set: set, trait }, ['trait_set', 'trait'])
}

/** Sets that a removed trait was in. No provider has one of them, or the trait could not go. */
export async function deleteSetsWith(ctx: PlacementContext, trait: string): Promise<void> {
  const sets = await ctx.db.selectFrom('trait_sets').select('trait_set').where('trait', '=', trait).execute()
  if (sets.length > 0) await ctx.db.deleteFrom('trait_sets').where('trait_set', 'in', sets.map((row) => row.trait_set)).execute()
}
