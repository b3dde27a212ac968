/** The steps of OAuth 1.0a: a consumer asks for a request token, a user authorises it with roles, it becomes an access token. */
import { randomInt } from 'node:crypto'
import { fromJson, toJson } from '#core/db/json.ts'
import { roleByName } from '../application-credentials/create-application-credential.ts'
import { change } from '../changes.ts'
import type { IdentityContext } from '../context.ts'
import { openSecret, sealBlob } from '../credentials/credential-blob.ts'
import type { AccessTokenRow, ConsumerRow, RequestTokenRow } from '../database.ts'
import { errors } from '../errors.ts'
import { ancestorIds, getProject } from '../projects/project.store.ts'
import { roleGraph } from '../roles/role-graph.ts'
import { assignedRoles } from '../tokens/token.store.ts'
import { extraOf, type Json } from '../wire/input.ts'
import { authorizeRequestToken, deleteAccessToken, deleteConsumer, exchangeToken, getAccessToken, getConsumer, getRequestToken, insertConsumer, insertRequestToken, updateConsumer } from './oauth1.store.ts'
import { isRightlySigned, type SignedRequest } from './signed-request.ts'

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const ATTRIBUTES = ['description', 'secret']

export interface Issued { id: string; secret: string; expiresAt: string }

export async function createConsumer(ctx: IdentityContext, value: Json): Promise<{ row: ConsumerRow; secret: string }> {
  const secret = ctx.ids.hex()
  const row = { id: ctx.ids.hex(), description: (value['description'] as string | null | undefined) ?? null, sealed_secret: sealBlob(ctx, secret), extra: toJson(extraOf(value, ATTRIBUTES)) }
  await insertConsumer(ctx, row)
  return { row, secret }
}

export async function changeConsumer(ctx: IdentityContext, consumer: ConsumerRow, value: Json): Promise<ConsumerRow> {
  const values = {
    description: 'description' in value ? (value['description'] as string | null) : consumer.description, extra: toJson({ ...fromJson<Json>(consumer.extra, {}), ...extraOf(value, ATTRIBUTES) }),
  }
  await updateConsumer(ctx, consumer.id, values)
  return { ...consumer, ...values }
}

export async function removeConsumer(ctx: IdentityContext, consumer: ConsumerRow): Promise<void> {
  await change(ctx, async (ctx) => await deleteConsumer(ctx, consumer.id))
}

export async function requireConsumer(ctx: IdentityContext, id: string): Promise<ConsumerRow> {
  const consumer = await getConsumer(ctx, id)
  if (consumer === undefined) throw errors.EntityNotFound({ message: 'Consumer not found' })
  return consumer
}

async function requireRequestToken(ctx: IdentityContext, id: string): Promise<RequestTokenRow> {
  const token = await getRequestToken(ctx, id)
  if (token === undefined) throw errors.EntityNotFound({ message: 'Request token not found' })
  if (Date.parse(token.expires_at) <= ctx.clock.now()) throw errors.Unauthorized()
  return token
}

export async function requireAccessToken(ctx: IdentityContext, id: string): Promise<AccessTokenRow> {
  const token = await getAccessToken(ctx, id)
  if (token === undefined) throw errors.EntityNotFound({ message: 'Access token not found' })
  return token
}

function inHeader(signed: SignedRequest, name: string): string {
  const value = signed.header[name]
  if (!value) throw errors.ValidationError({ attribute: name, target: 'request' })
  return value
}

function secretOf(ctx: IdentityContext, row: { id: string; sealed_secret: string }): string {
  return openSecret(ctx, row.sealed_secret, row.id)
}

function inSeconds(ctx: IdentityContext, seconds: number): string {
  return new Date(ctx.clock.now() + seconds * 1000).toISOString()
}

