/** A provider is in exactly these aggregates. Clients before 1.19 know no generation, and nothing guards their write. */
import { inTransaction } from '#core/db/database.ts'
import type { PlacementContext } from '../context.ts'
import type { ProviderTable } from '../database.ts'
import { errors } from '../errors.ts'
import { requireProvider, takeGeneration } from '../providers/require-provider.ts'
import { replaceAggregates } from './aggregate.store.ts'

export async function setAggregates(ctx: PlacementContext, uuid: string, aggregates: string[], seen: number | undefined): Promise<ProviderTable> {
  return await inTransaction(ctx, async (ctx) => {
    const provider = await requireProvider(ctx, uuid)
    if (seen !== undefined && seen !== provider.generation) throw errors.GenerationChanged()
    const taken = seen === undefined ? provider : await takeGeneration(ctx, provider)
    await replaceAggregates(ctx, uuid, aggregates)
    return taken
  })
}
