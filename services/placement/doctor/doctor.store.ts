/** SQL that finds, and sets right, what is not as it must be. Each question is one statement: it sees one moment. */
import type { PlacementContext } from '../context.ts'
import type { AllocationTable } from '../database.ts'

/** A doctor's list is read by people. */
const MOST = 500
const BATCH = 500

/** Inventories that count something else than what is held of them. */
export async function miscounted(ctx: PlacementContext): Promise<{ provider_uuid: string; resource_class: string; used: number; held: number }[]> {
  const rows = await ctx.db.selectFrom('inventories as i').leftJoin((eb) => eb.selectFrom('allocations').select((e) => ['provider_uuid', 'resource_class', e.fn.sum<number>('used').as('held')])
    .groupBy(['provider_uuid', 'resource_class']).as('a'), (join) => join.onRef('a.provider_uuid', '=', 'i.provider_uuid').onRef('a.resource_class', '=', 'i.resource_class'))
    .select((eb) => ['i.provider_uuid', 'i.resource_class', 'i.used', eb.fn.coalesce('a.held', eb.lit(0)).as('held')])
    .where((eb) => eb('i.used', '<>', eb.fn.coalesce('a.held', eb.lit(0)))).orderBy('i.provider_uuid').orderBy('i.resource_class').limit(MOST).execute()
  return rows.map((row) => ({ ...row, used: Number(row.used), held: Number(row.held) }))
}

/** Unless it was changed since; answers whether it was set. */
export async function setUsed(ctx: PlacementContext, provider: string, resourceClass: string, { seen, held }: { seen: number; held: number }): Promise<boolean> {
  const { numUpdatedRows } = await ctx.db.updateTable('inventories').set({ used: held }).where('provider_uuid', '=', provider).where('resource_class', '=', resourceClass).where('used', '=', seen).executeTakeFirst()
  return numUpdatedRows > 0n
}

export type Homeless = Pick<AllocationTable, 'consumer_uuid' | 'provider_uuid' | 'resource_class' | 'used'> & { lacks: 'provider' | 'inventory' | 'consumer' }

/** Allocations that lack what they are of, or whose they are. */
export async function homelessAllocations(ctx: PlacementContext): Promise<Homeless[]> {
  const rows = await ctx.db.selectFrom('allocations as a').leftJoin('resource_providers as p', 'p.uuid', 'a.provider_uuid').leftJoin('consumers as c', 'c.uuid', 'a.consumer_uuid')
    .leftJoin('inventories as i', (join) => join.onRef('i.provider_uuid', '=', 'a.provider_uuid').onRef('i.resource_class', '=', 'a.resource_class'))
    .select(['a.consumer_uuid', 'a.provider_uuid', 'a.resource_class', 'a.used', 'p.uuid as provider', 'c.uuid as consumer'])
    .where((eb) => eb.or([eb('p.uuid', 'is', null), eb('c.uuid', 'is', null), eb('i.provider_uuid', 'is', null)])).orderBy('a.consumer_uuid').limit(MOST).execute()
  return rows.map(({ provider, consumer, ...row }) => ({ ...row, lacks: provider === null ? 'provider' : consumer === null ? 'consumer' : 'inventory' }))
}

export async function deleteHeld(ctx: PlacementContext, row: Homeless): Promise<void> {
  await ctx.db.deleteFrom('allocations').where('consumer_uuid', '=', row.consumer_uuid).where('provider_uuid', '=', row.provider_uuid).where('resource_class', '=', row.resource_class).execute()
}

export async function emptyConsumers(ctx: PlacementContext): Promise<string[]> {
  const rows = await ctx.db.selectFrom('consumers as c').leftJoin('allocations as a', 'a.consumer_uuid', 'c.uuid').select('c.uuid').where('a.consumer_uuid', 'is', null).orderBy('c.uuid').limit(MOST).execute()
  return rows.map((row) => row.uuid)
}

export async function deleteEmptyConsumers(ctx: PlacementContext, uuids: string[]): Promise<void> {
  for (let at = 0; at < uuids.length; at += BATCH) await ctx.db.deleteFrom('consumers').where('uuid', 'in', uuids.slice(at, at + BATCH)).execute()
}
