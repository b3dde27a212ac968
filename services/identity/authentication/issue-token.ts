/** A login from request to token: prove the user, find the scope, build what the token will say, seal it. */
import { randomBytes } from 'node:crypto'
import type { IdentityContext } from '../context.ts'
import { errors } from '../errors.ts'
import { getDomain, getProject, ancestorIds } from '../projects/project.store.ts'
import { roleGraph } from '../roles/role-graph.ts'
import { buildToken, type Token } from '../tokens/build-token.ts'
import { seal } from '../tokens/fernet.ts'
import { packPayload, type TokenPayload } from '../tokens/token-payload.ts'
import { assignedRoles } from '../tokens/token.store.ts'
import { consumeTrust, getTrust } from '../trusts/trust.store.ts'
import { isOver } from '../trusts/effective-trust.ts'
import type { SignedRequest } from '../oauth1/signed-request.ts'
import { getUser } from '../users/user.store.ts'
import { authenticate, type Proof } from './authenticate.ts'
import type { AuthRequest, AuthScope } from './auth-request.schema.ts'
import { findEnabledDomain, findEnabledProject } from './find-subject.ts'

export type Scope = Pick<TokenPayload, 'projectId' | 'domainId' | 'system' | 'trustId' | 'accessTokenId'>

export async function logIn(ctx: IdentityContext, request: AuthRequest, signed: () => SignedRequest): Promise<Token> {
  const asked = await readScope(ctx, request)
  const proof = await authenticate(ctx, request, signed)
  return await issueToken(ctx, proof, ownScope(proof) ?? asked ?? await defaultScope(ctx, proof.userId))
}

/** Where a delegation leads is part of it: nobody chooses. */
function ownScope({ applicationCredential, accessToken }: Proof): Scope | undefined {
  if (applicationCredential !== undefined) return { projectId: applicationCredential.project_id }
  return accessToken === undefined ? undefined : { projectId: accessToken.projectId, accessTokenId: accessToken.id }
}

/** Undefined when the request leaves the scope to the user's default. */
async function readScope(ctx: IdentityContext, request: AuthRequest): Promise<Scope | undefined> {
  const { scope } = request
  if (scope === undefined || request.identity.methods.includes('application_credential')) return undefined
  if (scope === 'unscoped') return {}
  const kinds = typeof scope === 'string' ? [] : ['project', 'domain', 'unscoped', 'system', 'OS-TRUST:trust'].filter((kind) => kind in scope)
  if (kinds.length !== 1) throw errors.ValidationError({ attribute: 'system, project, domain, OS-TRUST:trust or unscoped', target: 'scope' })
  const wanted = scope as AuthScope
  if (wanted.system !== undefined) return { system: 'all' }
  if (wanted.project !== undefined) return { projectId: (await findEnabledProject(ctx, wanted.project)).id }
  if (wanted.domain !== undefined) return { domainId: (await findEnabledDomain(ctx, wanted.domain)).id }
  const trust = wanted['OS-TRUST:trust']
  return trust === undefined ? {} : await trustScope(ctx, trust.id)
}

async function trustScope(ctx: IdentityContext, id: string | undefined): Promise<Scope> {
  if (!id) throw errors.ValidationError({ attribute: 'trust_id', target: 'trust' })
  const trust = await getTrust(ctx, id)
  if (trust === undefined || isOver(ctx, trust)) throw errors.Unauthorized()
  if (trust.remaining_uses !== null && trust.remaining_uses <= 0) throw errors.TrustUseLimitReached({ id })
  if (trust.project_id !== null) await findEnabledProject(ctx, { id: trust.project_id })
  return { trustId: id, projectId: trust.project_id ?? undefined }
}

/** The user's default project, if they can be there; otherwise no scope. */
async function defaultScope(ctx: IdentityContext, userId: string): Promise<Scope> {
  const user = await getUser(ctx, userId)
  const project = user?.default_project_id ? await getProject(ctx, user.default_project_id) : undefined
  if (project?.domain_id === undefined || project.domain_id === null || project.enabled === 0) return {}
  if ((await getDomain(ctx, project.domain_id))?.enabled !== 1) return {}
  const roles = await assignedRoles(ctx, userId, { project: project.id, ancestors: ancestorIds(project) })
  return (await roleGraph(ctx)).inToken(roles).length > 0 ? { projectId: project.id } : {}
}

export async function issueToken(ctx: IdentityContext, proof: Proof, scope: Scope): Promise<Token> {
  const second = Math.floor(ctx.clock.now() / 1000)
  let expiresAtMs = proof.expiresAtMs ?? (second + ctx.config.tokenExpirationSeconds) * 1000
  const credential = proof.applicationCredential
  if (credential?.expires_at !== undefined && credential.expires_at !== null) expiresAtMs = Math.min(expiresAtMs, Date.parse(credential.expires_at))
  const payload: TokenPayload = {
    ...scope, userId: proof.userId, methods: proof.methods, expiresAtMs,
    auditIds: [randomBytes(16).toString('base64url'), ...(proof.parentAuditId === undefined ? [] : [proof.parentAuditId])],
    ...(credential === undefined ? {} : { applicationCredentialId: credential.id }),
  }
  const text = seal(ctx.clients.tokenKeys.primary, packPayload(payload), second)
  const token = await buildToken(ctx, text, payload, second * 1000)
  if (scope.trustId !== undefined) await useTrust(ctx, scope.trustId)
  return token
}

async function useTrust(ctx: IdentityContext, id: string): Promise<void> {
  const trust = await getTrust(ctx, id)
  if (trust?.remaining_uses === null) return
  if (!await consumeTrust(ctx, id)) throw errors.TrustUseLimitReached({ id })
}
