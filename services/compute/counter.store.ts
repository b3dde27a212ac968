/** All SQL about numbers that grow by one: server numbers, ids of key pairs, which the API shows as integers. */
import { sql, writeUnlessTaken } from '#core/db/database.ts'
import type { ComputeContext } from './context.ts'

export interface CounterRow { name: string; value: number }

/** Takes `count` numbers in the current transaction and answers the first. */
export async function takeNumbers(ctx: ComputeContext, name: string, count = 1): Promise<number> {
  const taken = await ctx.db.updateTable('counters').set({ value: sql`value + ${count}` }).where('name', '=', name).executeTakeFirst()
  if (taken.numUpdatedRows === 0n) {
    // When somebody else took the first ones meanwhile, there are others.
    return await writeUnlessTaken(ctx.db.insertInto('counters').values({ name, value: count })) ? 1 : await takeNumbers(ctx, name, count)
  }
  const row = await ctx.db.selectFrom('counters').select('value').where('name', '=', name).executeTakeFirstOrThrow()
  return row.value - count + 1
}
