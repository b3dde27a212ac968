/** START HERE: the network service as one declaration. */
import { quotaMigration } from '#core/quota/quota.ts'
import { defineService } from '#core/service/service.ts'
import { config } from './config.ts'
import type { NetworkContext } from './context.ts'
import type { NetworkTables } from './database.ts'
import { networkFault } from './dialect.ts'
import { errors } from './errors.ts'
import { initial } from './migrations/0001-initial.ts'
import { policies } from './policies.ts'
import { routes } from './routes.ts'

export const network = defineService<NetworkTables, Record<string, never>, typeof config>({
  name: 'network', type: 'network', port: 9696,
  // Routes are written from the root: the version document is one of them.
  path: '',
  config, routes, policies, dialect: networkFault, order: 'validate-first',
  migrations: [quotaMigration, initial],
  clients: () => ({}),
  forbidden: (rule) => errors.PolicyNotAuthorized({ rule: `rule:${rule}` }),
  rewrite: (path) => (path.endsWith('.json') ? path.slice(0, -'.json'.length) : path),
})

export type { NetworkContext }
