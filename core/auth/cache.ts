/**
 * Remembers validated tokens for a short while. Validation costs a decryption and several look-ups; clients repeat
 * one token hundreds of times. A revocation anywhere reaches every cache as a fan-out, and the time limit bounds
 * what a lost message can do.
 */
import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Clock } from '#core/time/clock.ts'
import type { Authenticator, Identity } from './identity.ts'

export interface CachedAuthenticator extends Authenticator {
  /** Forgets everything: called on any revocation or change of a role, user or project. */
  forget(): void
}

export function cachedAuthenticator(source: Authenticator, clock: Clock, ttlMs = 60_000): CachedAuthenticator {
  const cache = new LRUCache<string, { identity: Identity; until: number }>({ max: 10_000 })
  let generation = 0
  return {
    async identify(token) {
      const key = token.length > 64 ? hash('sha256', token, 'base64') : token
      const hit = cache.get(key)
      if (hit !== undefined && hit.until > clock.now()) return hit.identity
      const asked = generation
      const identity = await source.identify(token)
      if (identity !== undefined && asked === generation) {
        cache.set(key, { identity, until: Math.min(clock.now() + ttlMs, Date.parse(identity.expiresAt)) })
      }
      return identity
    },
    forget() {
      generation += 1
      cache.clear()
    },
  }
}
