/** The stored assignments that can matter to a question, and from them the answer, effective or as stored. */
import type { IdentityContext } from '../context.ts'
import type { AssignmentRow } from '../database.ts'
import { listGroupIds } from '../groups/group.store.ts'
import { ancestorIds, getProject, listSubtree } from '../projects/project.store.ts'
import { listAssignments } from './assignment.store.ts'
import { assignmentOf, expand, type Assignment } from './expand.ts'

export interface Question {
  roleId?: string
  userId?: string
  groupId?: string
  domainId?: string
  projectId?: string
  system?: boolean
  /** Undefined for both. */
  inherited?: boolean
  includeSubtree?: boolean
  effective?: boolean
}

export async function findAssignments(ctx: IdentityContext, question: Question): Promise<Assignment[]> {
  const projectIds = await projectsOf(ctx, question)
  return question.effective === true ? await effective(ctx, question, projectIds) : await direct(ctx, question, projectIds)
}

async function projectsOf(ctx: IdentityContext, { projectId, includeSubtree }: Question): Promise<string[] | undefined> {
  if (projectId === undefined) return undefined
  const project = includeSubtree === true ? await getProject(ctx, projectId) : undefined
  return project === undefined ? [projectId] : [projectId, ...(await listSubtree(ctx, project)).map((p) => p.id)]
}

function place(question: Question, projectIds: string[] | undefined): { targetType?: AssignmentRow['target_type']; targetIds?: string[] } {
  if (question.system === true) return { targetType: 'system' }
  if (projectIds !== undefined) return { targetType: 'project', targetIds: projectIds }
  return question.domainId === undefined ? {} : { targetType: 'domain', targetIds: [question.domainId] }
}

async function direct(ctx: IdentityContext, question: Question, projectIds: string[] | undefined): Promise<Assignment[]> {
  const rows = await listAssignments(ctx, {
    roleId: question.roleId, userId: question.userId, groupIds: question.groupId === undefined ? undefined : [question.groupId], inherited: question.inherited, ...place(question, projectIds),
  })
  return rows.map(assignmentOf)
}

async function effective(ctx: IdentityContext, question: Question, projectIds: string[] | undefined): Promise<Assignment[]> {
  const inherited = question.domainId === undefined && question.system !== true ? question.inherited : false
  const rows: AssignmentRow[] = []
  for (const who of await actors(ctx, question.userId)) {
    if (inherited !== true) rows.push(...await listAssignments(ctx, { ...who, ...place(question, projectIds), inherited: false }))
    if (inherited !== false) rows.push(...await listAssignments(ctx, { ...who, ...await sources(ctx, question, projectIds), inherited: true }))
  }
  const stored = (question.system === true ? rows : rows.filter((row) => row.target_type !== 'system')).map(assignmentOf)
  const expanded = await expand(ctx, stored, { userId: question.userId, projectIds: projectIds === undefined ? undefined : new Set(projectIds) })
  return question.roleId === undefined ? expanded : expanded.filter((a) => a.roleId === question.roleId)
}

async function actors(ctx: IdentityContext, userId: string | undefined): Promise<{ userId?: string; groupIds?: string[] }[]> {
  return userId === undefined ? [{}] : [{ userId }, { groupIds: await listGroupIds(ctx, userId) }]
}

/** Where an inherited assignment must be to reach the projects asked about. */
async function sources(ctx: IdentityContext, question: Question, projectIds: string[] | undefined): Promise<{ targetIds?: string[] }> {
  if (projectIds === undefined) return {}
  const project = await getProject(ctx, question.projectId!)
  return { targetIds: [...(project === undefined ? [] : ancestorIds(project)), ...projectIds] }
}
