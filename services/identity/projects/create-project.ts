/** A new project or domain: its place in the hierarchy is checked, its name decided by the unique key. */
import { toJson, flag } from '#core/db/json.ts'
import { change } from '../changes.ts'
import type { IdentityContext } from '../context.ts'
import type { ProjectRow } from '../database.ts'
import { errors } from '../errors.ts'
import { extraOf, type Json } from '../wire/input.ts'
import { mergeOptions } from '../wire/options.ts'
import { ancestorIds, getDomain, getProject, insertProject, listProjects, pathOf, replaceTags } from './project.store.ts'

interface Wanted { id: string; value: Json; known: readonly string[] }

/** `value` has passed its schema. `domain_id` and `parent_id` null or absent mean the domain itself, for a domain nothing. */
export async function createProject(ctx: IdentityContext, { id, value, known }: Wanted): Promise<{ row: ProjectRow; tags: string[] }> {
  const isDomain = value['is_domain'] === true
  const domainId = isDomain ? null : (value['domain_id'] as string)
  const parentId = isDomain ? null : ((value['parent_id'] as string | null | undefined) || domainId)
  if (isDomain) requireDomainShape(id, value)
  const parent = isDomain ? undefined : await requirePlace(ctx, domainId!, parentId!)
  const name = (value['name'] as string).trim()
  const row: ProjectRow = {
    id, name, name_key: name.toLowerCase(), domain_id: domainId, domain_key: domainId ?? '', parent_id: parentId, ancestors: parent === undefined ? '' : pathOf(parent),
    is_domain: flag(isDomain), enabled: flag(value['enabled'] !== false), description: 'description' in value ? (value['description'] as string | null) : '',
    options: toJson(mergeOptions({}, value['options'])), extra: toJson(extraOf(value, known)),
  }
  const tags = [...new Set(((value['tags'] as string[] | undefined) ?? []).map((tag) => tag.trim()))].sort()
  await change(ctx, async (ctx) => {
    if (!await insertProject(ctx, row)) throw nameTaken(row)
    if (tags.length > 0) await replaceTags(ctx, id, tags)
  })
  return { row, tags }
}

export function nameTaken(row: { id: string; name: string; is_domain: number }) {
  const details = row.is_domain === 1
    ? `it is not permitted to have two projects acting as domains with the same name: ${row.name}`
    : `it is not permitted to have two projects with either the same name or same id in the same domain: name is ${row.name}, project id ${row.id}`
  return errors.Conflict({ type: 'project', details })
}

function requireDomainShape(id: string, value: Json): void {
  // The name stands for users of identity providers that have no domain of their own.
  if ((value['name'] as string).toLowerCase() === 'federated' || id.toLowerCase() === 'federated') throw errors.InvalidRequest({ message: `Domain cannot be named ${String(value['name'])}` })
  if (value['parent_id']) throw errors.InvalidRequest({ message: 'only root projects are allowed to act as domains.' })
}

async function requirePlace(ctx: IdentityContext, domainId: string, parentId: string): Promise<ProjectRow> {
  const domain = await getDomain(ctx, domainId)
  // What does not exist is the client's mistake in the body, not a missing address.
  if (domain === undefined) throw errors.InvalidRequest({ message: `Could not find domain: ${domainId}.` })
  const parent = await getProject(ctx, parentId)
  if (parent === undefined) throw errors.InvalidRequest({ message: `Could not find project: ${parentId}.` })
  if (parent.is_domain === 1 && parent.id !== domainId) {
    throw errors.InvalidRequest({ message: `Cannot create project, the parent (${parent.id}) is acting as a domain, but this project's domain id (${domainId}) does not match the parent's id.` })
  }
  if (parent.is_domain !== 1 && parent.domain_id !== domainId) {
    throw errors.InvalidRequest({ message: `Cannot create project, since it specifies its domain_id ${domainId}, but specifies a parent in a different domain (${parent.domain_id}).` })
  }
  const above = ancestorIds(parent)
  const disabled = [...await listProjects(ctx, { ids: above }), parent].find((p) => p.enabled === 0)
  if (disabled !== undefined) throw errors.InvalidRequest({ message: `cannot create a project in a branch containing a disabled project: ${disabled.id}` })
  if (above.length + 1 > ctx.config.maxProjectTreeDepth) throw errors.NotAllowed({ message: `Max hierarchy depth reached for ${parentId} branch.` })
  return parent
}
