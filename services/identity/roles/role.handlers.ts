/** /v3/roles, /v3/roles/{id}/implies and /v3/role_inferences. A role of a domain has rules of its own. */
import { authorise } from '#core/http/context.ts'
import { reply, type Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { IdentityContext } from '../context.ts'
import type { RoleRow } from '../database.ts'
import { errors } from '../errors.ts'
import { applyFilters, exact, readFilters } from '../wire/filters.ts'
import { bodyOf, checkInput, normalized, requireMatchingId } from '../wire/input.ts'
import { collection, member } from '../wire/links.ts'
import { roleGraph } from './role-graph.ts'
import { RoleCreate, RoleUpdate } from './role.schema.ts'
import { getRole, listImplications, listRoles } from './role.store.ts'
import { requireRole } from './require-role.ts'
import { rolePath, roleReference, roleView } from './role.view.ts'
import { addImplication, changeRole, createRole, removeImplication, removeRole } from './write-role.ts'

/** Permission first: only who may see roles learns that there is none. */
async function roleFor(ctx: IdentityContext, verb: 'get' | 'update' | 'delete', id: string): Promise<RoleRow> {
  const role = await getRole(ctx, id)
  const ofDomain = role !== undefined && role.domain_id !== null
  authorise(ctx, ofDomain ? `identity:${verb}_domain_role` : `identity:${verb}_role`, ofDomain ? { target: { role: { domain_id: role.domain_id } } } : {})
  if (role === undefined) throw errors.RoleNotFound({ id })
  return role
}

export async function listRolesHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const filters = readFilters(request.query, ['name', 'domain_id'])
  const domainId = exact(filters, 'domain_id')
  authorise(ctx, domainId ? 'identity:list_domain_roles' : 'identity:list_roles')
  const rows = await listRoles(ctx, { domainId: domainId || null, name: exact(filters, 'name') })
  return collection(request, 'roles', applyFilters(rows.map(roleView), filters), rolePath)
}

export async function showRole(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const role = await roleFor(ctx, 'get', request.params['role_id']!)
  return member(request, 'role', `roles/${role.id}`, roleView(role))
}

export async function createRoleHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const given = bodyOf(request, 'role')
  authorise(ctx, typeof given === 'object' && given?.['domain_id'] ? 'identity:create_domain_role' : 'identity:create_role')
  checkInput(RoleCreate, given)
  const role = await createRole(ctx, normalized(given))
  return member(request, 'role', `roles/${role.id}`, roleView(role))
}

export async function updateRoleHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const role = await roleFor(ctx, 'update', request.params['role_id']!)
  const value = bodyOf(request, 'role')
  checkInput(RoleUpdate, value)
  requireMatchingId(value, role.id)
  return member(request, 'role', `roles/${role.id}`, roleView(await changeRole(ctx, role, value)))
}

export async function deleteRoleHandler(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  await removeRole(ctx, await roleFor(ctx, 'delete', request.params['role_id']!))
}

async function implicationOf(ctx: IdentityContext, rule: string, request: RouteRequest): Promise<{ prior: RoleRow; implied: RoleRow }> {
  const prior = await requireRole(ctx, request.params['prior_role_id']!)
  const implied = await requireRole(ctx, request.params['implied_role_id']!)
  authorise(ctx, rule, { target: { prior_role: { domain_id: prior.domain_id }, implied_role: { domain_id: implied.domain_id } } })
  return { prior, implied }
}

function inference(request: RouteRequest, prior: RoleRow, implied: RoleRow): object {
  return {
    role_inference: { prior_role: roleReference(request.baseUrl, prior), implies: roleReference(request.baseUrl, implied) },
    links: { self: `${request.baseUrl}/roles/${prior.id}/implies/${implied.id}` },
  }
}

export async function listImpliedRoles(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const prior = await requireRole(ctx, request.params['prior_role_id']!)
  authorise(ctx, 'identity:list_implied_roles', { target: { prior_role: { domain_id: prior.domain_id } } })
  const graph = await roleGraph(ctx)
  const implies = graph.impliedBy(prior.id).map((id) => roleReference(request.baseUrl, graph.roles.get(id)!))
  return { role_inference: { prior_role: roleReference(request.baseUrl, prior), implies }, links: { self: `${request.baseUrl}/roles/${prior.id}/implies` } }
}

export async function showImpliedRole(ctx: IdentityContext, request: RouteRequest): Promise<Reply> {
  const { prior, implied } = await implicationOf(ctx, request.method === 'HEAD' ? 'identity:check_implied_role' : 'identity:get_implied_role', request)
  const found = (await listImplications(ctx, prior.id)).some((row) => row.implied_role_id === implied.id)
  if (!found) throw errors.ImpliedRoleNotFound({ prior: prior.id, implied: implied.id })
  return request.method === 'HEAD' ? reply({ status: 204 }) : reply({ body: inference(request, prior, implied) })
}

export async function createImpliedRole(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const { prior, implied } = await implicationOf(ctx, 'identity:create_implied_role', request)
  await addImplication(ctx, prior, implied)
  return inference(request, prior, implied)
}

export async function deleteImpliedRole(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  const { prior, implied } = await implicationOf(ctx, 'identity:delete_implied_role', request)
  await removeImplication(ctx, prior, implied)
}

export async function listRoleInferences(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:list_role_inference_rules')
  const graph = await roleGraph(ctx)
  const inferences = [...graph.roles.values()].flatMap((prior) => {
    const implied = graph.impliedBy(prior.id)
    return implied.length === 0 ? [] : [{ prior_role: roleReference(request.baseUrl, prior), implies: implied.map((id) => roleReference(request.baseUrl, graph.roles.get(id)!)) }]
  })
  return { role_inferences: inferences }
}
