/**
 * Test tokens: the text says who it is, so a service can be tested through its front door without identity.
 * `testToken({ user: 'u1', project: 'p1', roles: ['member', 'reader'] })`.
 */
import type { Authenticator, Identity } from '#core/auth/identity.ts'

export interface TestWho { user?: string; project?: string; domain?: string; system?: boolean; roles?: string[]; service?: boolean }

const DOMAIN = { id: 'default', name: 'Default' }

export function testToken(who: TestWho): string {
  return `test:${JSON.stringify(who)}`
}

export function testIdentity(who: TestWho): Identity {
  const roles = who.roles ?? ['member', 'reader']
  return {
    user: { id: who.user ?? 'user', name: who.user ?? 'user', domain: DOMAIN },
    ...(who.system === true ? { system: 'all' as const } : who.domain !== undefined ? { domain: { id: who.domain, name: who.domain } } : { project: { id: who.project ?? 'project', name: who.project ?? 'project', domain: DOMAIN } }),
    roles: roles.map((name) => ({ id: name, name })), methods: ['password'], auditIds: ['audit'],
    issuedAt: '2026-01-01T00:00:00.000Z', expiresAt: '2099-01-01T00:00:00.000Z',
    ...(who.service === true ? { serviceRoles: ['service'] } : {}),
  }
}

export const ADMIN = testToken({ user: 'admin', project: 'admin', roles: ['admin', 'member', 'reader'] })
export const MEMBER = testToken({ user: 'alice', project: 'alpha', roles: ['member', 'reader'] })
export const READER = testToken({ user: 'rita', project: 'alpha', roles: ['reader'] })
export const OTHER = testToken({ user: 'bob', project: 'beta', roles: ['member', 'reader'] })

export const testAuthenticator: Authenticator = {
  async identify(token) {
    return token.startsWith('test:') ? testIdentity(JSON.parse(token.slice(5)) as TestWho) : undefined
  },
}
