/**
 * Effective assignments: what the stored ones come to. A group's assignment stands for one of each member, an
 * inherited one for one on each project below, and every role brings those it implies. `indirect` keeps where an
 * expanded assignment came from, because its link leads there.
 */
import type { IdentityContext } from '../context.ts'
import type { AssignmentRow, ProjectRow } from '../database.ts'
import { listMembers } from '../groups/group.store.ts'
import { ancestorIds, listProjects } from '../projects/project.store.ts'
import { roleGraph, type RoleGraph } from '../roles/role-graph.ts'

export interface Assignment {
  roleId: string
  userId?: string
  groupId?: string
  projectId?: string
  domainId?: string
  system?: true
  inherited?: true
  indirect?: { groupId?: string; projectId?: string; domainId?: string; roleId?: string }
}

export function assignmentOf(row: AssignmentRow): Assignment {
  return {
    roleId: row.role_id, ...(row.actor_type === 'user' ? { userId: row.actor_id } : { groupId: row.actor_id }),
    ...(row.target_type === 'project' ? { projectId: row.target_id } : row.target_type === 'domain' ? { domainId: row.target_id } : { system: true as const }),
    ...(row.inherited === 1 ? { inherited: true as const } : {}),
  }
}

export interface Focus {
  /** Only assignments of this user come out. */
  userId?: string
  /** Only assignments on these projects come out; undefined for all. */
  projectIds?: Set<string>
}

export async function expand(ctx: IdentityContext, stored: Assignment[], focus: Focus): Promise<Assignment[]> {
  const graph = await roleGraph(ctx)
  const members = await membersOf(ctx, stored, focus)
  const projects = stored.some((a) => a.inherited) ? await projectsFor(ctx, focus) : []
  const people = stored.flatMap((a) => expandGroup(a, members, focus))
  const places = people.flatMap((a) => expandInherited(a, projects))
  return places.flatMap((a) => expandImplied(a, graph)).filter((a) => graph.roles.get(a.roleId)?.domain_id === null)
}

async function membersOf(ctx: IdentityContext, stored: Assignment[], focus: Focus): Promise<Map<string, string[]>> {
  const groupIds = [...new Set(stored.flatMap((a) => a.groupId ?? []))]
  if (focus.userId !== undefined) return new Map(groupIds.map((id) => [id, [focus.userId!]]))
  const members = new Map<string, string[]>()
  for (const { group_id: group, user_id: user } of await listMembers(ctx, groupIds)) members.set(group, [...(members.get(group) ?? []), user])
  return members
}

async function projectsFor(ctx: IdentityContext, focus: Focus): Promise<ProjectRow[]> {
  return await listProjects(ctx, focus.projectIds === undefined ? { isDomain: false } : { ids: [...focus.projectIds] })
}

function expandGroup(a: Assignment, members: Map<string, string[]>, _focus: Focus): Assignment[] {
  if (a.groupId === undefined) return [a]
  const { groupId, ...rest } = a
  return (members.get(groupId) ?? []).map((userId) => ({ ...rest, userId, indirect: { ...a.indirect, groupId } }))
}

function expandInherited(a: Assignment, projects: ProjectRow[]): Assignment[] {
  if (a.inherited === undefined) return [a]
  const { projectId, domainId, inherited: _, ...rest } = a
  const source = (projectId ?? domainId)!
  const from = projectId === undefined ? { domainId } : { projectId }
  return projects.filter((p) => ancestorIds(p).includes(source)).map((p) => ({ ...rest, projectId: p.id, indirect: { ...a.indirect, ...from } }))
}

function expandImplied(a: Assignment, graph: RoleGraph): Assignment[] {
  const found = [a]
  const seen = new Set<string>()
  for (let at = 0; at < found.length; at += 1) {
    const prior = found[at]!
    for (const roleId of graph.impliedBy(prior.roleId)) {
      const step = `${prior.roleId} ${roleId}`
      if (seen.has(step)) continue
      seen.add(step)
      found.push({ ...prior, roleId, indirect: { ...prior.indirect, roleId: prior.roleId } })
    }
  }
  return found
}
