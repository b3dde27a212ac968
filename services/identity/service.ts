/** START HERE: identity as one declaration. Users, projects, roles, tokens and the catalog; see README.md. */
import { join } from 'node:path'
import { defineService } from '#core/service/service.ts'
import { REVOKED_TOPIC } from './changes.ts'
import { config } from './config.ts'
import type { IdentityContext } from './context.ts'
import { identityChecks } from './doctor/checks.ts'
import { dialect } from './dialect.ts'
import { errors } from './errors.ts'
import { Memory, type IdentityMeans } from './means.ts'
import { initial } from './migrations/0001-initial.ts'
import { policiesAndEndpointFilters } from './migrations/0002-policies-and-endpoint-filters.ts'
import { oauth1AndDomainConfig } from './migrations/0003-oauth1-and-domain-config.ts'
import { trustTerms } from './migrations/0004-trust-terms.ts'
import { unrestrictedUnsaid } from './migrations/0005-unrestricted-unsaid.ts'
import { policies } from './policies.ts'
import { pruneRevocations } from './revocations/revocation.store.ts'
import { routes } from './routes.ts'
import { seedIdentity } from './seed/seed.ts'
import { KeyRepository, setUpKeys } from './tokens/key-repository.ts'
import type { IdentityTables } from './database.ts'

/** Folders of keys, under the cloud's state. */
export function tokenKeyFolder(stateDir: string): string {
  return join(stateDir, 'identity', 'fernet-keys')
}

export function credentialKeyFolder(stateDir: string): string {
  return join(stateDir, 'identity', 'credential-keys')
}

export const identity = defineService<IdentityTables, IdentityMeans, typeof config>({
  name: 'identity', type: 'identity', port: 5000, path: '/v3',
  config, routes, policies, dialect, order: 'authorise-first',
  migrations: [initial, policiesAndEndpointFilters, oauth1AndDomainConfig, trustTerms, unrestrictedUnsaid],
  forbidden: (rule) => errors.ForbiddenAction({ action: rule }),
  replyHeaders: () => ({ vary: 'X-Auth-Token' }),
  clients: () => ({ memory: new Memory() }) as IdentityMeans, checks: identityChecks,
  reconcilers: [{ name: 'revocations', everyMs: 600_000, run: async (ctx: IdentityContext) => { await pruneRevocations(ctx) } }] as never,
  async seed(ctx, env) {
    for (const [name, folder] of [['tokenKeys', tokenKeyFolder(env.stateDir)], ['credentialKeys', credentialKeyFolder(env.stateDir)]] as const) {
      setUpKeys(folder)
      ctx.clients[name] = new KeyRepository(folder, () => ctx.clock.now())
    }
    await seedIdentity(ctx, env)
  },
  async start(ctx, env) {
    return await env.bus.subscribe(REVOKED_TOPIC, () => ctx.clients.memory.forget())
  },
})
