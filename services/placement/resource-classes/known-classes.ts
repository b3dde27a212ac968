/** Which resource classes exist: the standard ones, and those that operators registered. */
import type { PlacementContext } from '../context.ts'
import { findCustomClasses } from './resource-class.store.ts'
import { STANDARD_CLASSES } from './standard-classes.ts'

/** The first of the names that is no class. Asks the database only about names that are not standard. */
export async function firstUnknownClass(ctx: PlacementContext, names: Iterable<string>): Promise<string | undefined> {
  const custom = [...new Set(names)].filter((name) => !STANDARD_CLASSES.has(name))
  if (custom.length === 0) return undefined
  const known = new Set((await findCustomClasses(ctx, custom)).map((row) => row.name))
  return custom.find((name) => !known.has(name))
}
