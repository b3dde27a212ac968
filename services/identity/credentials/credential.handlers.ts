/** /v3/credentials. A delegated token does not get at credentials: they would outlive the delegation. */
import { authorise, may } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { isDelegated } from '../authentication/is-delegated.ts'
import type { IdentityContext } from '../context.ts'
import type { CredentialRow } from '../database.ts'
import { errors } from '../errors.ts'
import { applyFilters, exact, readFilters } from '../wire/filters.ts'
import { bodyOf, checkInput, normalized, requireMatchingId } from '../wire/input.ts'
import { collection, member } from '../wire/links.ts'
import { CredentialCreate, CredentialUpdate } from './credential.schema.ts'
import { deleteCredential, getCredential, listCredentials } from './credential.store.ts'
import { credentialView } from './credential.view.ts'
import { refuseDelegated } from './refuse-delegated.ts'
import { changeCredential, createCredential } from './write-credential.ts'

function targetOf(row: { user_id?: unknown; project_id?: unknown; type?: unknown } | undefined) {
  return { target: row === undefined ? {} : { credential: { user_id: row.user_id, project_id: row.project_id, type: row.type } } }
}

async function requireCredential(ctx: IdentityContext, rule: string, request: RouteRequest): Promise<CredentialRow> {
  const id = request.params['credential_id']!
  const row = await getCredential(ctx, id)
  authorise(ctx, rule, targetOf(row))
  if (row === undefined) throw errors.CredentialNotFound({ id })
  refuseDelegated(ctx)
  return row
}

export async function listCredentialsHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const ofSystem = ctx.identity.system !== undefined
  authorise(ctx, 'identity:list_credentials', ofSystem ? { target: {} } : targetOf({ user_id: ctx.identity.user.id }))
  const filters = readFilters(request.query, ['user_id', 'type'])
  const rows = await listCredentials(ctx, { userId: exact(filters, 'user_id'), type: exact(filters, 'type') })
  const delegated = ctx.identity.trustId !== undefined || isDelegated(ctx.identity.methods)
  const visible = delegated ? [] : rows.filter((row) => may(ctx, 'identity:get_credential', targetOf(row)))
  return collection(request, 'credentials', applyFilters(visible.map((row) => credentialView(ctx, row)), filters), (c) => `credentials/${String(c['id'])}`)
}

export async function showCredential(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const row = await requireCredential(ctx, 'identity:get_credential', request)
  return member(request, 'credential', `credentials/${row.id}`, credentialView(ctx, row))
}

export async function createCredentialHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const given = bodyOf(request, 'credential')
  authorise(ctx, 'identity:create_credential', { target: { credential: given } })
  checkInput(CredentialCreate, given)
  refuseDelegated(ctx)
  const row = await createCredential(ctx, normalized(given))
  return member(request, 'credential', `credentials/${row.id}`, credentialView(ctx, row))
}

export async function updateCredentialHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const row = await requireCredential(ctx, 'identity:update_credential', request)
  const value = bodyOf(request, 'credential')
  checkInput(CredentialUpdate, value)
  requireMatchingId(value, row.id)
  // The owner is not for changing, and what results must still be the caller's to change.
  if (value['user_id'] !== undefined && value['user_id'] !== row.user_id) throw errors.InvalidRequest({ message: 'user_id can not be updated for credential' })
  authorise(ctx, 'identity:update_credential', targetOf({ ...row, ...value }))
  return member(request, 'credential', `credentials/${row.id}`, credentialView(ctx, await changeCredential(ctx, row, value)))
}

export async function deleteCredentialHandler(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  const row = await requireCredential(ctx, 'identity:delete_credential', request)
  await deleteCredential(ctx, row.id)
}
