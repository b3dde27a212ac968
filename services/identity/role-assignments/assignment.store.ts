/** SQL about role assignments: who (user or group), what (role), where (project, domain, system), inherited or not. */
import { writeUnlessTaken } from '#core/db/database.ts'
import type { IdentityContext } from '../context.ts'
import type { AssignmentRow } from '../database.ts'

export interface AssignmentsWanted {
  roleId?: string
  userId?: string
  groupIds?: string[]
  targetType?: AssignmentRow['target_type']
  targetIds?: string[]
  inherited?: boolean
}

export async function listAssignments(ctx: IdentityContext, where: AssignmentsWanted): Promise<AssignmentRow[]> {
  if (where.groupIds?.length === 0 || where.targetIds?.length === 0) return []
  let query = ctx.db.selectFrom('assignments').selectAll()
  if (where.roleId !== undefined) query = query.where('role_id', '=', where.roleId)
  if (where.userId !== undefined) query = query.where('actor_type', '=', 'user').where('actor_id', '=', where.userId)
  if (where.groupIds !== undefined) query = query.where('actor_type', '=', 'group').where('actor_id', 'in', where.groupIds)
  if (where.targetType !== undefined) query = query.where('target_type', '=', where.targetType)
  if (where.targetIds !== undefined) query = query.where('target_id', 'in', where.targetIds)
  if (where.inherited !== undefined) query = query.where('inherited', '=', where.inherited ? 1 : 0)
  return await query.orderBy('target_type').orderBy('target_id').orderBy('actor_id').orderBy('role_id').execute()
}

export async function hasAssignment(ctx: IdentityContext, row: AssignmentRow): Promise<boolean> {
  const found = await matching(ctx.db.selectFrom('assignments').select('role_id') as never, row).executeTakeFirst()
  return found !== undefined
}

interface Filterable { where(column: string, op: '=', value: unknown): Filterable; executeTakeFirst(): Promise<unknown> }

function matching(query: Filterable, row: AssignmentRow): Filterable {
  return Object.entries(row).reduce((q, [column, value]) => q.where(column, '=', value), query)
}

/** Assigning what is assigned already is no error. */
export async function insertAssignment(ctx: IdentityContext, row: AssignmentRow): Promise<void> {
  if (await hasAssignment(ctx, row)) return
  await writeUnlessTaken(ctx.db.insertInto('assignments').values(row))
}

/** Whether there was one. */
export async function deleteAssignment(ctx: IdentityContext, row: AssignmentRow): Promise<boolean> {
  const { numDeletedRows } = (await matching(ctx.db.deleteFrom('assignments') as never, row).executeTakeFirst()) as { numDeletedRows: bigint }
  return numDeletedRows > 0n
}

export async function deleteAssignmentsOfGroup(ctx: IdentityContext, groupId: string): Promise<void> {
  await ctx.db.deleteFrom('assignments').where('actor_type', '=', 'group').where('actor_id', '=', groupId).execute()
}
