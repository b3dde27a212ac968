/** A provider's traits become exactly these. What is the same already moves no generation. */
import { inTransaction } from '#core/db/database.ts'
import type { PlacementContext } from '../context.ts'
import type { ProviderTable } from '../database.ts'
import { takeGeneration } from '../providers/require-provider.ts'
import { addProviderTraits, dropProviderTraits, listProviderTraits } from './trait.store.ts'

export async function setProviderTraits(ctx: PlacementContext, provider: ProviderTable, wanted: ReadonlySet<string>): Promise<ProviderTable> {
  return await inTransaction(ctx, async (ctx) => {
    const present = new Set(await listProviderTraits(ctx, provider.uuid))
    const [more, less] = [wanted.difference(present), present.difference(wanted)]
    if (more.size === 0 && less.size === 0) return provider
    const taken = await takeGeneration(ctx, provider)
    await dropProviderTraits(ctx, provider.uuid, [...less])
    await addProviderTraits(ctx, provider.uuid, [...more])
    return taken
  })
}
