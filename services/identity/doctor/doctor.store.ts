/** SQL that finds rows that speak of what is gone. */
import type { IdentityContext } from '../context.ts'
import type { AssignmentRow, MembershipRow } from '../database.ts'

/** A doctor's list is read by people. */
const MOST = 500

export async function grantsOfNothing(ctx: IdentityContext): Promise<(AssignmentRow & { lacks: string })[]> {
  const rows = await ctx.db.selectFrom('assignments as a').leftJoin('roles as r', 'r.id', 'a.role_id')
    .leftJoin('users as u', (join) => join.onRef('u.id', '=', 'a.actor_id').on('a.actor_type', '=', 'user'))
    .leftJoin('user_groups as g', (join) => join.onRef('g.id', '=', 'a.actor_id').on('a.actor_type', '=', 'group'))
    .leftJoin('projects as p', 'p.id', 'a.target_id').selectAll('a').select(['r.id as role', 'u.id as user', 'g.id as group', 'p.id as project'])
    .where((eb) => eb.or([eb('r.id', 'is', null), eb.and([eb('u.id', 'is', null), eb('g.id', 'is', null)]), eb.and([eb('a.target_type', '<>', 'system'), eb('p.id', 'is', null)])]))
    .orderBy('a.actor_id').limit(MOST).execute()
  return rows.map(({ role, user, group, project: _project, ...grant }) => ({ ...grant, lacks: role === null ? 'role' : user === null && group === null ? grant.actor_type : grant.target_type }))
}

export async function membershipsOfNothing(ctx: IdentityContext): Promise<MembershipRow[]> {
  return await ctx.db.selectFrom('memberships as m').leftJoin('users as u', 'u.id', 'm.user_id').leftJoin('user_groups as g', 'g.id', 'm.group_id').selectAll('m')
    .where((eb) => eb.or([eb('u.id', 'is', null), eb('g.id', 'is', null)])).orderBy('m.group_id').limit(MOST).execute()
}

export async function deleteMembership(ctx: IdentityContext, { user_id: user, group_id: group }: MembershipRow): Promise<void> {
  await ctx.db.deleteFrom('memberships').where('user_id', '=', user).where('group_id', '=', group).execute()
}

/** Those that pruning should have taken away `slackMs` ago. */
export async function countExpiredRevocations(ctx: IdentityContext, slackMs: number): Promise<number> {
  const oldest = new Date(ctx.clock.now() - slackMs - (ctx.config.tokenExpirationSeconds + ctx.config.allowExpiredWindowSeconds + 1800) * 1000).toISOString()
  const { n } = await ctx.db.selectFrom('revocations').select((eb) => eb.fn.countAll<number>().as('n')).where('revoked_at', '<', oldest).executeTakeFirstOrThrow()
  return Number(n)
}
