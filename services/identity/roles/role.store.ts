/** SQL about roles and what they imply. */
import { writeUnlessTaken } from '#core/db/database.ts'
import type { IdentityContext } from '../context.ts'
import type { RoleImplicationRow, RoleRow } from '../database.ts'

export async function listAllRoles(ctx: IdentityContext): Promise<RoleRow[]> {
  return await ctx.db.selectFrom('roles').selectAll().orderBy('name').execute()
}

export async function listRoles(ctx: IdentityContext, where: { domainId: string | null; name?: string }): Promise<RoleRow[]> {
  let query = ctx.db.selectFrom('roles').selectAll().where('domain_key', '=', where.domainId ?? '')
  if (where.name !== undefined) query = query.where('name_key', '=', where.name.toLowerCase())
  return await query.orderBy('name').execute()
}

export async function getRole(ctx: IdentityContext, id: string): Promise<RoleRow | undefined> {
  return await ctx.db.selectFrom('roles').selectAll().where('id', '=', id).executeTakeFirst()
}

/** False when the name is taken in its domain. */
export async function insertRole(ctx: IdentityContext, row: RoleRow): Promise<boolean> {
  return await writeUnlessTaken(ctx.db.insertInto('roles').values(row))
}

/** False when the name is taken in its domain. */
export async function updateRole(ctx: IdentityContext, id: string, values: Partial<RoleRow>): Promise<boolean> {
  return await writeUnlessTaken(ctx.db.updateTable('roles').set(values).where('id', '=', id))
}

/** The role, every implication and assignment of it, and its place in application credentials and trusts. */
export async function deleteRole(ctx: IdentityContext, id: string): Promise<void> {
  await ctx.db.deleteFrom('role_implications').where((eb) => eb.or([eb('prior_role_id', '=', id), eb('implied_role_id', '=', id)])).execute()
  await ctx.db.deleteFrom('assignments').where('role_id', '=', id).execute()
  await ctx.db.deleteFrom('application_credential_roles').where('role_id', '=', id).execute()
  await ctx.db.deleteFrom('trust_roles').where('role_id', '=', id).execute()
  await ctx.db.deleteFrom('roles').where('id', '=', id).execute()
}

export async function listImplications(ctx: IdentityContext, priorRoleId?: string): Promise<RoleImplicationRow[]> {
  let query = ctx.db.selectFrom('role_implications').selectAll()
  if (priorRoleId !== undefined) query = query.where('prior_role_id', '=', priorRoleId)
  return await query.execute()
}

/** False when it is there already. */
export async function insertImplication(ctx: IdentityContext, row: RoleImplicationRow): Promise<boolean> {
  return await writeUnlessTaken(ctx.db.insertInto('role_implications').values(row))
}

/** Whether there was one. */
export async function deleteImplication(ctx: IdentityContext, row: RoleImplicationRow): Promise<boolean> {
  const { numDeletedRows } = await ctx.db.deleteFrom('role_implications').where('prior_role_id', '=', row.prior_role_id).where('implied_role_id', '=', row.implied_role_id).executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}
