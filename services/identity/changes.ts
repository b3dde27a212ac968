/**
 * Every change that can alter what a token says goes through `change`: a transaction, the event in its outbox, and
 * once it is committed the news to every cache, before the caller has its answer. So a role taken away is gone for
 * the very next request; the outbox repeats the news should this process die in between.
 */
import { inTransaction } from '#core/db/database.ts'
import { emit } from '#core/db/outbox.ts'
import type { IdentityContext } from './context.ts'

/** What some token says may be another now: caches forget. */
export const REVOKED_TOPIC = 'identity.revoked'

export async function change<T>(ctx: IdentityContext, work: (ctx: IdentityContext) => Promise<T>): Promise<T> {
  const joined = ctx.db.isTransaction
  const result = await inTransaction(ctx, async (ctx) => {
    const answer = await work(ctx)
    if (!joined) await emit(ctx, REVOKED_TOPIC, {})
    return answer
  })
  if (joined) return result
  ctx.clients.memory.forget()
  await ctx.bus.fanout(REVOKED_TOPIC, {})
  return result
}
