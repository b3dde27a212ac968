/** What must be true of placement's tables: what is counted as used is what is held, and holders and providers exist. */
import { inTransaction } from '#core/db/database.ts'
import type { Check, Problem } from '#core/service/explain.ts'
import type { PlacementContext } from '../context.ts'
import { deleteHeld, deleteEmptyConsumers, emptyConsumers, homelessAllocations, miscounted, setUsed } from './doctor.store.ts'

const usedIsHeld: Check<PlacementContext> = {
  name: 'used-is-held',
  invariant: 'What an inventory counts as used is the sum of its allocations.',
  async run(ctx, repair) {
    const problems: Problem[] = []
    for (const { provider_uuid: provider, resource_class: resourceClass, used, held } of await miscounted(ctx)) {
      const repaired = repair && await setUsed(ctx, provider, resourceClass, { seen: used, held })
      problems.push({ kind: 'miscounted-inventory', resource: 'resource provider', id: provider, sentence: `${resourceClass} of resource provider ${provider} counts ${used} as used, and ${held} are held`, repairable: true, repaired })
    }
    return problems
  },
}

const holdersExist: Check<PlacementContext> = {
  name: 'allocations-whole',
  invariant: 'Every allocation is of an inventory that exists, by a consumer that exists, and every consumer holds something.',
  async run(ctx, repair) {
    const [homeless, idle] = repair ? await inTransaction(ctx, async (tx) => {
      const found = await homelessAllocations(tx)
      for (const row of found) await deleteHeld(tx, row)
      const empty = await emptyConsumers(tx)
      await deleteEmptyConsumers(tx, empty)
      return [found, empty] as const
    }) : [await homelessAllocations(ctx), await emptyConsumers(ctx)] as const
    return [
      ...homeless.map((row) => ({
        kind: `allocation-without-${row.lacks}`, resource: 'allocation', id: row.consumer_uuid, repairable: true, repaired: repair,
        sentence: `consumer ${row.consumer_uuid} holds ${row.used} ${row.resource_class} of resource provider ${row.provider_uuid}, and there is no such ${row.lacks}`,
      })),
      ...idle.map((consumer) => ({ kind: 'idle-consumer', resource: 'consumer', id: consumer, sentence: `consumer ${consumer} holds nothing`, repairable: true, repaired: repair })),
    ]
  },
}

/** Allocations that nothing stands behind go first: sums are right afterwards. */
export const placementChecks: readonly Check<PlacementContext>[] = [holdersExist, usedIsHeld]
