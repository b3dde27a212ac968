/** What options and the rules of this cloud make of an account: locked, inactive, its password over. */
import type { IdentityContext } from '../context.ts'
import type { UserRow } from '../database.ts'
import { fromJson } from '#core/db/json.ts'

const DAY_MS = 86_400_000

export interface UserOptions {
  ignore_change_password_upon_first_use?: boolean
  ignore_password_expiry?: boolean
  ignore_lockout_failure_attempts?: boolean
  lock_password?: boolean
  ignore_user_inactivity?: boolean
  multi_factor_auth_enabled?: boolean
  multi_factor_auth_rules?: string[][]
}

export function optionsOf(user: UserRow): UserOptions {
  return fromJson<UserOptions>(user.options, {})
}

/** Too many wrong passwords, too recently. */
export function isLocked(ctx: IdentityContext, user: UserRow): boolean {
  const { lockoutFailureAttempts: attempts, lockoutDurationSeconds } = ctx.config
  if (attempts === null || user.failed_auth_count < attempts || optionsOf(user).ignore_lockout_failure_attempts === true) return false
  return user.failed_auth_at !== null && ctx.clock.now() < Date.parse(user.failed_auth_at) + lockoutDurationSeconds * 1000
}

/** Not seen for so long that the account counts as disabled. */
export function isInactive(ctx: IdentityContext, user: UserRow): boolean {
  const days = ctx.config.disableUserAccountDaysInactive
  if (days === null || optionsOf(user).ignore_user_inactivity === true) return false
  return ctx.clock.now() - Date.parse(user.last_active_at ?? user.created_at) >= days * DAY_MS
}

export function isPasswordOver(ctx: IdentityContext, user: UserRow): boolean {
  return user.password_expires_at !== null && optionsOf(user).ignore_password_expiry !== true && Date.parse(user.password_expires_at) <= ctx.clock.now()
}

/** When a password set now ends; null never. */
export function passwordEnd(ctx: IdentityContext, options: UserOptions): string | null {
  const days = ctx.config.passwordExpiresDays
  if (days === null || options.ignore_password_expiry === true) return null
  return new Date(Math.floor((ctx.clock.now() + days * DAY_MS) / 1000) * 1000).toISOString()
}
