/**
 * /v3/users/{user_id}/application_credentials and /access_rules. A token that was itself delegated (by trust, access
 * token or EC2 signature) has no business here, and a restricted application credential cannot make another.
 */
import { authorise } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { isDelegated } from '../authentication/is-delegated.ts'
import type { IdentityContext } from '../context.ts'
import { errors } from '../errors.ts'
import { roleGraph } from '../roles/role-graph.ts'
import { getUser } from '../users/user.store.ts'
import { applyFilters, exact, readFilters } from '../wire/filters.ts'
import { bodyOf, checkInput, normalized } from '../wire/input.ts'
import { collection, member } from '../wire/links.ts'
import { ApplicationCredentialCreate } from './application-credential.schema.ts'
import { getAccessRule, getApplicationCredential, listAccessRules, listApplicationCredentials } from './application-credential.store.ts'
import { accessRuleView, applicationCredentialView } from './application-credential.view.ts'
import { createApplicationCredential, type ApplicationCredentialWanted } from './create-application-credential.ts'
import { removeAccessRule, removeApplicationCredential } from './remove-application-credential.ts'

// Upstream's links leave the user out (keystone/api/users.py sets no `api_prefix`): clients compare them and follow none.
const credentialPath = (id: string): string => `application_credentials/${id}`
const rulePath = (id: string): string => `access_rules/${id}`

function refuseDelegated(ctx: IdentityContext): void {
  const { methods, trustId } = ctx.identity
  if (methods.includes('application_credential')) return
  if (trustId !== undefined || isDelegated(methods)) throw errors.Forbidden()
}

async function refuseRestricted(ctx: IdentityContext): Promise<void> {
  const id = ctx.identity.applicationCredentialId
  if (id === undefined) return
  const own = await getApplicationCredential(ctx, id)
  if (own?.unrestricted !== 1) throw errors.ForbiddenAction({ action: 'Using method \'application_credential\' is not allowed for managing additional application credentials.' })
}

export async function listApplicationCredentialsHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const userId = request.params['user_id']!
  authorise(ctx, 'identity:list_application_credentials', { user_id: userId })
  refuseDelegated(ctx)
  const filters = readFilters(request.query, ['name'])
  const graph = await roleGraph(ctx)
  const views = (await listApplicationCredentials(ctx, userId, exact(filters, 'name'))).map((row) => applicationCredentialView(row, graph))
  return collection(request, 'application_credentials', applyFilters(views, filters), (c) => credentialPath(String(c['id'])))
}

export async function createApplicationCredentialHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const userId = request.params['user_id']!
  authorise(ctx, 'identity:create_application_credential', { user_id: userId })
  const given = bodyOf(request, 'application_credential')
  checkInput(ApplicationCredentialCreate, given)
  refuseDelegated(ctx)
  await refuseRestricted(ctx)
  if (ctx.identity.user.id !== userId) throw errors.ForbiddenAction({ action: 'Cannot create an application credential for another user.' })
  const { credential, secret } = await createApplicationCredential(ctx, normalized(given) as unknown as ApplicationCredentialWanted)
  return member(request, 'application_credential', credentialPath(credential.id), { ...applicationCredentialView(credential, await roleGraph(ctx)), secret })
}

/** The owner is who the credential says, whatever user the path names. */
async function requireCredential(ctx: IdentityContext, rule: string, request: RouteRequest) {
  const id = request.params['application_credential_id']!
  const credential = await getApplicationCredential(ctx, id)
  authorise(ctx, rule, { user_id: credential?.user_id ?? request.params['user_id'] })
  refuseDelegated(ctx)
  if (credential === undefined) throw errors.ApplicationCredentialNotFound({ id })
  return credential
}

export async function showApplicationCredential(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const credential = await requireCredential(ctx, 'identity:get_application_credential', request)
  return member(request, 'application_credential', credentialPath(credential.id), applicationCredentialView(credential, await roleGraph(ctx)))
}

export async function deleteApplicationCredentialHandler(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  const credential = await requireCredential(ctx, 'identity:delete_application_credential', request)
  await refuseRestricted(ctx)
  await removeApplicationCredential(ctx, credential.id)
}

async function authoriseForUser(ctx: IdentityContext, rule: string, request: RouteRequest): Promise<string> {
  const userId = request.params['user_id']!
  const user = await getUser(ctx, userId)
  authorise(ctx, rule, { user_id: userId, target: user === undefined ? {} : { user: { id: user.id, domain_id: user.domain_id } } })
  refuseDelegated(ctx)
  return userId
}

export async function listAccessRulesHandler(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const userId = await authoriseForUser(ctx, 'identity:list_access_rules', request)
  const filters = readFilters(request.query, ['service', 'path', 'method'])
  const views = (await listAccessRules(ctx, userId)).map(accessRuleView)
  return collection(request, 'access_rules', applyFilters(views, filters, ['service', 'path', 'method']), (r) => rulePath(String(r['id'])))
}

async function requireAccessRule(ctx: IdentityContext, rule: string, request: RouteRequest) {
  const userId = await authoriseForUser(ctx, rule, request)
  const id = request.params['access_rule_id']!
  const found = await getAccessRule(ctx, id)
  // The rule of another user is not to be found under this one.
  if (found === undefined || found.user_id !== userId) throw errors.AccessRuleNotFound({ id })
  return found
}

export async function showAccessRule(ctx: IdentityContext, request: RouteRequest): Promise<object> {
  const rule = await requireAccessRule(ctx, 'identity:get_access_rule', request)
  return member(request, 'access_rule', rulePath(rule.id), accessRuleView(rule))
}

export async function deleteAccessRuleHandler(ctx: IdentityContext, request: RouteRequest): Promise<void> {
  const rule = await requireAccessRule(ctx, 'identity:delete_access_rule', request)
  await removeAccessRule(ctx, rule.id)
}
