/** /v3/OS-OAUTH1 and /v3/users/{user_id}/OS-OAUTH1/access_tokens */
import { authorise } from '#core/http/context.ts'
import { reply, type Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { Type } from '#core/schema/schema.ts'
import { isoMicros } from '#core/time/clock.ts'
import { RoleChoice } from '../application-credentials/application-credential.schema.ts'
import { isDelegated } from '../authentication/is-delegated.ts'
import type { IdentityContext } from '../context.ts'
import type { AccessTokenRow } from '../database.ts'
import { errors } from '../errors.ts'
import { roleGraph } from '../roles/role-graph.ts'
import { rolePath, roleView } from '../roles/role.view.ts'
import { bodyOf, checkInput, normalized, requireMatchingId } from '../wire/input.ts'
import { collection, member } from '../wire/links.ts'
import { Description, Nullable } from '../wire/types.schema.ts'
import { listAccessTokens, listConsumers } from './oauth1.store.ts'
import { accessTokenPath, accessTokenView, consumerPath, consumerView } from './oauth1.view.ts'
import { readSigned } from './signed-request.ts'
import { authorize, changeConsumer, createAccessToken, createConsumer, createRequestToken, removeAccessToken, removeConsumer, requireAccessToken, requireConsumer, type Issued } from './write-oauth1.ts'

const ConsumerCreate = Type.Object({ description: Type.Optional(Nullable(Description)) })
const ConsumerUpdate = Type.Object({ description: Type.Optional(Nullable(Description)), secret: Type.Optional(Type.Never()) }, { minProperties: 1 })

function refuseDelegated(ctx: IdentityContext): void {
  if (ctx.identity.trustId !== undefined || isDelegated(ctx.identity.methods)) throw errors.Forbidden()
}

export async function listConsumersHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  return collection(request, 'consumers', (await listConsumers(ctx)).map(consumerView), consumerPath)
}

export async function showConsumer(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const view = consumerView(await requireConsumer(ctx, request.params['consumer_id']!))
  return member(request, 'consumer', consumerPath(view), view)
}

export async function createConsumerHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:create_consumer')
  const given = bodyOf(request, 'consumer')
  checkInput(ConsumerCreate, given)
  const { row, secret } = await createConsumer(ctx, normalized(given))
  const view = consumerView(row)
  return member(request, 'consumer', consumerPath(view), { ...view, secret })
}

export async function updateConsumerHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:update_consumer')
  const value = bodyOf(request, 'consumer')
  checkInput(ConsumerUpdate, value)
  requireMatchingId(value, request.params['consumer_id']!)
  const view = consumerView(await changeConsumer(ctx, await requireConsumer(ctx, request.params['consumer_id']!), normalized(value)))
  return member(request, 'consumer', consumerPath(view), view)
}

export async function deleteConsumerHandler(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  await removeConsumer(ctx, await requireConsumer(ctx, request.params['consumer_id']!))
}

function formOf(issued: Issued): Reply {
  const body = `oauth_token=${issued.id}&oauth_token_secret=${issued.secret}&oauth_expires_at=${isoMicros(issued.expiresAt)}`
  return reply({ status: 201, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body })
}

export async function requestToken(ctx: IdentityContext, request: RouteRequest): Promise<Reply> {
  return formOf(await createRequestToken(ctx, readSigned(request), request.headers['requested-project-id']))
}

export async function accessToken(ctx: IdentityContext, request: RouteRequest): Promise<Reply> {
  return formOf(await createAccessToken(ctx, readSigned(request)))
}

export async function authorizeHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'identity:authorize_request_token')
  const roles = checkInput(Type.Array(RoleChoice), (request.body as { roles?: unknown } | undefined)?.roles ?? [])
  refuseDelegated(ctx)
  return { token: { oauth_verifier: await authorize(ctx, request.params['request_token_id']!, roles) } }
}

export async function listAccessTokensHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  refuseDelegated(ctx)
  const rows = await listAccessTokens(ctx, request.params['user_id']!)
  return collection(request, 'access_tokens', rows.map((row) => accessTokenView(request.baseUrl, row)), accessTokenPath)
}

async function ownToken(ctx: IdentityContext, request: RouteRequest): Promise<AccessTokenRow> {
  const token = await requireAccessToken(ctx, request.params['access_token_id']!)
  if (token.user_id !== request.params['user_id']) throw errors.EntityNotFound({ message: 'Access token not found' })
  return token
}

export async function showAccessToken(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  refuseDelegated(ctx)
  const view = accessTokenView(request.baseUrl, await ownToken(ctx, request))
  return member(request, 'access_token', accessTokenPath(view), view)
}

export async function deleteAccessTokenHandler(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  refuseDelegated(ctx)
  await removeAccessToken(ctx, await ownToken(ctx, request))
}

async function rolesOf(ctx: IdentityContext, request: RouteRequest): Promise<Record<string, unknown>[]> {
  const ids = JSON.parse((await ownToken(ctx, request)).role_ids) as string[]
  const { roles } = await roleGraph(ctx)
  return ids.flatMap((id) => roles.get(id) ?? []).map((role) => { const { description: _, ...view } = roleView(role); return view })
}

export async function listAccessTokenRoles(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  return collection(request, 'roles', await rolesOf(ctx, request), rolePath)
}

export async function showAccessTokenRole(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const id = request.params['role_id']!
  const role = (await rolesOf(ctx, request)).find((r) => r['id'] === id)
  if (role === undefined) throw errors.RoleNotFound({ id })
  return member(request, 'role', rolePath(role), role)
}
