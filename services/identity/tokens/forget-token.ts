import { change } from '../changes.ts'
import type { IdentityContext } from '../context.ts'
import { revokeToken } from '../revocations/revocation.store.ts'
import type { Token } from './build-token.ts'

/** Makes one token void, here and in every cache. */
export async function forgetToken(ctx: IdentityContext, token: Token): Promise<void> {
  await change(ctx, async (ctx) => await revokeToken(ctx, token.payload.auditIds[0]!))
}
