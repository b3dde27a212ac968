/** All SQL about the aggregates of providers. */
import type { PlacementContext } from '../context.ts'

export async function listAggregates(ctx: PlacementContext, provider: string): Promise<string[]> {
  const rows = await ctx.db.selectFrom('provider_aggregates').select('aggregate_uuid').where('provider_uuid', '=', provider).execute()
  return rows.map((row) => row.aggregate_uuid)
}

export async function replaceAggregates(ctx: PlacementContext, provider: string, aggregates: string[]): Promise<void> {
  await ctx.db.deleteFrom('provider_aggregates').where('provider_uuid', '=', provider).execute()
  if (aggregates.length === 0) return
  await ctx.db.insertInto('provider_aggregates').values(aggregates.map((aggregate_uuid) => ({ provider_uuid: provider, aggregate_uuid }))).execute()
}
