/**
 * Revocations: a token by its audit id, or all of a user's issued until now. They are few and short-lived (a
 * revocation outlives the longest token by the window in which an expired one may still be asked about), so they are
 * kept in memory as two maps; times have the second as their unit, as the time inside a token has.
 */
import type { IdentityContext } from '../context.ts'
import { nowIso } from '#core/time/clock.ts'

export interface Revocations {
  audits: ReadonlySet<string>
  /** User → the second until which their tokens are void, milliseconds. */
  users: ReadonlyMap<string, number>
}

export async function revocations(ctx: IdentityContext): Promise<Revocations> {
  return await ctx.clients.memory.recall('revocations', ctx.clock.now(), async () => {
    const rows = await ctx.db.selectFrom('revocations').select(['audit_id', 'user_id', 'issued_before']).execute()
    const users = new Map<string, number>()
    for (const { user_id: user, issued_before: before } of rows) {
      if (user !== null) users.set(user, Math.max(users.get(user) ?? 0, Date.parse(before)))
    }
    return { audits: new Set(rows.flatMap((r) => r.audit_id ?? [])), users }
  })
}

/** Inside `change`: one token is void. */
export async function revokeToken(ctx: IdentityContext, auditId: string): Promise<void> {
  await insert(ctx, auditId, null)
}

/** Inside `change`: every token of the user issued up to this second is void. */
export async function revokeUser(ctx: IdentityContext, userId: string): Promise<void> {
  await insert(ctx, null, userId)
}

async function insert(ctx: IdentityContext, auditId: string | null, userId: string | null): Promise<void> {
  const now = nowIso(ctx.clock)
  const issuedBefore = new Date(Math.floor(ctx.clock.now() / 1000) * 1000).toISOString()
  await ctx.db.insertInto('revocations').values({ id: ctx.ids.hex(), audit_id: auditId, user_id: userId, issued_before: issuedBefore, revoked_at: now }).execute()
}

/** Forgets those no token can meet any more; answers how many. */
export async function pruneRevocations(ctx: IdentityContext): Promise<number> {
  const oldest = new Date(ctx.clock.now() - (ctx.config.tokenExpirationSeconds + ctx.config.allowExpiredWindowSeconds + 1800) * 1000).toISOString()
  const { numDeletedRows } = await ctx.db.deleteFrom('revocations').where('revoked_at', '<', oldest).executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}
