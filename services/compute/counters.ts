/** Numbers that grow by one: server numbers, ids of key pairs, which the API shows as integers. */
import { isUniqueViolation, sql } from '#core/db/database.ts'
import type { ComputeContext } from './context.ts'

export interface CounterRow { name: string; value: number }

/** Takes `count` numbers in the current transaction and answers the first. */
export async function takeNumbers(ctx: ComputeContext, name: string, count = 1): Promise<number> {
  const taken = await ctx.db.updateTable('counters').set({ value: sql`value + ${count}` }).where('name', '=', name).executeTakeFirst()
  if (taken.numUpdatedRows === 0n) {
    try {
      await ctx.db.insertInto('counters').values({ name, value: count }).execute()
      return 1
    } catch (error) {
      // Somebody else took the first ones meanwhile.
      if (isUniqueViolation(error)) return await takeNumbers(ctx, name, count)
      throw error
    }
  }
  const row = await ctx.db.selectFrom('counters').select('value').where('name', '=', name).executeTakeFirstOrThrow()
  return row.value - count + 1
}
