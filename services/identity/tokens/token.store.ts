/**
 * The questions every validation asks of the database: who and what a token speaks of, and which roles join them.
 * They are look-ups by key, written as text once: building a query costs more than running it, and a join costs
 * SQLite more than the look-ups it is made of.
 */
import { CompiledQuery } from 'kysely'
import type { IdentityContext } from '../context.ts'

interface UserPart { id: string; name: string; enabled: number; domain_id: string; password_expires_at: string | null }
interface ProjectPart { id: string; name: string; enabled: number; domain_id: string | null; is_domain: number; ancestors: string }

/** A user with their domain, and the project or domain of a scope. */
export interface Subject {
  user: UserPart
  userDomain: ProjectPart
  /** The project of the scope, or its domain. */
  target?: ProjectPart
  /** The domain the project of the scope is in. */
  targetDomain?: ProjectPart
}

const USER = 'select id, name, enabled, domain_id, password_expires_at from users where id = ?'
const PROJECTS = 'select id, name, enabled, domain_id, is_domain, ancestors from projects where id in (?, ?)'
const GROUPS = 'select group_id from memberships where user_id = ?'

async function ask<T>(ctx: IdentityContext, text: string, values: string[]): Promise<T[]> {
  return (await ctx.db.executeQuery<T>(CompiledQuery.raw(text, values))).rows
}

/** `targetId` is the project or domain of the scope. Undefined when there is no such user. */
export async function loadSubject(ctx: IdentityContext, userId: string, targetId: string): Promise<Subject | undefined> {
  const [user] = await ask<UserPart>(ctx, USER, [userId])
  if (user === undefined) return undefined
  const projects = await ask<ProjectPart>(ctx, PROJECTS, [user.domain_id, targetId])
  const userDomain = projects.find((p) => p.id === user.domain_id)
  if (userDomain === undefined) return undefined
  const target = projects.find((p) => p.id === targetId)
  const targetDomain = target?.domain_id === user.domain_id ? userDomain : target?.domain_id ? (await ask<ProjectPart>(ctx, PROJECTS, [target.domain_id, '']))[0] : undefined
  return { user, userDomain, target, targetDomain }
}

export function isUsable(subject: Subject | undefined): subject is Subject {
  return subject !== undefined && subject.user.enabled === 1 && subject.userDomain.enabled === 1
}

export type RoleScope = { project: string; ancestors: string[] } | { domain: string } | { system: 'all' }

interface Held { role_id: string; target_type: string; target_id: string; inherited: number }

/** Ids of the roles a user holds on a target: directly, through a group, or inherited from above; implied ones not yet. */
export async function assignedRoles(ctx: IdentityContext, userId: string, scope: RoleScope): Promise<string[]> {
  const groups = await ask<{ group_id: string }>(ctx, GROUPS, [userId])
  const targets = 'system' in scope ? ['system'] : 'domain' in scope ? [scope.domain] : [scope.project, ...scope.ancestors]
  const held = await ask<Held>(ctx, `select role_id, target_type, target_id, inherited from assignments where actor_id in (${marks(groups.length + 1)}) and target_id in (${marks(targets.length)})`,
    [userId, ...groups.map((g) => g.group_id), ...targets])
  return [...new Set(held.filter((a) => reaches(a, scope)).map((a) => a.role_id))]
}

function marks(count: number): string {
  return Array.from({ length: count }, () => '?').join(', ')
}

function reaches(a: Held, scope: RoleScope): boolean {
  if ('system' in scope) return a.target_type === 'system' && a.inherited === 0
  if ('domain' in scope) return a.target_type === 'domain' && a.inherited === 0
  // A grant on a place counts there; an inherited one counts below it.
  return a.target_id === scope.project ? a.target_type === 'project' && a.inherited === 0 : a.inherited === 1
}
