/** Where a user holds any role, directly, through a group or by inheritance: what they can scope a token to. */
import type { IdentityContext } from '../context.ts'
import type { AssignmentRow, ProjectRow } from '../database.ts'
import { listGroupIds } from '../groups/group.store.ts'
import { ancestorIds, listProjects } from '../projects/project.store.ts'
import { roleGraph } from '../roles/role-graph.ts'
import { listAssignments } from './assignment.store.ts'

export async function reachable(ctx: IdentityContext, userId: string): Promise<{ projectIds: Set<string>; domainIds: Set<string> }> {
  const groupIds = await listGroupIds(ctx, userId)
  const all = [...await listAssignments(ctx, { userId }), ...await listAssignments(ctx, { groupIds })]
  const graph = await roleGraph(ctx)
  const assignments = all.filter((a) => graph.inToken([a.role_id]).length > 0)
  const domainIds = new Set(assignments.filter((a) => a.target_type === 'domain' && a.inherited === 0).map((a) => a.target_id))
  const projectIds = new Set(assignments.filter((a) => a.target_type === 'project' && a.inherited === 0).map((a) => a.target_id))
  const sources = new Set(assignments.filter((a) => a.inherited === 1).map((a) => a.target_id))
  if (sources.size > 0) for (const project of await below(ctx, assignments, sources)) projectIds.add(project.id)
  return { projectIds, domainIds }
}

async function below(ctx: IdentityContext, assignments: AssignmentRow[], sources: Set<string>): Promise<ProjectRow[]> {
  const domains = new Set<string>()
  for (const row of await listProjects(ctx, { ids: [...new Set(assignments.filter((a) => a.inherited === 1).map((a) => a.target_id))] })) domains.add(row.domain_id ?? row.id)
  const projects: ProjectRow[] = []
  for (const domainId of domains) projects.push(...await listProjects(ctx, { domainId }))
  return projects.filter((project) => ancestorIds(project).some((id) => sources.has(id)))
}
