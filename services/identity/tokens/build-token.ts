/**
 * A token in full: what its payload says, with the names, roles and standing of today. Issuing and validating both
 * end here, so a token is never issued that would not be valid, and a right that is gone is gone from old tokens.
 * Refusals are listed errors; whoever validates turns them into "no such token".
 */
import type { IdentityContext } from '../context.ts'
import { errors } from '../errors.ts'
import { roleGraph } from '../roles/role-graph.ts'
import { getApplicationCredential, type ApplicationCredential } from '../application-credentials/application-credential.store.ts'
import { effectiveTrust, type EffectiveTrust } from '../trusts/effective-trust.ts'
import { assignedRoles, loadSubject, type RoleScope, type SubjectRow } from './token.store.ts'
import type { TokenPayload } from './token-payload.ts'

export interface TokenUser { id: string; name: string; domain: { id: string; name: string }; passwordExpiresAt: string | null }

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
}

export async function buildToken(ctx: IdentityContext, text: string, payload: TokenPayload, issuedAtMs: number): Promise<Token> {
  const subject = await loadSubject(ctx, payload.userId, payload.projectId ?? payload.domainId ?? '')
  if (subject === undefined || subject.user_enabled === 0 || subject.user_domain_enabled === 0) throw errors.Unauthorized()
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

async function withTrust(ctx: IdentityContext, token: Token, subject: SubjectRow): Promise<Token> {
  const trust = await effectiveTrust(ctx, token.payload.trustId!)
  if (trust.trusteeId !== subject.user_id) throw errors.Forbidden()
  token.trust = trust
  if (trust.projectId !== null) token.project = projectOf(subject)
  token.roles = trust.roles
  if (trust.impersonation) token.user = trust.trustor
  return token
}

function userOf(row: SubjectRow): TokenUser {
  return { id: row.user_id, name: row.user_name, domain: { id: row.user_domain_id, name: row.user_domain_name }, passwordExpiresAt: row.password_expires_at }
}

function domainOf(row: SubjectRow): { id: string; name: string } {
  if (row.project_id === null || row.project_is_domain !== 1 || row.project_enabled !== 1) throw errors.Unauthorized()
  return { id: row.project_id, name: row.project_name! }
}

function projectOf(row: SubjectRow): NonNullable<Token['project']> {
  if (row.project_id === null || row.project_enabled !== 1 || row.project_domain_id === null || row.project_domain_enabled !== 1) throw errors.Unauthorized()
  return { id: row.project_id, name: row.project_name!, domain: { id: row.project_domain_id, name: row.project_domain_name! }, isDomain: row.project_is_domain === 1 }
}

function projectScope(row: SubjectRow): RoleScope {
  return { project: row.project_id!, ancestors: row.project_ancestors === '' ? [] : row.project_ancestors!.split('/') }
}
