/**
 * A token in full: what its payload says, with the names, roles and standing of today. Issuing and validating both
 * end here, so a token is never issued that would not be valid, and a right that is gone is gone from old tokens.
 * Refusals are listed errors; whoever validates turns them into "no such token".
 */
import type { IdentityContext } from '../context.ts'
import { errors } from '../errors.ts'
import { roleGraph } from '../roles/role-graph.ts'
import { getApplicationCredential, type ApplicationCredential } from '../application-credentials/application-credential.store.ts'
import { getAccessToken } from '../oauth1/oauth1.store.ts'
import { effectiveTrust, type EffectiveTrust } from '../trusts/effective-trust.ts'
import { assignedRoles, isUsable, loadSubject, type RoleScope, type Subject } from './token.store.ts'
import { userOf, type TokenUser } from './token-user.ts'
import type { TokenPayload } from './token-payload.ts'

export interface Token {
  /** As it travels. */
  text: string
  payload: TokenPayload
  issuedAtMs: number
  /** Who acts: with an impersonating trust the trustor. */
  user: TokenUser
  project?: { id: string; name: string; domain: { id: string; name: string }; isDomain: boolean }
  domain?: { id: string; name: string }
  system?: 'all'
  roles: { id: string; name: string }[]
  applicationCredential?: ApplicationCredential
  trust?: EffectiveTrust
  accessToken?: { id: string; consumerId: string }
}

export async function buildToken(ctx: IdentityContext, text: string, payload: TokenPayload, issuedAtMs: number): Promise<Token> {
  const subject = await loadSubject(ctx, payload.userId, payload.projectId ?? payload.domainId ?? '')
  if (!isUsable(subject)) throw errors.Unauthorized()
  const token: Token = { text, payload, issuedAtMs, user: userOf(subject), roles: [] }
  if (payload.trustId !== undefined) return await withTrust(ctx, token, subject)
  if (payload.system !== undefined) {
    token.system = 'all'
    token.roles = await rolesFor(ctx, payload.userId, { system: 'all' })
  } else if (payload.domainId !== undefined) {
    token.domain = domainOf(subject)
    token.roles = await rolesFor(ctx, payload.userId, { domain: payload.domainId })
  } else if (payload.projectId !== undefined) {
    token.project = projectOf(subject)
    token.roles = await rolesFor(ctx, payload.userId, projectScope(subject))
    if (payload.applicationCredentialId !== undefined) await narrow(ctx, token, payload.applicationCredentialId)
    if (payload.accessTokenId !== undefined) await narrowToAccess(ctx, token, payload.accessTokenId)
  } else return token
  if (token.roles.length === 0) throw errors.Unauthorized()
  return token
}

async function rolesFor(ctx: IdentityContext, userId: string, scope: RoleScope): Promise<{ id: string; name: string }[]> {
  return (await roleGraph(ctx)).inToken(await assignedRoles(ctx, userId, scope))
}

/** An application credential carries the roles it was made with, as far as its user still holds them. */
async function narrow(ctx: IdentityContext, token: Token, id: string): Promise<void> {
  const credential = await getApplicationCredential(ctx, id)
  if (credential === undefined) throw errors.Unauthorized()
  token.applicationCredential = credential
  token.roles = token.roles.filter((role) => credential.roleIds.includes(role.id))
}

/** An access token carries the roles its user authorised, with what they imply, as far as the user still holds them. */
async function narrowToAccess(ctx: IdentityContext, token: Token, id: string): Promise<void> {
  const access = await getAccessToken(ctx, id)
  if (access === undefined) throw errors.Unauthorized()
  token.accessToken = { id, consumerId: access.consumer_id }
  const lent = (await roleGraph(ctx)).closure(JSON.parse(access.role_ids) as string[])
  token.roles = token.roles.filter((role) => lent.has(role.id))
}

async function withTrust(ctx: IdentityContext, token: Token, subject: Subject): Promise<Token> {
  const trust = await effectiveTrust(ctx, token.payload.trustId!)
  if (trust.trusteeId !== subject.user.id) throw errors.Forbidden()
  token.trust = trust
  if (trust.projectId !== null) token.project = projectOf(subject)
  token.roles = trust.roles
  if (trust.impersonation) token.user = trust.trustor
  return token
}

function domainOf({ target }: Subject): { id: string; name: string } {
  if (target === undefined || target.is_domain !== 1 || target.enabled !== 1) throw errors.Unauthorized()
  return { id: target.id, name: target.name }
}

function projectOf({ target, targetDomain }: Subject): NonNullable<Token['project']> {
  if (target?.enabled !== 1 || targetDomain?.enabled !== 1) throw errors.Unauthorized()
  return { id: target.id, name: target.name, domain: { id: targetDomain.id, name: targetDomain.name }, isDomain: target.is_domain === 1 }
}

function projectScope({ target }: Subject): RoleScope {
  return { project: target!.id, ancestors: target!.ancestors === '' ? [] : target!.ancestors.split('/') }
}
