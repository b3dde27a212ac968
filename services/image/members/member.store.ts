/** All SQL about members. */
import { inTransaction, writeUnlessTaken } from '#core/db/database.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ImageContext } from '../context.ts'
import type { ImageMembersTable } from '../database.ts'

/** Members of an image, oldest first; `only` narrows to one. */
export async function listMembers(ctx: ImageContext, imageId: string, only?: string): Promise<ImageMembersTable[]> {
  let query = ctx.db.selectFrom('image_members').selectAll().where('image_id', '=', imageId)
  if (only !== undefined) query = query.where('member', '=', only)
  return await query.orderBy('created_at').orderBy('member').execute()
}

/** The new membership; undefined when there is one, or the count when the image has as many as it may. */
export async function insertMember(ctx: ImageContext, imageId: string, member: string, maximum: number): Promise<ImageMembersTable | undefined | { count: number }> {
  const now = nowIso(ctx.clock)
  const row: ImageMembersTable = { image_id: imageId, member, status: 'pending', created_at: now, updated_at: now }
  return await inTransaction(ctx, async (ctx) => {
    const { n } = await ctx.db.selectFrom('image_members').select((eb) => eb.fn.countAll<number>().as('n')).where('image_id', '=', imageId).executeTakeFirstOrThrow()
    if (maximum >= 0 && Number(n) >= maximum) return { count: Number(n) }
    return await writeUnlessTaken(ctx.db.insertInto('image_members').values(row)) ? row : undefined
  })
}

export async function setMemberStatus(ctx: ImageContext, row: ImageMembersTable, status: string): Promise<ImageMembersTable> {
  const changed = { status, updated_at: nowIso(ctx.clock) }
  await ctx.db.updateTable('image_members').set(changed).where('image_id', '=', row.image_id).where('member', '=', row.member).execute()
  return { ...row, ...changed }
}

export async function deleteMember(ctx: ImageContext, imageId: string, member: string): Promise<void> {
  await ctx.db.deleteFrom('image_members').where('image_id', '=', imageId).where('member', '=', member).execute()
}
