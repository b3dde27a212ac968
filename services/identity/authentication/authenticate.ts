/**
 * Who logs in. Each method proves a user; several methods must prove the same one. A token as proof carries over its
 * end and its audit chain, and what was obtained by delegation proves nothing new.
 */
import type { IdentityContext } from '../context.ts'
import { errors } from '../errors.ts'
import { listApplicationCredentials, getApplicationCredential, type ApplicationCredential } from '../application-credentials/application-credential.store.ts'
import { checkNothing, checkPassword } from '../passwords/hash-password.ts'
import type { Token } from '../tokens/build-token.ts'
import { isScoped } from '../tokens/token.view.ts'
import { refusalOf, validateToken } from '../tokens/validate-token.ts'
import { optionsOf } from '../users/account-state.ts'
import { getUser } from '../users/user.store.ts'
import type { AuthRequest } from './auth-request.schema.ts'
import { hashCost, requirePassword } from './check-password.ts'
import { requirePasscode } from './check-passcode.ts'
import { findEnabledUser } from './find-subject.ts'
import { isDelegated } from './is-delegated.ts'
import { proveAccess } from '../oauth1/write-oauth1.ts'
import type { SignedRequest } from '../oauth1/signed-request.ts'

export interface Proof {
  userId: string
  methods: string[]
  /** The end of the token that was the proof. */
  expiresAtMs?: number
  parentAuditId?: string
  applicationCredential?: ApplicationCredential
  /** The access token of OAuth 1.0a, and the project it is for. */
  accessToken?: { id: string; projectId: string }
}

/** `signed` reads the signature around the request, for the method that looks at it. */
export async function authenticate(ctx: IdentityContext, request: AuthRequest, signed: () => SignedRequest): Promise<Proof> {
  const methods = [...new Set(request.identity.methods)]
  if (methods.length === 0) throw errors.Unauthorized()
  const proof: Partial<Proof> & { methods: string[] } = { methods: [] }
  for (const method of methods) {
    const part = await prove(ctx, method, request, signed)
    if (proof.userId !== undefined && proof.userId !== part.userId) throw errors.Unauthorized()
    Object.assign(proof, part, { methods: [...new Set([...proof.methods, ...part.methods])] })
  }
  await requireFactors(ctx, proof as Proof)
  return proof as Proof
}

async function prove(ctx: IdentityContext, method: string, request: AuthRequest, signed: () => SignedRequest): Promise<Proof> {
  const { identity } = request
  switch (method) {
    case 'password': {
      const user = await findEnabledUser(ctx, identity.password!.user, 'password')
      await requirePassword(ctx, user, identity.password!.user!.password)
      return { userId: user!.id, methods: [method] }
    }
    case 'totp': {
      const user = await findEnabledUser(ctx, identity.totp!.user, 'totp')
      await requirePasscode(ctx, user, identity.totp!.user!.passcode)
      return { userId: user!.id, methods: [method] }
    }
    case 'oauth1': {
      const access = await proveAccess(ctx, signed())
      return { userId: access.user_id, methods: [method], accessToken: { id: access.id, projectId: access.project_id } }
    }
    case 'token': return await proveByToken(ctx, identity.token!.id, request)
    default: return await proveByApplicationCredential(ctx, request)
  }
}

async function proveByToken(ctx: IdentityContext, text: string, request: AuthRequest): Promise<Proof> {
  const token = await validateToken(ctx, text)
  if (token === undefined) throw await refusalOf(ctx, text)
  refuseExchange(ctx, token, request)
  const { payload } = token
  return { userId: payload.userId, methods: ['token', ...payload.methods], expiresAtMs: payload.expiresAtMs, parentAuditId: payload.auditIds.at(-1) }
}

/** What a token may not be exchanged for. */
function refuseExchange(ctx: IdentityContext, token: Token, request: AuthRequest): void {
  const scope = typeof request.scope === 'object' ? request.scope : {}
  if (token.payload.accessTokenId !== undefined) throw errors.ForbiddenAction({ action: 'Using OAuth-scoped token to create another token. Create a new OAuth-scoped token instead' })
  if (token.trust !== undefined) throw errors.ForbiddenAction({ action: 'Using trust-scoped token to create another token. Create a new trust-scoped token instead' })
  if (token.system !== undefined && ('project' in scope || 'domain' in scope)) {
    throw errors.ForbiddenAction({ action: 'Using a system-scoped token to create a project-scoped or domain-scoped token is not allowed.' })
  }
  if (isDelegated(token.payload.methods)) throw errors.ForbiddenAction({ action: 'Using a delegated token to create another token is not allowed.' })
  if (!ctx.config.allowRescopeScopedToken && isScoped(token)) throw errors.ForbiddenAction({ action: 'rescope a scoped token' })
}

async function proveByApplicationCredential(ctx: IdentityContext, request: AuthRequest): Promise<Proof> {
  const given = request.identity.application_credential!
  if (request.scope !== undefined) throw errors.ApplicationCredentialAuthError({ detail: 'Application credentials cannot request a scope.' }, { extra: { identity: {} } })
  const credential = await findApplicationCredential(ctx, given)
  const user = credential === undefined ? undefined : await findEnabledUser(ctx, { id: credential.user_id }, 'application_credential')
  const over = credential?.expires_at !== undefined && credential.expires_at !== null && Date.parse(credential.expires_at) <= ctx.clock.now()
  const right = credential !== undefined && given.secret !== undefined ? await checkPassword(given.secret, credential.secret_hash) : await checkNothing('', hashCost(ctx))
  if (credential === undefined || user === undefined || over || !right) throw errors.Unauthorized()
  return { userId: user.id, methods: ['application_credential'], applicationCredential: credential }
}

async function findApplicationCredential(ctx: IdentityContext, given: NonNullable<AuthRequest['identity']['application_credential']>): Promise<ApplicationCredential | undefined> {
  if (given.id) {
    const credential = await getApplicationCredential(ctx, given.id)
    if (credential === undefined) throw errors.ApplicationCredentialNotFound({ id: given.id })
    return credential
  }
  if (!given.name) throw errors.ValidationError({ attribute: 'name or ID', target: 'application credential' })
  if (given.user === undefined) throw errors.ValidationError({ attribute: 'user', target: 'application credential' })
  const owner = await findEnabledUser(ctx, given.user, 'application_credential')
  return owner === undefined ? undefined : (await listApplicationCredentials(ctx, owner.id, given.name))[0]
}

/** Rules of the user for several factors: one of them must be met in full. */
async function requireFactors(ctx: IdentityContext, proof: Proof): Promise<void> {
  const user = await getUser(ctx, proof.userId)
  if (user === undefined) throw errors.Unauthorized()
  const options = optionsOf(user)
  const rules = options.multi_factor_auth_rules ?? []
  if (rules.length === 0 || options.multi_factor_auth_enabled === false) return
  if (!rules.some((rule) => rule.every((method) => proof.methods.includes(method)))) {
    throw errors.InsufficientAuthMethods({ userId: proof.userId, methods: proof.methods })
  }
}
