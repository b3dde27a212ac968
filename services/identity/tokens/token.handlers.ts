/** POST, GET, HEAD, DELETE /v3/auth/tokens. */
import { authorise } from '#core/http/context.ts'
import { reply, type Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { checkRequest } from '../authentication/check-request.ts'
import { logIn } from '../authentication/issue-token.ts'
import { catalogFor, type CatalogService } from '../catalog/catalog.ts'
import type { IdentityContext } from '../context.ts'
import { errors } from '../errors.ts'
import { readSigned } from '../oauth1/signed-request.ts'
import { isTrue } from '../wire/filters.ts'
import type { Token } from './build-token.ts'
import { forgetToken } from './forget-token.ts'
import { isScoped, tokenView } from './token.view.ts'
import { isSteady, refusalOf, validateToken } from './validate-token.ts'

const ACCESS_RULES_VERSION = 1

export async function issueTokenHandler(ctx: IdentityContext, request: RouteRequest): Promise<Reply> {
  const body = request.body as { auth?: unknown } | undefined
  const token = await logIn(ctx, checkRequest(body?.auth), () => readSigned(request))
  return reply({ status: 201, headers: { 'x-subject-token': token.text }, body: tokenView(token, await catalogOf(ctx, request, token)) })
}

export async function showToken(ctx: IdentityContext, request: RouteRequest): Promise<Reply> {
  const allowExpired = request.query.get('allow_expired')
  const window = allowExpired !== null && allowExpired !== '' && isTrue(allowExpired) ? ctx.config.allowExpiredWindowSeconds : 0
  const token = await subjectToken(ctx, request, request.method === 'HEAD' ? 'identity:check_token' : 'identity:validate_token', window)
  const understood = Number(request.headers['openstack-identity-access-rules'] ?? 0)
  if (token.applicationCredential?.accessRules !== undefined && !(understood >= ACCESS_RULES_VERSION)) throw errors.EntityNotFound({ message: 'Failed to validate token' })
  return reply({ headers: { 'x-subject-token': token.text }, body: await viewText(ctx, request, token) })
}

/** The view as text: services ask about the same token again and again. */
async function viewText(ctx: IdentityContext, request: RouteRequest, token: Token): Promise<string> {
  const write = async (): Promise<string> => JSON.stringify(tokenView(token, await catalogOf(ctx, request, token)))
  if (!isSteady(token) || request.query.has('nocatalog') || request.method === 'HEAD') return await write()
  return await ctx.clients.memory.recall(`view of token ${token.text}`, ctx.clock.now(), write)
}

export async function deleteToken(ctx: IdentityContext, request: RouteRequest): Promise<Reply> {
  const token = await subjectToken(ctx, request, 'identity:revoke_token', 0)
  await forgetToken(ctx, token)
  return reply({ status: 204 })
}

export function listRevoked(ctx: IdentityContext): never {
  authorise(ctx, 'identity:revocation_list')
  throw errors.Gone()
}

async function subjectToken(ctx: IdentityContext, request: RouteRequest, rule: string, windowSeconds: number): Promise<Token> {
  const text = request.headers['x-subject-token']
  const token = text === undefined ? undefined : await validateToken(ctx, text, windowSeconds)
  // A token that is not there is not found, whoever asks: there is no user to hold the question against.
  if (text !== undefined && text !== '' && token === undefined) throw await refusalOf(ctx, text, windowSeconds)
  authorise(ctx, rule, { target: { token: { user_id: token?.user.id ?? null, user: { domain: { id: token?.user.domain.id ?? null } } } } })
  if (token === undefined) throw errors.EntityNotFound({ message: 'No token in the request' })
  return token
}

async function catalogOf(ctx: IdentityContext, request: RouteRequest, token: Token): Promise<CatalogService[] | undefined> {
  if (request.query.has('nocatalog') || request.method === 'HEAD' || !isScoped(token)) return undefined
  return await catalogFor(ctx, token.trust === undefined ? token.payload.userId : token.trust.trustor.id, token.project?.id)
}
