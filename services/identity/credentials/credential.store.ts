/** SQL about credentials. Their contents are encrypted before they come here (`credential-blob.ts`). */
import { writeUnlessTaken } from '#core/db/database.ts'
import type { IdentityContext } from '../context.ts'
import type { CredentialRow } from '../database.ts'

export async function listCredentials(ctx: IdentityContext, where: { userId?: string; type?: string }): Promise<CredentialRow[]> {
  let query = ctx.db.selectFrom('credentials').selectAll()
  if (where.userId !== undefined) query = query.where('user_id', '=', where.userId)
  if (where.type !== undefined) query = query.where('type', '=', where.type)
  return await query.orderBy('id').execute()
}

export async function getCredential(ctx: IdentityContext, id: string): Promise<CredentialRow | undefined> {
  return await ctx.db.selectFrom('credentials').selectAll().where('id', '=', id).executeTakeFirst()
}

/** False when the id is taken: an EC2 credential's id follows from its access key. */
export async function insertCredential(ctx: IdentityContext, row: CredentialRow): Promise<boolean> {
  return await writeUnlessTaken(ctx.db.insertInto('credentials').values(row))
}

export async function updateCredential(ctx: IdentityContext, id: string, values: Partial<CredentialRow>): Promise<void> {
  await ctx.db.updateTable('credentials').set(values).where('id', '=', id).execute()
}

export async function deleteCredential(ctx: IdentityContext, id: string): Promise<void> {
  await ctx.db.deleteFrom('credentials').where('id', '=', id).execute()
}
