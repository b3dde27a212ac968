/**
 * Compute: servers, and what they are made of and run on. Port 8774 serves the API, 8775 the metadata that guests
 * read (metadata/).
 */
import { defineService } from '#core/service/service.ts'
import { computeClients, type ComputeClients } from './clients.ts'
import { controlServicesReconciler } from './compute-services/control-services.reconciler.ts'
import { computeConfig } from './config.ts'
import type { ComputeTables } from './database.ts'
import { computeFault } from './dialect.ts'
import { computeChecks } from './doctor/checks.ts'
import { explain } from './doctor/explain.ts'
import { errors } from './errors.ts'
import { listenToOthers } from './listeners.ts'
import { rememberProxySecret } from './metadata/proxy-secret.ts'
import { computeMigrations } from './migrations/migrations.ts'
import { computeVersions } from './microversions.ts'
import { computePolicies } from './policies.ts'
import { foldPath } from './project-path.ts'
import { computeRoutes } from './routes.ts'
import { computeOperations, computeReconcilers } from './work.ts'
import { computeSchemaFault } from './schema/schema-fault.ts'
import { requireUtf8Query } from './schema/utf8-query.ts'

export const compute = defineService<ComputeTables, ComputeClients, typeof computeConfig>({
  name: 'compute', type: 'compute', port: 8774, path: '/v2.1',
  config: computeConfig, routes: computeRoutes, policies: computePolicies, versions: computeVersions, dialect: computeFault, order: 'validate-first',
  migrations: computeMigrations, clients: computeClients, rewrite: foldPath, wrongMethod: 404, admit: requireUtf8Query, schemaFault: computeSchemaFault,
  operations: computeOperations, reconcilers: computeReconcilers, checks: computeChecks, explain,
  forbidden: (rule) => errors.PolicyNotAuthorized({ action: rule }),
  replyHeaders: (requestId) => ({ 'x-compute-request-id': requestId }),
  async start(ctx, env) {
    rememberProxySecret(ctx, env.secret('metadata-proxy'))
    const stops = env.roles.has('reconcilers') ? await listenToOthers(ctx) : []
    if (env.roles.has('reconcilers')) await controlServicesReconciler.run(ctx)
    return async () => { for (const stop of stops) await stop() }
  },
})
