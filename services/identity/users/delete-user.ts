import { deleteAccessRulesOfUser, deleteApplicationCredentials } from '../application-credentials/application-credential.store.ts'
import { change } from '../changes.ts'
import type { IdentityContext } from '../context.ts'
import { deleteTrusts } from '../trusts/trust.store.ts'
import { deleteUserRows } from './user.store.ts'

/** A user and everything that is theirs. */
export async function deleteUser(ctx: IdentityContext, id: string): Promise<void> {
  await change(ctx, async (ctx) => await removeUser(ctx, id))
}

/** As part of a larger change. */
export async function removeUser(ctx: IdentityContext, id: string): Promise<void> {
  await deleteTrusts(ctx, { userId: id })
  await deleteApplicationCredentials(ctx, { userId: id })
  await deleteAccessRulesOfUser(ctx, id)
  await deleteUserRows(ctx, id)
}
