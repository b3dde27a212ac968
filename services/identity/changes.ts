/**
 * Every change that can alter what a token says goes through `change`: a transaction, the event in its outbox, and
 * once it is committed the news to every cache, before the caller has its answer. So a role taken away is gone for
 * the very next request; the outbox repeats the news should this process die in between, or the bus be away.
 */
import { inTransaction } from '#core/db/database.ts'
import { emit } from '#core/db/outbox.ts'
import type { IdentityContext } from './context.ts'

/** What some token says may be another now: caches forget. */
export const REVOKED_TOPIC = 'identity.revoked'

/** No answer waits longer than this for a bus that is away. */
const TELL_WITHIN_MS = 1_000

export async function change<T>(ctx: IdentityContext, work: (ctx: IdentityContext) => Promise<T>): Promise<T> {
  const joined = ctx.db.isTransaction
  const result = await inTransaction(ctx, async (ctx) => {
    const answer = await work(ctx)
    if (!joined) await emit(ctx, REVOKED_TOPIC, {})
    return answer
  })
  if (joined) return result
  ctx.clients.memory.forget()
  await tellOthers(ctx)
  return result
}

/** The change is committed: whatever becomes of the news, it was made. */
async function tellOthers(ctx: IdentityContext): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const cancel = ctx.clock.after(TELL_WITHIN_MS, resolve)
  const told = ctx.bus.fanout(REVOKED_TOPIC, {}).catch((error: unknown) => { ctx.log.warn({ err: error }, 'a change of tokens is told by the outbox, later') })
  await Promise.race([told, late])
  cancel()
}