export async function createRequestToken(ctx: IdentityContext, signed: SignedRequest, projectId: string | undefined): Promise<Issued> {
  const consumerId = inHeader(signed, 'oauth_consumer_key')
  if (!projectId) throw errors.ValidationError({ attribute: 'Requested-Project-Id', target: 'request' })
  if (await getProject(ctx, projectId) === undefined) throw errors.ProjectNotFound({ id: projectId })
  const consumer = await requireConsumer(ctx, consumerId)
  if (!isRightlySigned(signed, ctx.clock.now(), secretOf(ctx, consumer))) throw errors.Unauthorized()
  const issued = { id: ctx.ids.hex(), secret: ctx.ids.hex(), expiresAt: inSeconds(ctx, ctx.config.oauthRequestTokenSeconds) }
  await insertRequestToken(ctx, { id: issued.id, consumer_id: consumer.id, project_id: projectId, sealed_secret: sealBlob(ctx, issued.secret), user_id: null, verifier: null, role_ids: null, expires_at: issued.expiresAt })
  return issued
}

/** The user lends roles they hold on the project the consumer asked for; answers the verifier to hand over. */
export async function authorize(ctx: IdentityContext, id: string, roles: { id?: string; name?: string }[]): Promise<string> {
  const token = await requireRequestToken(ctx, id)
  const roleIds: string[] = []
  for (const role of roles) roleIds.push(role.id ?? await roleByName(ctx, role.name!))
  const project = await getProject(ctx, token.project_id)
  const graph = await roleGraph(ctx)
  const held = project === undefined ? new Set<string>() : graph.closure(await assignedRoles(ctx, ctx.identity.user.id, { project: project.id, ancestors: ancestorIds(project) }))
  if (roleIds.some((role) => !held.has(role))) throw errors.Unauthorized()
  const verifier = Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]).join('')
  await authorizeRequestToken(ctx, id, { user_id: ctx.identity.user.id, verifier, role_ids: toJson([...new Set(roleIds)]) })
  return verifier
}

export async function createAccessToken(ctx: IdentityContext, signed: SignedRequest): Promise<Issued> {
  const [consumerId, requestId, verifier] = [inHeader(signed, 'oauth_consumer_key'), inHeader(signed, 'oauth_token'), inHeader(signed, 'oauth_verifier')]
  const token = await requireRequestToken(ctx, requestId)
  const consumer = await getConsumer(ctx, consumerId)
  if (consumer === undefined || token.consumer_id !== consumer.id || token.user_id === null || token.verifier !== verifier) throw errors.Unauthorized()
  if (!isRightlySigned(signed, ctx.clock.now(), secretOf(ctx, consumer), secretOf(ctx, token))) throw errors.Unauthorized()
  const issued = { id: ctx.ids.hex(), secret: ctx.ids.hex(), expiresAt: inSeconds(ctx, ctx.config.oauthAccessTokenSeconds) }
  const row: AccessTokenRow = {
    id: issued.id, consumer_id: consumer.id, project_id: token.project_id, sealed_secret: sealBlob(ctx, issued.secret), user_id: token.user_id, role_ids: token.role_ids ?? '[]', expires_at: issued.expiresAt,
  }
  const done = await change(ctx, async (ctx) => await exchangeToken(ctx, token.id, row))
  if (!done) throw errors.EntityNotFound({ message: 'Request token not found' })
  return issued
}

/** The access token a login is signed with. */
export async function proveAccess(ctx: IdentityContext, signed: SignedRequest): Promise<AccessTokenRow> {
  const access = await requireAccessToken(ctx, inHeader(signed, 'oauth_token'))
  const consumer = await getConsumer(ctx, access.consumer_id)
  const right = consumer !== undefined && signed.header['oauth_consumer_key'] === consumer.id && isRightlySigned(signed, ctx.clock.now(), secretOf(ctx, consumer), secretOf(ctx, access))
  if (!right || Date.parse(access.expires_at) <= ctx.clock.now()) throw errors.Unauthorized()
  return access
}

export async function removeAccessToken(ctx: IdentityContext, token: AccessTokenRow): Promise<void> {
  await change(ctx, async (ctx) => await deleteAccessToken(ctx, token.id))
}
