/** /v3/domains */
import { authorise } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { IdentityContext } from '../context.ts'
import { errors } from '../errors.ts'
import { createProject } from '../projects/create-project.ts'
import { deleteDomain } from '../projects/delete-project.ts'
import { DOMAIN_ATTRIBUTES, DomainCreate, DomainUpdate } from '../projects/project.schema.ts'
import { getDomain, listProjects, listTags } from '../projects/project.store.ts'
import { domainView } from '../projects/project.view.ts'
import { changeProject } from '../projects/update-project.ts'
import { applyFilters, exact, isTrue, readFilters } from '../wire/filters.ts'
import { bodyOf, checkInput, normalized } from '../wire/input.ts'
import { collection, member } from '../wire/links.ts'

export async function listDomains(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:list_domains')
  const filters = readFilters(request.query, ['name', 'enabled'])
  const enabled = exact(filters, 'enabled')
  const rows = await listProjects(ctx, { isDomain: true, name: exact(filters, 'name'), enabled: enabled === undefined ? undefined : isTrue(enabled) })
  const tags = await listTags(ctx, rows.map((row) => row.id))
  return collection(request, 'domains', applyFilters(rows.map((row) => domainView(row, tags.get(row.id))), filters), (d) => `domains/${String(d['id'])}`)
}

export async function showDomain(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const id = request.params['domain_id']!
  const domain = await getDomain(ctx, id)
  authorise(ctx, 'identity:get_domain', { target: domain === undefined ? {} : { domain: { id } } })
  if (domain === undefined) throw errors.DomainNotFound({ id })
  return member(request, 'domain', `domains/${id}`, domainView(domain, (await listTags(ctx, [id])).get(id)))
}

export async function createDomain(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:create_domain')
  const given = bodyOf(request, 'domain')
  checkInput(DomainCreate, given)
  const id = given['explicit_domain_id'] === undefined || given['explicit_domain_id'] === null ? ctx.ids.hex() : explicitId(given['explicit_domain_id'])
  const { row, tags } = await createProject(ctx, { id, value: { ...normalized(given), is_domain: true, parent_id: null }, known: DOMAIN_ATTRIBUTES })
  return member(request, 'domain', `domains/${id}`, domainView(row, tags))
}

/** The same domain may need the same id in several clouds; it must be a UUID without dashes. */
function explicitId(value: unknown): string {
  if (typeof value !== 'string' || !/^[0-9a-f]{32}$/i.test(value)) throw errors.DomainIdInvalid()
  return value.toLowerCase()
}

export async function updateDomain(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:update_domain')
  const value = bodyOf(request, 'domain')
  checkInput(DomainUpdate, value)
  const id = request.params['domain_id']!
  const domain = await getDomain(ctx, id)
  if (domain === undefined) throw errors.DomainNotFound({ id })
  const { row, tags } = await changeProject(ctx, domain, value, DOMAIN_ATTRIBUTES)
  return member(request, 'domain', `domains/${id}`, domainView(row, tags))
}

export async function deleteDomainHandler(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  authorise(ctx, 'identity:delete_domain')
  const id = request.params['domain_id']!
  const domain = await getDomain(ctx, id)
  if (domain === undefined) throw errors.DomainNotFound({ id })
  await deleteDomain(ctx, domain)
}
