/** Taking application credentials and access rules away. */
import { inTransaction } from '#core/db/database.ts'
import { change } from '../changes.ts'
import type { IdentityContext } from '../context.ts'
import { errors } from '../errors.ts'
import { deleteAccessRule, deleteApplicationCredentials } from './application-credential.store.ts'

export async function removeApplicationCredential(ctx: IdentityContext, id: string): Promise<void> {
  await change(ctx, async (ctx) => await deleteApplicationCredentials(ctx, { id }))
}

export async function removeAccessRule(ctx: IdentityContext, id: string): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    if (await deleteAccessRule(ctx, id) === 'in use') throw errors.NotAllowed({ message: 'May not delete access rule in use' })
  })
}
