import { authorise } from '#core/http/context.ts'
import type { IdentityContext } from '../context.ts'
import type { ProjectRow } from '../database.ts'
import { errors } from '../errors.ts'
import { getProject } from './project.store.ts'

/** The project, for who may. Permission is asked of what there is; only who has it learns that there is nothing. */
export async function requireProject(ctx: IdentityContext, rule: string, id: string): Promise<ProjectRow> {
  const project = await getProject(ctx, id)
  authorise(ctx, rule, { project_id: id, target: project === undefined ? {} : { project: { id: project.id, domain_id: project.domain_id } } })
  if (project === undefined) throw errors.ProjectNotFound({ id })
  return project
}
