import type { Subject } from './token.store.ts'

/** The user a token speaks of. */
export interface TokenUser { id: string; name: string; domain: { id: string; name: string }; passwordExpiresAt: string | null }

export function userOf({ user, userDomain }: Subject): TokenUser {
  return { id: user.id, name: user.name, domain: { id: userDomain.id, name: userDomain.name }, passwordExpiresAt: user.password_expires_at }
}
