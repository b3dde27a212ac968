/**
 * Claims: consumers shall hold exactly this, all of them or none.
 *
 * What each inventory gains or gives is summed up over all claims first, so that a claim can move from one consumer
 * to another without ever being counted twice. Whether it fits is then decided by the statement that takes it, and
 * whether somebody else changed the consumer by the statement that moves its generation: nothing is trusted because
 * it was read before. Rows are written in one order (consumers, providers, inventories; each by name), so that two
 * transactions wait for one another instead of locking each other out.
 */
import { inTransaction, isUniqueViolation } from '#core/db/database.ts'
import type { PlacementContext } from '../context.ts'
import type { AllocationTable, ConsumerTable } from '../database.ts'
import { errors } from '../errors.ts'
import { touchProviders } from '../providers/provider.store.ts'
import { deleteConsumer, findConsumers, giveToInventory, insertConsumer, listHeldBy, replaceHeld, takeFromInventory, updateConsumer } from './allocation.store.ts'
import { checkTargets } from './check-targets.ts'

export interface Claim {
  consumer: string
  projectId: string
  userId: string
  /** Absent keeps the type the consumer has. */
  consumerType?: string
  /** What the client believes the generation to be (null: no such consumer); absent when it is too old to say. */
  generation?: number | null
  /** Provider → resource class → amount. Nothing at all gives everything back. */
  allocations: Record<string, { resources: Record<string, number> }>
}

type Held = Omit<AllocationTable, 'created_at'>

export async function writeAllocations(ctx: PlacementContext, claims: Claim[]): Promise<void> {
  if (claims.length === 0) return
  await inTransaction(ctx, async (ctx) => {
    const uuids = claims.map((claim) => claim.consumer)
    const known = new Map((await findConsumers(ctx, uuids)).map((row) => [row.uuid, row]))
    for (const claim of claims) guardGeneration(claim, known.get(claim.consumer))
    const before = known.size === 0 ? [] : await listHeldBy(ctx, [...known.keys()])
    const after = claims.flatMap(heldAfter)
    await checkTargets(ctx, after, claims.length === 1 ? uuids[0] : undefined)
    for (const claim of claims.toSorted((a, b) => (a.consumer < b.consumer ? -1 : 1))) await saveConsumer(ctx, claim, known.get(claim.consumer))
    await moveAmounts(ctx, before, after)
    await replaceHeld(ctx, [...new Set(before.map((row) => row.consumer_uuid))], after)
  })
}

function guardGeneration(claim: Claim, consumer: ConsumerTable | undefined): void {
  if (claim.generation === undefined) return
  const actual = consumer?.generation ?? null
  if (claim.generation !== actual) throw errors.ConsumerGenerationConflict({ expected: actual, got: claim.generation })
}

function heldAfter(claim: Claim): Held[] {
  return Object.entries(claim.allocations).flatMap(([provider_uuid, { resources }]) =>
    Object.entries(resources).map(([resource_class, used]) => ({ consumer_uuid: claim.consumer, provider_uuid, resource_class, used })))
}

/** A consumer exists as long as it holds something; each change moves its generation on. */
async function saveConsumer(ctx: PlacementContext, claim: Claim, consumer: ConsumerTable | undefined): Promise<void> {
  const empty = Object.keys(claim.allocations).length === 0
  const fields = { project_id: claim.projectId, user_id: claim.userId }
  if (consumer === undefined) {
    if (empty) return
    try {
      await insertConsumer(ctx, { uuid: claim.consumer, generation: 1, ...fields, consumer_type: claim.consumerType ?? null })
    } catch (error) {
      throw isUniqueViolation(error) ? errors.AllocationRace({}, { cause: error }) : error
    }
    return
  }
  const seen = consumer.generation
  const change = { generation: seen + 1, ...fields, ...(claim.consumerType === undefined ? {} : { consumer_type: claim.consumerType }) }
  const won = empty ? await deleteConsumer(ctx, consumer.uuid, seen) : await updateConsumer(ctx, consumer.uuid, seen, change)
  if (!won) throw errors.AllocationRace()
}

interface Movement { provider: string; resourceClass: string; given: number; taken: number }

async function moveAmounts(ctx: PlacementContext, before: Held[], after: Held[]): Promise<void> {
  const movements = sumUp(before, after)
  if (movements.length === 0) return
  await touchProviders(ctx, [...new Set(movements.map((m) => m.provider))])
  for (const { provider, resourceClass, given, taken } of movements) {
    if (taken === 0) await giveToInventory(ctx, provider, resourceClass, given)
    else if (!(await takeFromInventory(ctx, provider, resourceClass, taken - given))) throw errors.AllocationTooLarge({ provider, resourceClass })
  }
}

/** Per inventory what is given back and what is taken, in the order in which inventories are locked. */
function sumUp(before: Held[], after: Held[]): Movement[] {
  const sums = new Map<string, Movement>()
  const at = (row: Held): Movement => {
    const key = `${row.provider_uuid} ${row.resource_class}`
    let sum = sums.get(key)
    if (sum === undefined) sums.set(key, (sum = { provider: row.provider_uuid, resourceClass: row.resource_class, given: 0, taken: 0 }))
    return sum
  }
  for (const row of before) at(row).given += row.used
  for (const row of after) at(row).taken += row.used
  return [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum)
}
