/** SQL about trusts. A trust that is deleted stays as a row without effect, so its id never means another. */
import { writeUnlessTaken } from '#core/db/database.ts'
import { nowIso } from '#core/time/clock.ts'
import type { IdentityContext } from '../context.ts'
import type { TrustRow } from '../database.ts'

export interface Trust extends TrustRow { roleIds: string[] }

export async function getTrust(ctx: IdentityContext, id: string): Promise<Trust | undefined> {
  const row = await ctx.db.selectFrom('trusts').selectAll().where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst()
  if (row === undefined) return undefined
  const roles = await ctx.db.selectFrom('trust_roles').select('role_id').where('trust_id', '=', id).execute()
  return { ...row, roleIds: roles.map((role) => role.role_id) }
}

export async function listTrusts(ctx: IdentityContext, where: { trustorId?: string; trusteeId?: string; redelegatedFrom?: string }): Promise<TrustRow[]> {
  let query = ctx.db.selectFrom('trusts').selectAll().where('deleted_at', 'is', null)
  if (where.trustorId !== undefined) query = query.where('trustor_user_id', '=', where.trustorId)
  if (where.trusteeId !== undefined) query = query.where('trustee_user_id', '=', where.trusteeId)
  if (where.redelegatedFrom !== undefined) query = query.where('redelegated_trust_id', '=', where.redelegatedFrom)
  return await query.orderBy('id').execute()
}

/** Run inside a transaction; false when another says the same. */
export async function insertTrust(ctx: IdentityContext, row: TrustRow, roleIds: string[]): Promise<boolean> {
  if (!await writeUnlessTaken(ctx.db.insertInto('trusts').values(row))) return false
  if (roleIds.length > 0) await ctx.db.insertInto('trust_roles').values(roleIds.map((role_id) => ({ trust_id: row.id, role_id }))).execute()
  return true
}

/** Takes one of the remaining uses; false when there is none left. */
export async function consumeTrust(ctx: IdentityContext, id: string): Promise<boolean> {
  const { numUpdatedRows } = await ctx.db.updateTable('trusts').set((eb) => ({ remaining_uses: eb('remaining_uses', '-', 1) }))
    .where('id', '=', id).where('deleted_at', 'is', null).where('remaining_uses', '>', 0).executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

export async function deleteTrusts(ctx: IdentityContext, where: { ids?: string[]; userId?: string; projectId?: string }): Promise<void> {
  let query = ctx.db.updateTable('trusts').set({ deleted_at: nowIso(ctx.clock), terms: null }).where('deleted_at', 'is', null)
  if (where.ids !== undefined) query = query.where('id', 'in', where.ids)
  if (where.userId !== undefined) query = query.where((eb) => eb.or([eb('trustor_user_id', '=', where.userId!), eb('trustee_user_id', '=', where.userId!)]))
  if (where.projectId !== undefined) query = query.where('project_id', '=', where.projectId)
  await query.execute()
}
