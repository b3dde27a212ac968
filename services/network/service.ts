/** START HERE: the network service as one declaration. */
import { quotaMigration } from '#core/quota/quota.ts'
import { defineService } from '#core/service/service.ts'
import { dhcpReconciler } from './agents/dhcp.reconciler.ts'
import { routerReconciler } from './agents/router.reconciler.ts'
import { nudgeReconciler } from './changes/nudge-hosts.ts'
import { config } from './config.ts'
import type { NetworkTables } from './database.ts'
import { networkFault } from './dialect.ts'
import { networkChecks } from './doctor/checks.ts'
import { explain } from './doctor/explain.ts'
import { errors } from './errors.ts'
import { serveHosts } from './host-api/host-api.ts'
import { initial } from './migrations/0001-initial.ts'
import { hostIndexes } from './migrations/0002-hosts.ts'
import { oneKindOfRouter } from './migrations/0003-one-kind-of-router.ts'
import { normalizedPrefixes } from './migrations/0004-normalized-prefixes.ts'
import { policies } from './policies.ts'
import { routes } from './routes.ts'

export const network = defineService<NetworkTables, Record<string, never>, typeof config>({
  name: 'network', type: 'network', port: 9696,
  // Routes are written from the root: the version document is one of them.
  path: '',
  config, routes, policies, dialect: networkFault, order: 'validate-first', ownHead: true,
  migrations: [quotaMigration, initial, hostIndexes, oneKindOfRouter, normalizedPrefixes],
  reconcilers: [nudgeReconciler, dhcpReconciler, routerReconciler],
  start: (ctx, env) => serveHosts(ctx, env.roles.has('reconcilers')),
  checks: networkChecks, explain,
  clients: () => ({}),
  forbidden: (rule) => errors.PolicyNotAuthorized({ rule: `rule:${rule}` }),
  rewrite: (path) => (path.endsWith('.json') ? path.slice(0, -'.json'.length) : path),
})
