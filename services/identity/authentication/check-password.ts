/**
 * The password of an account, with what surrounds it: locking after too many wrong ones, expiry. An unknown user
 * takes as long as a wrong password, and a locked account is told nothing else than a wrong password is.
 */
import { nowIso } from '#core/time/clock.ts'
import type { IdentityContext } from '../context.ts'
import type { UserRow } from '../database.ts'
import { errors } from '../errors.ts'
import { checkNothing, checkPassword, type HashCost } from '../passwords/hash-password.ts'
import { isLocked, isPasswordOver } from '../users/account-state.ts'
import { countFailure, updateUser } from '../users/user.store.ts'

export function hashCost(ctx: IdentityContext): HashCost {
  return { memoryKiB: ctx.config.passwordHashMemoryKiB, passes: ctx.config.passwordHashPasses }
}

/** Throws 401 unless the password is this user's. */
export async function requirePassword(ctx: IdentityContext, user: UserRow | undefined, password: string | undefined, accept: { expired?: boolean } = {}): Promise<void> {
  const given = password ?? ''
  const known = user !== undefined && user.password_hash !== null && Buffer.byteLength(given) <= ctx.config.maxPasswordLength && !isLocked(ctx, user)
  if (!known) {
    await checkNothing('', hashCost(ctx))
    throw errors.Unauthorized()
  }
  const right = await checkPassword(given, user.password_hash)
  if (!right) {
    if (ctx.config.lockoutFailureAttempts !== null) await countFailure(ctx, user.id, nowIso(ctx.clock))
    throw errors.Unauthorized()
  }
  if (user.failed_auth_count > 0) await updateUser(ctx, user.id, { failed_auth_count: 0, failed_auth_at: null })
  if (accept.expired !== true && isPasswordOver(ctx, user)) throw errors.PasswordExpired({ userId: user.id })
  if (ctx.config.disableUserAccountDaysInactive !== null) await updateUser(ctx, user.id, { last_active_at: nowIso(ctx.clock) })
}
