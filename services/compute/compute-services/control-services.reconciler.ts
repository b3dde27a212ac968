/** Keeps the rows of this process's control services fresh, so that they are shown as up. */
import { hostname } from 'node:os'
import { defineReconciler } from '#core/reconcile/reconcile.ts'
import type { ComputeContext } from '../context.ts'
import { saveControlServices } from './service.store.ts'

export const controlServicesReconciler = defineReconciler<ComputeContext>({
  name: 'control-services', everyMs: 10_000,
  async run(ctx) { await saveControlServices(ctx, hostname()) },
})
