/** SQL about groups and who is in them. */
import { writeUnlessTaken } from '#core/db/database.ts'
import type { IdentityContext } from '../context.ts'
import type { GroupRow } from '../database.ts'

export async function getGroup(ctx: IdentityContext, id: string): Promise<GroupRow | undefined> {
  return await ctx.db.selectFrom('user_groups').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function listGroups(ctx: IdentityContext, where: { domainId?: string; name?: string; userId?: string; ids?: string[] }): Promise<GroupRow[]> {
  if (where.ids?.length === 0) return []
  let query = ctx.db.selectFrom('user_groups').selectAll('user_groups')
  if (where.domainId !== undefined) query = query.where('domain_id', '=', where.domainId)
  if (where.name !== undefined) query = query.where('name_key', '=', where.name.toLowerCase())
  if (where.ids !== undefined) query = query.where('id', 'in', where.ids)
  if (where.userId !== undefined) query = query.innerJoin('memberships', 'memberships.group_id', 'user_groups.id').where('memberships.user_id', '=', where.userId)
  return await query.orderBy('name').orderBy('id').execute()
}

export async function listGroupIds(ctx: IdentityContext, userId: string): Promise<string[]> {
  return (await ctx.db.selectFrom('memberships').select('group_id').where('user_id', '=', userId).execute()).map((row) => row.group_id)
}

export async function listMembers(ctx: IdentityContext, groupIds: string[]): Promise<{ group_id: string; user_id: string }[]> {
  if (groupIds.length === 0) return []
  return await ctx.db.selectFrom('memberships').select(['group_id', 'user_id']).where('group_id', 'in', groupIds).orderBy('user_id').execute()
}

/** False when the name is taken in the domain. */
export async function insertGroup(ctx: IdentityContext, row: GroupRow): Promise<boolean> {
  return await writeUnlessTaken(ctx.db.insertInto('user_groups').values(row))
}

/** False when the name is taken in the domain. */
export async function updateGroup(ctx: IdentityContext, id: string, values: Partial<GroupRow>): Promise<boolean> {
  return await writeUnlessTaken(ctx.db.updateTable('user_groups').set(values).where('id', '=', id))
}

/** The group and its memberships. Run inside a transaction. */
export async function deleteGroupRows(ctx: IdentityContext, id: string): Promise<void> {
  await ctx.db.deleteFrom('memberships').where('group_id', '=', id).execute()
  await ctx.db.deleteFrom('user_groups').where('id', '=', id).execute()
}

export async function isMember(ctx: IdentityContext, userId: string, groupId: string): Promise<boolean> {
  return await ctx.db.selectFrom('memberships').select('user_id').where('user_id', '=', userId).where('group_id', '=', groupId).executeTakeFirst() !== undefined
}

/** Adding a member again is no error. */
export async function insertMembership(ctx: IdentityContext, userId: string, groupId: string): Promise<void> {
  if (await isMember(ctx, userId, groupId)) return
  await writeUnlessTaken(ctx.db.insertInto('memberships').values({ user_id: userId, group_id: groupId }))
}

/** Whether there was one. */
export async function deleteMembership(ctx: IdentityContext, userId: string, groupId: string): Promise<boolean> {
  const { numDeletedRows } = await ctx.db.deleteFrom('memberships').where('user_id', '=', userId).where('group_id', '=', groupId).executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}
