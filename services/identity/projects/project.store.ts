/** SQL about projects, domains (which are projects) and tags. */
import { writeUnlessTaken } from '#core/db/database.ts'
import { flag } from '#core/db/json.ts'
import type { IdentityContext } from '../context.ts'
import type { ProjectRow } from '../database.ts'

export async function getProject(ctx: IdentityContext, id: string): Promise<ProjectRow | undefined> {
  return await ctx.db.selectFrom('projects').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function getDomain(ctx: IdentityContext, id: string): Promise<ProjectRow | undefined> {
  return await ctx.db.selectFrom('projects').selectAll().where('id', '=', id).where('is_domain', '=', 1).executeTakeFirst()
}

/** `domainId` null looks among the domains. */
export async function findProject(ctx: IdentityContext, name: string, domainId: string | null): Promise<ProjectRow | undefined> {
  return await ctx.db.selectFrom('projects').selectAll().where('domain_key', '=', domainId ?? '').where('name_key', '=', name.toLowerCase()).executeTakeFirst()
}

export interface ProjectsWanted { domainId?: string; name?: string; parentId?: string; enabled?: boolean; isDomain?: boolean; ids?: string[] }

export async function listProjects(ctx: IdentityContext, where: ProjectsWanted): Promise<ProjectRow[]> {
  if (where.ids?.length === 0) return []
  let query = ctx.db.selectFrom('projects').selectAll()
  if (where.domainId !== undefined) query = query.where('domain_id', '=', where.domainId)
  if (where.name !== undefined) query = query.where('name_key', '=', where.name.toLowerCase())
  if (where.parentId !== undefined) query = query.where('parent_id', '=', where.parentId)
  if (where.enabled !== undefined) query = query.where('enabled', '=', flag(where.enabled))
  if (where.isDomain !== undefined) query = query.where('is_domain', '=', flag(where.isDomain))
  if (where.ids !== undefined) query = query.where('id', 'in', where.ids)
  return await query.orderBy('name').orderBy('id').execute()
}

/** Everything below a project, whatever the depth. */
export async function listSubtree(ctx: IdentityContext, project: ProjectRow): Promise<ProjectRow[]> {
  const path = pathOf(project)
  return await ctx.db.selectFrom('projects').selectAll()
    .where((eb) => eb.or([eb('ancestors', '=', path), eb.and([eb('ancestors', '>=', `${path}/`), eb('ancestors', '<', `${path}0`)])])).orderBy('ancestors').orderBy('name').execute()
}

/** Ids joined by `/` from the domain down to the project itself. `0` follows `/` in both engines' order. */
export function pathOf(project: { id: string; ancestors: string }): string {
  return project.ancestors === '' ? project.id : `${project.ancestors}/${project.id}`
}

/** From the domain down, the project itself not included. */
export function ancestorIds(project: { ancestors: string }): string[] {
  return project.ancestors === '' ? [] : project.ancestors.split('/')
}

/** False when the name or id is taken. */
export async function insertProject(ctx: IdentityContext, row: ProjectRow): Promise<boolean> {
  return await writeUnlessTaken(ctx.db.insertInto('projects').values(row))
}

/** False when the name is taken. */
export async function updateProject(ctx: IdentityContext, id: string, values: Partial<ProjectRow>): Promise<boolean> {
  if (Object.keys(values).length === 0) return true
  return await writeUnlessTaken(ctx.db.updateTable('projects').set(values).where('id', '=', id))
}

/** The project with what only it gives meaning: tags, assignments, credentials, trusts. Run inside a transaction. */
export async function deleteProjectRows(ctx: IdentityContext, id: string): Promise<void> {
  await ctx.db.deleteFrom('project_tags').where('project_id', '=', id).execute()
  await ctx.db.deleteFrom('assignments').where('target_id', '=', id).where('target_type', 'in', ['project', 'domain']).execute()
  await ctx.db.deleteFrom('credentials').where('project_id', '=', id).execute()
  await ctx.db.deleteFrom('project_endpoints').where('project_id', '=', id).execute()
  await ctx.db.deleteFrom('request_tokens').where('project_id', '=', id).execute()
  await ctx.db.deleteFrom('access_tokens').where('project_id', '=', id).execute()
  await ctx.db.deleteFrom('domain_options').where('domain_id', '=', id).execute()
  await ctx.db.deleteFrom('project_endpoint_groups').where('project_id', '=', id).execute()
  await ctx.db.updateTable('users').set({ default_project_id: null }).where('default_project_id', '=', id).execute()
  await ctx.db.deleteFrom('projects').where('id', '=', id).execute()
}

export async function listTags(ctx: IdentityContext, projectIds: string[]): Promise<Map<string, string[]>> {
  const tags = new Map<string, string[]>()
  if (projectIds.length === 0) return tags
  let query = ctx.db.selectFrom('project_tags').selectAll()
  // Engines bound how many values a list may have; a caller who wants that many wants nearly all.
  if (projectIds.length < 10_000) query = query.where('project_id', 'in', projectIds)
  const rows = await query.orderBy('name').execute()
  for (const row of rows) tags.set(row.project_id, [...(tags.get(row.project_id) ?? []), row.name])
  return tags
}

/** Run inside a transaction. */
export async function replaceTags(ctx: IdentityContext, projectId: string, tags: string[]): Promise<void> {
  await ctx.db.deleteFrom('project_tags').where('project_id', '=', projectId).execute()
  const distinct = [...new Set(tags)]
  if (distinct.length > 0) await ctx.db.insertInto('project_tags').values(distinct.map((name) => ({ project_id: projectId, name }))).execute()
}
