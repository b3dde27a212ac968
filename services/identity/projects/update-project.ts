/** Changes to a project or domain. Where it stands never changes; disabling asks that nothing enabled is below. */
import { flag, fromJson, toJson } from '#core/db/json.ts'
import { change } from '../changes.ts'
import type { IdentityContext } from '../context.ts'
import type { ProjectRow } from '../database.ts'
import { errors } from '../errors.ts'
import { extraOf, type Json } from '../wire/input.ts'
import { mergeOptions, requireMutable } from '../wire/options.ts'
import { nameTaken } from './create-project.ts'
import { ancestorIds, getProject, listProjects, listSubtree, listTags, replaceTags, updateProject } from './project.store.ts'

export async function changeProject(ctx: IdentityContext, original: ProjectRow, value: Json, known: readonly string[]): Promise<{ row: ProjectRow; tags: string[] }> {
  const type = original.is_domain === 1 ? 'domain' : 'project'
  const options = fromJson<Json>(original.options, {})
  if ('domain_id' in value && value['domain_id'] !== original.domain_id && type === 'project') throw errors.InvalidRequest({ message: 'Cannot change Domain ID' })
  requireMutable(type, original.id, options, value)
  if ('parent_id' in value && value['parent_id'] !== original.parent_id && type === 'project') throw errors.NotAllowed({ message: 'Update of `parent_id` is not allowed.' })
  if ('is_domain' in value && value['is_domain'] !== (original.is_domain === 1)) throw errors.InvalidRequest({ message: 'Update of `is_domain` is not allowed.' })
  await requireEnabledPath(ctx, original, value)
  const values: Partial<ProjectRow> = { extra: toJson({ ...fromJson<Json>(original.extra, {}), ...extraOf(value, known) }) }
  if ('name' in value) {
    values.name = (value['name'] as string).trim()
    values.name_key = values.name.toLowerCase()
  }
  if ('description' in value) values.description = value['description'] as string | null
  if ('enabled' in value) values.enabled = flag(value['enabled'] as boolean)
  if ('options' in value) values.options = toJson(mergeOptions(options, value['options']))
  return await change(ctx, async (ctx) => {
    if (!await updateProject(ctx, original.id, values)) throw nameTaken({ ...original, ...values })
    if ('tags' in value) await replaceTags(ctx, original.id, (value['tags'] as string[]).map((tag) => tag.trim()))
    return { row: (await getProject(ctx, original.id))!, tags: (await listTags(ctx, [original.id])).get(original.id) ?? [] }
  })
}

async function requireEnabledPath(ctx: IdentityContext, original: ProjectRow, value: Json): Promise<void> {
  if (value['enabled'] === true && original.enabled === 0) {
    const above = await listProjects(ctx, { ids: ancestorIds(original) })
    if (above.some((p) => p.enabled === 0)) throw errors.NotAllowed({ message: `Cannot enable project ${original.id} since it has disabled parents` })
  }
  if (value['enabled'] === false && original.enabled === 1 && original.is_domain === 0) {
    const below = await listSubtree(ctx, original)
    if (below.some((p) => p.enabled === 1)) throw errors.NotAllowed({ message: `Cannot disable project ${original.id} since its subtree contains enabled projects.` })
  }
}
