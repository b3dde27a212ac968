/** SQL about consumers, request tokens and access tokens. */
import type { IdentityContext } from '../context.ts'
import type { AccessTokenRow, ConsumerRow, RequestTokenRow } from '../database.ts'

export async function listConsumers(ctx: IdentityContext): Promise<ConsumerRow[]> {
  return await ctx.db.selectFrom('consumers').selectAll().orderBy('id').execute()
}

export async function getConsumer(ctx: IdentityContext, id: string): Promise<ConsumerRow | undefined> {
  return await ctx.db.selectFrom('consumers').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function insertConsumer(ctx: IdentityContext, row: ConsumerRow): Promise<void> {
  await ctx.db.insertInto('consumers').values(row).execute()
}

export async function updateConsumer(ctx: IdentityContext, id: string, values: Partial<ConsumerRow>): Promise<void> {
  await ctx.db.updateTable('consumers').set(values).where('id', '=', id).execute()
}

/** The consumer and every token of it. Run inside a transaction. */
export async function deleteConsumer(ctx: IdentityContext, id: string): Promise<void> {
  await ctx.db.deleteFrom('request_tokens').where('consumer_id', '=', id).execute()
  await ctx.db.deleteFrom('access_tokens').where('consumer_id', '=', id).execute()
  await ctx.db.deleteFrom('consumers').where('id', '=', id).execute()
}

export async function getRequestToken(ctx: IdentityContext, id: string): Promise<RequestTokenRow | undefined> {
  return await ctx.db.selectFrom('request_tokens').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function insertRequestToken(ctx: IdentityContext, row: RequestTokenRow): Promise<void> {
  await ctx.db.insertInto('request_tokens').values(row).execute()
}

export async function authorizeRequestToken(ctx: IdentityContext, id: string, values: { user_id: string; verifier: string; role_ids: string }): Promise<void> {
  await ctx.db.updateTable('request_tokens').set(values).where('id', '=', id).execute()
}

/** Exchanges one for the other; false when somebody else has done so already. Run inside a transaction. */
export async function exchangeToken(ctx: IdentityContext, requestTokenId: string, access: AccessTokenRow): Promise<boolean> {
  const { numDeletedRows } = await ctx.db.deleteFrom('request_tokens').where('id', '=', requestTokenId).executeTakeFirstOrThrow()
  if (numDeletedRows === 0n) return false
  await ctx.db.insertInto('access_tokens').values(access).execute()
  return true
}

export async function getAccessToken(ctx: IdentityContext, id: string): Promise<AccessTokenRow | undefined> {
  return await ctx.db.selectFrom('access_tokens').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function listAccessTokens(ctx: IdentityContext, userId: string): Promise<AccessTokenRow[]> {
  return await ctx.db.selectFrom('access_tokens').selectAll().where('user_id', '=', userId).orderBy('id').execute()
}

export async function deleteAccessToken(ctx: IdentityContext, id: string): Promise<void> {
  await ctx.db.deleteFrom('access_tokens').where('id', '=', id).execute()
}
