/**
 * Who asks. An `Identity` is what a valid token says: user, scope and roles. It is made by the identity service and
 * only read by the others; a service trusts an `Authenticator` for it, in process or over HTTP.
 */

export interface Named { id: string; name: string }
export interface DomainNamed extends Named { domain: Named }

export interface Identity {
  user: DomainNamed
  /** Set by a project-scoped token. */
  project?: DomainNamed & { isDomain?: boolean }
  /** Set by a domain-scoped token. */
  domain?: Named
  /** `all` for a system-scoped token. */
  system?: 'all'
  roles: Named[]
  methods: string[]
  auditIds: string[]
  /** ISO instants. */
  issuedAt: string
  expiresAt: string
  applicationCredentialId?: string
  /** The only calls a narrowed application credential may make; absent means no narrowing. */
  accessRules?: AccessRule[]
  /** The trust behind the token, when one user acts by the leave of another. */
  trustId?: string
  /** Roles of the calling service, when a valid service token came along. */
  serviceRoles?: string[]
}

/** One call an application credential may make: catalog type, method, path pattern (`*`, `**`, `{name}`). */
export interface AccessRule { service: string; method: string; path: string }

export interface Authenticator {
  /** The identity behind a token, or undefined when it is unknown, expired or revoked. */
  identify(token: string): Promise<Identity | undefined>
}

export function roleNames(identity: Identity): string[] {
  return identity.roles.map((role) => role.name)
}

/** The identity a service acts with when it works on its own account: admin of the service project. */
export function serviceIdentity(serviceName: string): Identity {
  const domain = { id: 'default', name: 'Default' }
  const far = '9999-12-31T23:59:59.000Z'
  return {
    user: { id: `service-${serviceName}`, name: serviceName, domain },
    project: { id: 'service', name: 'service', domain },
    roles: ['admin', 'member', 'reader', 'service'].map((name) => ({ id: name, name })),
    methods: ['internal'], auditIds: [], issuedAt: '1970-01-01T00:00:00.000Z', expiresAt: far, serviceRoles: ['service'],
  }
}
