/** The names of everybody and everything in a list of assignments. */
import type { IdentityContext } from '../context.ts'
import { listGroups } from '../groups/group.store.ts'
import { listProjects } from '../projects/project.store.ts'
import { roleGraph } from '../roles/role-graph.ts'
import { listUsers } from '../users/user.store.ts'
import type { NamedThing, Names } from './assignment.view.ts'
import type { Assignment } from './expand.ts'

/** A handful of queries, however many assignments. */
export async function namesFor(ctx: IdentityContext, assignments: readonly Assignment[]): Promise<Names> {
  const named = (rows: { id: string; name: string; domain_id: string | null }[]): Map<string, NamedThing> => new Map(rows.map((r) => [r.id, { name: r.name, domainId: r.domain_id }]))
  const users = await listUsers(ctx, idsOf(assignments, (a) => a.userId))
  const groups = await listGroups(ctx, idsOf(assignments, (a) => a.groupId))
  const projects = [...await listProjects(ctx, { ...idsOf(assignments, (a) => a.projectId), isDomain: false }), ...await listProjects(ctx, { isDomain: true })]
  return { users: named(users), groups: named(groups), projects: named(projects), roles: named([...(await roleGraph(ctx)).roles.values()]) }
}

/** Engines bound how many values a list may have; a caller who wants that many wants nearly all. */
function idsOf(assignments: readonly Assignment[], pick: (a: Assignment) => string | undefined): { ids?: string[] } {
  const ids = [...new Set(assignments.flatMap((a) => pick(a) ?? []))]
  return ids.length > 10_000 ? {} : { ids }
}
