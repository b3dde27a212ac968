/**
 * The two questions every validation asks of the database: who and what a token speaks of, and which roles join
 * them. They are written as text, once: building a query costs more than running it.
 */
import { CompiledQuery } from 'kysely'
import type { IdentityContext } from '../context.ts'

/** Rows of user, their domain, project and its domain, in one. */
export interface SubjectRow {
  user_id: string; user_name: string; user_enabled: number; password_expires_at: string | null; user_domain_id: string; user_domain_name: string; user_domain_enabled: number
  project_id: string | null; project_name: string | null; project_enabled: number | null; project_is_domain: number | null; project_ancestors: string | null
  project_domain_id: string | null; project_domain_name: string | null; project_domain_enabled: number | null
}

const SUBJECT = `select u.id as user_id, u.name as user_name, u.enabled as user_enabled, u.password_expires_at, u.domain_id as user_domain_id,
  d.name as user_domain_name, d.enabled as user_domain_enabled,
  p.id as project_id, p.name as project_name, p.enabled as project_enabled, p.is_domain as project_is_domain, p.ancestors as project_ancestors,
  pd.id as project_domain_id, pd.name as project_domain_name, pd.enabled as project_domain_enabled
  from users u join projects d on d.id = u.domain_id left join projects p on p.id = ? left join projects pd on pd.id = p.domain_id where u.id = ?`

/** `targetId` is the project or domain of the scope; a domain comes back in the project's columns. */
export async function loadSubject(ctx: IdentityContext, userId: string, targetId: string): Promise<SubjectRow | undefined> {
  const { rows } = await ctx.db.executeQuery<SubjectRow>(CompiledQuery.raw(SUBJECT, [targetId, userId]))
  return rows[0]
}

export type RoleScope = { project: string; ancestors: string[] } | { domain: string } | { system: 'all' }

/** Ids of the roles a user holds on a target: directly, through a group, or inherited from above; implied ones not yet. */
export async function assignedRoles(ctx: IdentityContext, userId: string, scope: RoleScope): Promise<string[]> {
  const [where, values] = targetClause(scope)
  const text = `select role_id from assignments where actor_id = ? and actor_type = 'user' and ${where}
    union select a.role_id from memberships m join assignments a on a.actor_id = m.group_id and a.actor_type = 'group' where m.user_id = ? and ${where}`
  const { rows } = await ctx.db.executeQuery<{ role_id: string }>(CompiledQuery.raw(text, [userId, ...values, userId, ...values]))
  return rows.map((row) => row.role_id)
}

function targetClause(scope: RoleScope): [string, string[]] {
  if ('system' in scope) return [`target_type = 'system' and inherited = 0`, []]
  if ('domain' in scope) return [`target_type = 'domain' and target_id = ? and inherited = 0`, [scope.domain]]
  const marks = scope.ancestors.map(() => '?').join(', ')
  return [`((target_type = 'project' and target_id = ? and inherited = 0) or (inherited = 1 and target_id in (${marks})))`, [scope.project, ...scope.ancestors]]
}
