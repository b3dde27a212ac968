/** All SQL about usages. What is used of a provider is on its inventories; what a project uses is summed up. */
import type { PlacementContext } from '../context.ts'

export interface UsageFilter {
  projectId: string
  userId?: string
  /** Null: consumers without a type. */
  consumerType?: string | null
}

export interface ClassUsage { resource_class: string; used: number }
export interface TypedUsage extends ClassUsage { consumer_type: string | null }

function consumers(ctx: PlacementContext, filter: UsageFilter) {
  let query = ctx.db.selectFrom('consumers as c').where('c.project_id', '=', filter.projectId)
  if (filter.userId !== undefined) query = query.where('c.user_id', '=', filter.userId)
  if (filter.consumerType === null) query = query.where('c.consumer_type', 'is', null)
  else if (filter.consumerType !== undefined) query = query.where('c.consumer_type', '=', filter.consumerType)
  return query
}

function held(ctx: PlacementContext, filter: UsageFilter) {
  return consumers(ctx, filter).innerJoin('allocations as a', 'a.consumer_uuid', 'c.uuid')
}

export async function sumByClass(ctx: PlacementContext, filter: UsageFilter): Promise<ClassUsage[]> {
  const rows = await held(ctx, filter).select((eb) => ['a.resource_class', eb.fn.sum('a.used').as('used')]).groupBy('a.resource_class').execute()
  return rows.map((row) => ({ ...row, used: Number(row.used) }))
}

export async function sumByTypeAndClass(ctx: PlacementContext, filter: UsageFilter): Promise<TypedUsage[]> {
  const rows = await held(ctx, filter).select((eb) => ['c.consumer_type', 'a.resource_class', eb.fn.sum('a.used').as('used')])
    .groupBy(['c.consumer_type', 'a.resource_class']).execute()
  return rows.map((row) => ({ ...row, used: Number(row.used) }))
}

/** How many consumers there are of each type. A consumer without allocations does not exist, so they need not be looked at. */
export async function countConsumers(ctx: PlacementContext, filter: UsageFilter): Promise<{ consumer_type: string | null; count: number }[]> {
  const rows = await consumers(ctx, filter).select((eb) => ['c.consumer_type', eb.fn.countAll().as('count')]).groupBy('c.consumer_type').execute()
  return rows.map((row) => ({ ...row, count: Number(row.count) }))
}
