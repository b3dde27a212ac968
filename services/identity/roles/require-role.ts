import type { IdentityContext } from '../context.ts'
import type { RoleRow } from '../database.ts'
import { errors } from '../errors.ts'
import { getRole } from './role.store.ts'

/** The role, or 404. */
export async function requireRole(ctx: IdentityContext, id: string): Promise<RoleRow> {
  const role = await getRole(ctx, id)
  if (role === undefined) throw errors.RoleNotFound({ id })
  return role
}
