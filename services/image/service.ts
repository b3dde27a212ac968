/** The image service: metadata in a database, data in files, bytes in a worker thread. */
import { defineService } from '#core/service/service.ts'
import { join } from 'node:path'
import { imageClients, type ImageClients } from './clients.ts'
import { imageConfig } from './config.ts'
import type { ImageContext } from './context.ts'
import { listenWithWorker } from './data/data-listener.ts'
import { repairAtStart, repairReconciler } from './data/repair.reconciler.ts'
import type { ImageTables } from './database.ts'
import { imageDialect } from './dialect.ts'
import { errors } from './errors.ts'
import { imagePolicies } from './images/image.policy.ts'
import { importImage } from './import/import-image.operation.ts'
import { tasksReconciler } from './import/tasks.reconciler.ts'
import { metadefPolicies } from './metadefs/metadef.policy.ts'
import { initialMigration } from './migrations/0001-initial.ts'
import { metadefsMigration } from './migrations/0002-metadefs.ts'
import { imageRoutes } from './routes.ts'
import { explainImage } from './story/explain-image.ts'
import { imageChecks } from './story/image-checks.ts'

export const image = defineService<ImageTables, ImageClients, typeof imageConfig>({
  name: 'image', type: 'image', port: 9292, path: '/v2',
  config: imageConfig, routes: imageRoutes, policies: [...imagePolicies, ...metadefPolicies], dialect: imageDialect, order: 'validate-first',
  migrations: [initialMigration, metadefsMigration],
  operations: [importImage],
  reconcilers: [repairReconciler, tasksReconciler],
  // Upstream's paths end without a slash; `/v2/images/` is an image without an id, not the list.
  rewrite: (path) => (path.length > 1 && path.endsWith('/') && path.startsWith('/v2/') ? `${path}-` : path),
  forbidden: (rule) => errors.Forbidden({ action: rule }),
  explain: explainImage, checks: imageChecks,
  clients: imageClients,
  listen: (options) => listenWithWorker(options),
  async start(ctx: ImageContext, env) {
    const { files, uploads } = ctx.clients
    await files.open(join(env.stateDir, 'images'))
    if (env.exclusive) await repairAtStart(ctx)
    uploads.start({ db: ctx.db, clock: ctx.clock, log: ctx.log })
    return async () => uploads.stop()
  },
})
