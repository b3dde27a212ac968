/** /v3/OS-TRUST/trusts. A token delegated by anything but a trust may neither read nor make trusts. */
import { authorise } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { isDelegated } from '../authentication/is-delegated.ts'
import type { IdentityContext } from '../context.ts'
import { errors } from '../errors.ts'
import { roleGraph } from '../roles/role-graph.ts'
import { roleView } from '../roles/role.view.ts'
import { bodyOf, checkInput } from '../wire/input.ts'
import { collection, member, withSelf } from '../wire/links.ts'
import { createTrust } from './create-trust.ts'
import { isOver } from './effective-trust.ts'
import { removeTrust } from './remove-trust.ts'
import { TrustCreate } from './trust.schema.ts'
import { getTrust, listTrusts, type Trust } from './trust.store.ts'
import { trustPath, trustView } from './trust.view.ts'

type Json = Record<string, unknown>

function refuseDelegated(ctx: IdentityContext): void {
  if (isDelegated(ctx.identity.methods)) throw errors.ForbiddenAction({ action: 'Delegated tokens cannot manage trusts.' })
}

async function rolesOf(ctx: IdentityContext, request: RouteRequest, trust: Trust): Promise<Json[]> {
  const graph = await roleGraph(ctx)
  return trust.roleIds.flatMap((id) => graph.roles.get(id) ?? []).map((role) => withSelf(request, `roles/${role.id}`, roleView(role)))
}

function rolesLinks(request: RouteRequest, trust: Trust): Json {
  return { self: `${request.baseUrl}/${trust.id}/roles`, next: null, previous: null }
}

async function fullView(ctx: IdentityContext, request: RouteRequest, trust: Trust): Promise<Json> {
  return { ...trustView(trust), roles: await rolesOf(ctx, request, trust), roles_links: rolesLinks(request, trust) }
}

/** Unlike elsewhere, a trust that is not there is not found whoever asks. */
async function requireTrust(ctx: IdentityContext, rule: string, request: RouteRequest): Promise<Trust> {
  const id = request.params['trust_id']!
  const trust = await getTrust(ctx, id)
  if (trust === undefined || isOver(ctx, trust)) throw errors.TrustNotFound({ id })
  if (trust.remaining_uses !== null && trust.remaining_uses <= 0) throw errors.TrustUseLimitReached({ id })
  authorise(ctx, rule, { trust_id: id, target: { trust: { trustor_user_id: trust.trustor_user_id, trustee_user_id: trust.trustee_user_id } } })
  refuseDelegated(ctx)
  return trust
}

export async function listTrustsHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const { query } = request
  const [trustorId, trusteeId] = [query.get('trustor_user_id') || undefined, query.get('trustee_user_id') || undefined]
  if (trustorId !== undefined) authorise(ctx, 'identity:list_trusts_for_trustor', { target: { trust: { trustor_user_id: trustorId } } })
  else if (trusteeId !== undefined) authorise(ctx, 'identity:list_trusts_for_trustee', { target: { trust: { trustee_user_id: trusteeId } } })
  else authorise(ctx, 'identity:list_trusts')
  refuseDelegated(ctx)
  const nothing = query.size > 0 && trustorId === undefined && trusteeId === undefined
  const rows = nothing ? [] : await listTrusts(ctx, { trustorId, trusteeId: trustorId === undefined ? trusteeId : undefined })
  return collection(request, 'trusts', rows.filter((row) => !isOver(ctx, row)).map(trustView), trustPath)
}

export async function showTrust(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const trust = await requireTrust(ctx, 'identity:get_trust', request)
  return member(request, 'trust', `OS-TRUST/trusts/${trust.id}`, await fullView(ctx, request, trust))
}

export async function createTrustHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const given = bodyOf(request, 'trust')
  authorise(ctx, 'identity:create_trust', { target: { trust: given } })
  const wanted = checkInput(TrustCreate, given)
  refuseDelegated(ctx)
  const trust = await createTrust(ctx, wanted)
  return member(request, 'trust', `OS-TRUST/trusts/${trust.id}`, await fullView(ctx, request, trust))
}

export async function deleteTrustHandler(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  const trust = await requireTrust(ctx, 'identity:delete_trust', request)
  await removeTrust(ctx, trust.id)
}

export async function listTrustRoles(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const trust = await requireTrust(ctx, 'identity:list_roles_for_trust', request)
  return { roles: await rolesOf(ctx, request, trust), links: rolesLinks(request, trust) }
}

export async function showTrustRole(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const trust = await requireTrust(ctx, 'identity:get_role_for_trust', request)
  const id = request.params['role_id']!
  const role = trust.roleIds.includes(id) ? (await roleGraph(ctx)).roles.get(id) : undefined
  if (role === undefined) throw errors.RoleNotFound({ id })
  return member(request, 'role', `roles/${id}`, roleView(role))
}
