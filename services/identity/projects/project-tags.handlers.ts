/** /v3/projects/{project_id}/tags */
import { reply, type Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { IdentityContext } from '../context.ts'
import type { ProjectRow } from '../database.ts'
import { errors } from '../errors.ts'
import { checkInput } from '../wire/input.ts'
import { selfUrl } from '../wire/links.ts'
import { Tag, Tags } from './project.schema.ts'
import { requireProject } from './require-project.ts'
import { listTags } from './project.store.ts'
import { setTags } from './set-tags.ts'

async function tagsOf(ctx: IdentityContext, project: ProjectRow): Promise<string[]> {
  return (await listTags(ctx, [project.id])).get(project.id) ?? []
}

export async function listProjectTags(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const project = await requireProject(ctx, 'identity:list_project_tags', request.params['project_id']!)
  return { links: { self: selfUrl(request) }, tags: await tagsOf(ctx, project) }
}

export async function replaceProjectTags(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const project = await requireProject(ctx, 'identity:update_project_tags', request.params['project_id']!)
  const tags = checkInput(Tags, (request.body as { tags?: unknown } | undefined)?.tags ?? {})
  return { links: { self: selfUrl(request) }, tags: await setTags(ctx, project, 'update', tags.map((tag) => tag.trim())) }
}

export async function deleteProjectTags(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  const project = await requireProject(ctx, 'identity:delete_project_tags', request.params['project_id']!)
  await setTags(ctx, project, 'update', [])
}

export async function showProjectTag(ctx: IdentityContext, request: RouteRequest): Promise<Reply> {
  const project = await requireProject(ctx, 'identity:get_project_tag', request.params['project_id']!)
  const tag = request.params['value']!
  if (!(await tagsOf(ctx, project)).includes(tag)) throw errors.ProjectTagNotFound({ tag })
  return reply({ status: 204 })
}

export async function addProjectTag(ctx: IdentityContext, request: RouteRequest): Promise<Reply> {
  const project = await requireProject(ctx, 'identity:create_project_tag', request.params['project_id']!)
  const tag = checkInput(Tag, request.params['value']!).trim()
  const tags = await tagsOf(ctx, project)
  checkInput(Tags, tags.includes(tag) ? tags : [...tags, tag])
  await setTags(ctx, project, 'create', [...tags, tag])
  return reply({ status: 201, headers: { location: `${request.baseUrl}/projects/${project.id}/tags/${encodeURIComponent(tag)}` }, body: '' })
}

export async function deleteProjectTag(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  const project = await requireProject(ctx, 'identity:delete_project_tag', request.params['project_id']!)
  const tag = request.params['value']!
  const tags = await tagsOf(ctx, project)
  if (!tags.includes(tag)) throw errors.ProjectTagNotFound({ tag })
  await setTags(ctx, project, 'delete', tags.filter((t) => t !== tag))
}
