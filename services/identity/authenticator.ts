/** Who a token speaks for: what every service in this process asks, and when answers of before are void. */
import type { Authenticator, Identity } from '#core/auth/identity.ts'
import type { IdentityContext } from './context.ts'
import { identityOf } from './tokens/token.view.ts'
import { validateToken } from './tokens/validate-token.ts'

export function authenticatorOf(ctx: IdentityContext): Authenticator & { onForget(listener: () => void): void } {
  return {
    onForget: (listener) => { ctx.clients.memory.onForget(listener) },
    async identify(token): Promise<Identity | undefined> {
      const valid = await validateToken(ctx, token)
      return valid === undefined ? undefined : identityOf(valid)
    },
  }
}
