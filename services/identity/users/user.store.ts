/** SQL about users and their passwords. */
import { writeUnlessTaken } from '#core/db/database.ts'
import { flag } from '#core/db/json.ts'
import type { IdentityContext } from '../context.ts'
import type { UserRow } from '../database.ts'

export async function getUser(ctx: IdentityContext, id: string): Promise<UserRow | undefined> {
  return await ctx.db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function findUser(ctx: IdentityContext, name: string, domainId: string): Promise<UserRow | undefined> {
  return await ctx.db.selectFrom('users').selectAll().where('domain_id', '=', domainId).where('name_key', '=', name.toLowerCase()).executeTakeFirst()
}

export type TimeOperator = '=' | '!=' | '<' | '<=' | '>' | '>='
export interface UsersWanted { domainId?: string; name?: string; enabled?: boolean; groupId?: string; ids?: string[]; passwordExpires?: { operator: TimeOperator; at: string } }

export async function listUsers(ctx: IdentityContext, where: UsersWanted): Promise<UserRow[]> {
  if (where.ids?.length === 0) return []
  let query = ctx.db.selectFrom('users').selectAll('users')
  if (where.ids !== undefined) query = query.where('users.id', 'in', where.ids)
  if (where.domainId !== undefined) query = query.where('users.domain_id', '=', where.domainId)
  if (where.name !== undefined) query = query.where('users.name_key', '=', where.name.toLowerCase())
  if (where.enabled !== undefined) query = query.where('users.enabled', '=', flag(where.enabled))
  if (where.passwordExpires !== undefined) query = query.where('users.password_expires_at', where.passwordExpires.operator, where.passwordExpires.at)
  if (where.groupId !== undefined) query = query.innerJoin('memberships', 'memberships.user_id', 'users.id').where('memberships.group_id', '=', where.groupId)
  return await query.orderBy('users.name').orderBy('users.id').execute()
}

/** False when the name is taken in the domain. */
export async function insertUser(ctx: IdentityContext, row: UserRow): Promise<boolean> {
  return await writeUnlessTaken(ctx.db.insertInto('users').values(row))
}

/** False when the name is taken in the domain. */
export async function updateUser(ctx: IdentityContext, id: string, values: Partial<UserRow>): Promise<boolean> {
  return await writeUnlessTaken(ctx.db.updateTable('users').set(values).where('id', '=', id))
}

/** The user with memberships, assignments, credentials and old passwords. Run inside a transaction. */
export async function deleteUserRows(ctx: IdentityContext, id: string): Promise<void> {
  await ctx.db.deleteFrom('old_passwords').where('user_id', '=', id).execute()
  await ctx.db.deleteFrom('memberships').where('user_id', '=', id).execute()
  await ctx.db.deleteFrom('assignments').where('actor_type', '=', 'user').where('actor_id', '=', id).execute()
  await ctx.db.deleteFrom('credentials').where('user_id', '=', id).execute()
  await ctx.db.deleteFrom('access_tokens').where('user_id', '=', id).execute()
  await ctx.db.deleteFrom('users').where('id', '=', id).execute()
}

/** The hashes before the current one, youngest first. */
export async function listOldPasswords(ctx: IdentityContext, userId: string, limit: number): Promise<string[]> {
  const rows = await ctx.db.selectFrom('old_passwords').select('password_hash').where('user_id', '=', userId).orderBy('created_at', 'desc').limit(limit).execute()
  return rows.map((row) => row.password_hash)
}

export async function insertOldPassword(ctx: IdentityContext, row: { id: string; user_id: string; password_hash: string; created_at: string }): Promise<void> {
  await ctx.db.insertInto('old_passwords').values(row).execute()
}

/** One more wrong password. */
export async function countFailure(ctx: IdentityContext, id: string, at: string): Promise<void> {
  await ctx.db.updateTable('users').set((eb) => ({ failed_auth_count: eb('failed_auth_count', '+', 1), failed_auth_at: at })).where('id', '=', id).execute()
}
