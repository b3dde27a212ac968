/** Who a token speaks for: what every service in this process asks. */
import type { Authenticator, Identity } from '#core/auth/identity.ts'
import type { IdentityContext } from './context.ts'
import { identityOf } from './tokens/token.view.ts'
import { validateToken } from './tokens/validate-token.ts'

export function authenticatorOf(ctx: IdentityContext): Authenticator {
  return {
    async identify(token): Promise<Identity | undefined> {
      const valid = await validateToken(ctx, token)
      return valid === undefined ? undefined : identityOf(valid)
    },
  }
}
