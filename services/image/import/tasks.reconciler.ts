/** Records of tasks go some time after their end. */
import { defineReconciler } from '#core/reconcile/reconcile.ts'
import type { ImageContext } from '../context.ts'
import { dropExpiredTasks } from './task.store.ts'

export const tasksReconciler = defineReconciler<ImageContext>({ name: 'expired-tasks', everyMs: 3_600_000, run: dropExpiredTasks })
