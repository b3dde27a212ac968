/** Which traits exist: the standard ones, and those that operators registered. */
import type { PlacementContext } from '../context.ts'
import { findCustomTraits } from './trait.store.ts'
import { STANDARD_TRAITS } from './standard-traits.ts'

/** Those of the names that are no traits. Asks the database only about names that are not standard. */
export async function unknownTraits(ctx: PlacementContext, names: string[]): Promise<string[]> {
  const custom = [...new Set(names)].filter((name) => !STANDARD_TRAITS.has(name))
  if (custom.length === 0) return []
  const known = new Set((await findCustomTraits(ctx, custom)).map((row) => row.name))
  return custom.filter((name) => !known.has(name))
}
