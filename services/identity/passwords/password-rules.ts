/** What this cloud asks of a new password: its length, its pattern, and that it is not one of the latest. */
import type { IdentityContext } from '../context.ts'
import { errors } from '../errors.ts'
import { listOldPasswords } from '../users/user.store.ts'
import { checkPassword } from './hash-password.ts'

export function requireFitPassword(ctx: IdentityContext, password: string): void {
  if (Buffer.byteLength(password) > ctx.config.maxPasswordLength) throw errors.PasswordVerificationError({ size: ctx.config.maxPasswordLength })
  const { passwordRegex: pattern, passwordRegexDescription: words } = ctx.config
  if (pattern !== null && !new RegExp(`^(?:${pattern})`).test(password)) throw errors.PasswordRequirementsValidationError({ detail: words ?? '' })
}

export async function requireNewPassword(ctx: IdentityContext, user: { id: string; password_hash: string | null }, password: string): Promise<void> {
  const count = ctx.config.uniqueLastPasswordCount
  if (count === 0) return
  for (const hash of [user.password_hash, ...await listOldPasswords(ctx, user.id, count - 1)]) {
    if (hash !== null && await checkPassword(password, hash)) throw errors.PasswordHistoryValidationError({ count })
  }
}
