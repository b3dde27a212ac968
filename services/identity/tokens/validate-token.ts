/** Whether a token is good, and what it says. Unknown, expired, revoked or no longer backed by rights: undefined. */
import { ApiError } from '#core/errors/errors.ts'
import type { IdentityContext } from '../context.ts'
import { errors } from '../errors.ts'
import { revocations } from '../revocations/revocation.store.ts'
import { buildToken, type Token } from './build-token.ts'
import { unseal } from './fernet.ts'
import { unpackPayload, type TokenPayload } from './token-payload.ts'

/** Longer than any layout can be; a longer text is not worth a hash. */
const MAX_LENGTH = 1000

/** `windowSeconds` lets a token count that ended no longer ago. */
export async function validateToken(ctx: IdentityContext, text: string, windowSeconds = 0): Promise<Token | undefined> {
  if (text.length > MAX_LENGTH) return undefined
  const now = ctx.clock.now()
  if (windowSeconds > 0) return await readToken(ctx, text, now - windowSeconds * 1000)
  const token = await ctx.clients.memory.recall(`token ${text}`, now, () => readToken(ctx, text, now), isSteady)
  return token !== undefined && now < token.payload.expiresAtMs ? token : undefined
}

/** Why `validateToken` answered nothing, in upstream's words: no token of ours, one that has ended, or one nobody stands behind. */
export async function refusalOf(ctx: IdentityContext, text: string, windowSeconds = 0): Promise<ApiError> {
  const sealed = text.length > MAX_LENGTH ? undefined : unseal(ctx.clients.tokenKeys.all, text)
  const payload = sealed === undefined ? undefined : unpackPayload(sealed.message)
  if (sealed === undefined || payload === undefined) return errors.EntityNotFound({ message: 'Could not recognize Fernet token' })
  const ended = ctx.clock.now() - windowSeconds * 1000 >= payload.expiresAtMs || await isRevoked(ctx, payload, sealed.seconds * 1000)
  return ended ? errors.EntityNotFound({ message: 'Failed to validate token' }) : errors.TokenNotFound({ id: text })
}

/** Whether only changes and its own end can end it: what it leans on has no end of its own. */
export function isSteady(token: Token | undefined): boolean {
  return token !== undefined && token.trust === undefined && token.applicationCredential === undefined && token.accessToken === undefined
}

async function readToken(ctx: IdentityContext, text: string, nowMs: number): Promise<Token | undefined> {
  const sealed = unseal(ctx.clients.tokenKeys.all, text)
  if (sealed === undefined) return undefined
  const payload = unpackPayload(sealed.message)
  if (payload === undefined || nowMs >= payload.expiresAtMs) return undefined
  if (await isRevoked(ctx, payload, sealed.seconds * 1000)) return undefined
  try {
    const token = await buildToken(ctx, text, payload, sealed.seconds * 1000)
    return token.user.id !== payload.userId && await isRevoked(ctx, { ...payload, userId: token.user.id }, token.issuedAtMs) ? undefined : token
  } catch (error) {
    if (error instanceof ApiError && error.status < 500) return undefined
    throw error
  }
}

async function isRevoked(ctx: IdentityContext, payload: TokenPayload, issuedAtMs: number): Promise<boolean> {
  const { audits, users } = await revocations(ctx)
  return (payload.auditIds[0] !== undefined && audits.has(payload.auditIds[0])) || issuedAtMs <= (users.get(payload.userId) ?? -1)
}
