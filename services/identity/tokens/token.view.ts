/** A token as the API shows it, and as the other services see it. */
import type { Identity } from '#core/auth/identity.ts'
import { isoMicros, isoMicrosNoZone } from '#core/time/clock.ts'
import type { CatalogService } from '../catalog/catalog.ts'
import type { Token } from './build-token.ts'

type Json = Record<string, unknown>

function instant(ms: number): string {
  return isoMicros(new Date(ms).toISOString())
}

export function identityOf(token: Token): Identity {
  const { payload, user } = token
  return {
    user: { id: user.id, name: user.name, domain: user.domain },
    ...(token.project === undefined ? {} : { project: token.project }),
    ...(token.domain === undefined ? {} : { domain: token.domain }),
    ...(token.system === undefined ? {} : { system: token.system }),
    roles: token.roles, methods: payload.methods, auditIds: payload.auditIds,
    issuedAt: new Date(token.issuedAtMs).toISOString(), expiresAt: new Date(payload.expiresAtMs).toISOString(),
    ...(payload.applicationCredentialId === undefined ? {} : { applicationCredentialId: payload.applicationCredentialId }),
    ...(token.applicationCredential?.accessRules === undefined ? {} : {
      accessRules: token.applicationCredential.accessRules.map((r) => ({ service: r.service ?? '', method: r.method ?? '', path: r.path ?? '' })),
    }),
    ...(payload.trustId === undefined ? {} : { trustId: payload.trustId }),
  }
}

/** The body of POST and GET /v3/auth/tokens. Without a catalog for an unscoped token, or when none is wanted. */
export function tokenView(token: Token, catalog: CatalogService[] | undefined): Json {
  const { user, payload } = token
  const body: Json = {
    methods: payload.methods,
    user: { domain: user.domain, id: user.id, name: user.name, password_expires_at: user.passwordExpiresAt === null ? null : isoMicrosNoZone(user.passwordExpiresAt) },
    audit_ids: payload.auditIds, expires_at: instant(payload.expiresAtMs), issued_at: instant(token.issuedAtMs),
    ...scopeView(token),
  }
  if (catalog !== undefined && isScoped(token)) body['catalog'] = catalog
  if (token.applicationCredential !== undefined) body['application_credential'] = applicationCredentialView(token.applicationCredential)
  if (token.accessToken !== undefined) body['OS-OAUTH1'] = { access_token_id: token.accessToken.id, consumer_id: token.accessToken.consumerId }
  return { token: body }
}

export function isScoped(token: Token): boolean {
  return token.project !== undefined || token.domain !== undefined || token.system !== undefined || token.trust !== undefined
}

function scopeView(token: Token): Json {
  const { roles, project, trust } = token
  if (token.system !== undefined) return { system: { all: true }, roles }
  if (token.domain !== undefined) return { domain: token.domain, roles }
  const place = project === undefined ? {} : { project: { domain: project.domain, id: project.id, name: project.name } }
  if (trust !== undefined) {
    return { 'OS-TRUST:trust': { id: trust.id, trustor_user: { id: trust.trustor.id }, trustee_user: { id: trust.trusteeId }, impersonation: trust.impersonation }, ...place, roles }
  }
  return project === undefined ? {} : { ...place, is_domain: project.isDomain, roles }
}

function applicationCredentialView(credential: NonNullable<Token['applicationCredential']>): Json {
  const { id, name, unrestricted, accessRules } = credential
  return { id, name, restricted: unrestricted !== 1, ...(accessRules === undefined ? {} : { access_rules: accessRules }) }
}
