/** All SQL about custom resource classes. */
import { writeUnlessTaken } from '#core/db/database.ts'
import { nowIso } from '#core/time/clock.ts'
import type { PlacementContext } from '../context.ts'
import type { ResourceClassTable } from '../database.ts'

export async function listCustomClasses(ctx: PlacementContext): Promise<ResourceClassTable[]> {
  return await ctx.db.selectFrom('resource_classes').selectAll().orderBy('created_at').orderBy('name').execute()
}

export async function findCustomClasses(ctx: PlacementContext, names: string[]): Promise<ResourceClassTable[]> {
  return await ctx.db.selectFrom('resource_classes').selectAll().where('name', 'in', names).execute()
}

/** Answers false when the name is taken. */
export async function insertClass(ctx: PlacementContext, name: string): Promise<boolean> {
  return await writeUnlessTaken(ctx.db.insertInto('resource_classes').values({ name, created_at: nowIso(ctx.clock) }))
}

export async function isClassInUse(ctx: PlacementContext, name: string): Promise<boolean> {
  return (await ctx.db.selectFrom('inventories').select('provider_uuid').where('resource_class', '=', name).limit(1).execute()).length > 0
}

export async function deleteClass(ctx: PlacementContext, name: string): Promise<void> {
  await ctx.db.deleteFrom('resource_classes').where('name', '=', name).execute()
}

/** Gives a class another name, also where it stands in inventories and allocations. Answers false when that is taken. */
export async function renameClass(ctx: PlacementContext, name: string, to: string): Promise<boolean> {
  if (!await writeUnlessTaken(ctx.db.updateTable('resource_classes').set({ name: to }).where('name', '=', name))) return false
  await ctx.db.updateTable('inventories').set({ resource_class: to }).where('resource_class', '=', name).execute()
  await ctx.db.updateTable('allocations').set({ resource_class: to }).where('resource_class', '=', name).execute()
  return true
}
