import { isDelegated } from '../authentication/is-delegated.ts'
import type { IdentityContext } from '../context.ts'
import { errors } from '../errors.ts'

/** A delegated token does not get at credentials: they would outlive the delegation. */
export function refuseDelegated(ctx: IdentityContext): void {
  if (ctx.identity.trustId !== undefined || isDelegated(ctx.identity.methods)) {
    throw errors.ForbiddenAction({ action: 'Delegated tokens cannot access credentials directly' })
  }
}
