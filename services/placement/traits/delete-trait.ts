/** A custom trait goes, unless a provider has it. */
import { inTransaction } from '#core/db/database.ts'
import type { PlacementContext } from '../context.ts'
import { errors } from '../errors.ts'
import { STANDARD_TRAITS } from './standard-traits.ts'
import { deleteSetsWith, deleteTraitRow, isTraitInUse } from './trait.store.ts'

export async function deleteTrait(ctx: PlacementContext, name: string): Promise<void> {
  if (STANDARD_TRAITS.has(name)) throw errors.TraitIsStandard({ name })
  await inTransaction(ctx, async (ctx) => {
    if (await isTraitInUse(ctx, name)) throw errors.TraitInUse({ name })
    if (!(await deleteTraitRow(ctx, name))) throw errors.TraitNotFound({ name })
    await deleteSetsWith(ctx, name)
  })
}
