/** What the caller's token could be exchanged for, and the catalog of the one they have: /v3/auth/{catalog,projects,domains,system}. */
import { authorise } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { catalogFor } from '../catalog/catalog.ts'
import type { IdentityContext } from '../context.ts'
import { errors } from '../errors.ts'
import { listProjects, listTags } from '../projects/project.store.ts'
import { domainView, projectView } from '../projects/project.view.ts'
import { reachable } from '../role-assignments/reachable.ts'
import { assignedRoles } from '../tokens/token.store.ts'
import { collection, selfUrl } from '../wire/links.ts'

export async function showCatalog(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:get_auth_catalog')
  const { project, user } = ctx.identity
  if (project === undefined) throw errors.Forbidden()
  return { catalog: await catalogFor(ctx, user.id, project.id), links: { self: selfUrl(request) } }
}

export async function listAuthProjects(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:get_auth_projects')
  const { projectIds } = await reachable(ctx, ctx.identity.user.id)
  const rows = await listProjects(ctx, { ids: [...projectIds] })
  const tags = await listTags(ctx, rows.map((row) => row.id))
  return collection(request, 'projects', rows.map((row) => projectView(row, tags.get(row.id))), (p) => `projects/${String(p['id'])}`)
}

export async function listAuthDomains(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:get_auth_domains')
  const { domainIds } = await reachable(ctx, ctx.identity.user.id)
  const rows = await listProjects(ctx, { ids: [...domainIds], isDomain: true })
  return collection(request, 'domains', rows.map((row) => domainView(row)), (d) => `domains/${String(d['id'])}`)
}

export async function listAuthSystem(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:get_auth_system')
  const roles = await assignedRoles(ctx, ctx.identity.user.id, { system: 'all' })
  return { system: roles.length > 0 ? [{ all: true }] : [], links: { self: selfUrl(request) } }
}
