/** A provider's traits become exactly these. What is the same already moves no generation. */
import { inTransaction } from '#core/db/database.ts'
import type { PlacementContext } from '../context.ts'
import type { ProviderTable } from '../database.ts'
import { updateProviderRow } from '../providers/provider.store.ts'
import { takeGeneration } from '../providers/require-provider.ts'
import { traitSetName } from './trait-set.ts'
import { listSetMembers, saveTraitSet } from './trait.store.ts'

export async function setProviderTraits(ctx: PlacementContext, provider: ProviderTable, wanted: ReadonlySet<string>): Promise<ProviderTable> {
  const set = traitSetName(wanted)
  if (set === provider.trait_set) return provider
  return await inTransaction(ctx, async (ctx) => {
    const taken = await takeGeneration(ctx, provider)
    if ((await listSetMembers(ctx, set)).length < wanted.size) await saveTraitSet(ctx, set, [...wanted])
    await updateProviderRow(ctx, provider.uuid, { trait_set: set })
    return { ...taken, trait_set: set }
  })
}
