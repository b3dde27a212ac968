/** The work of compute besides requests: durable operations and reconcilers, slice by slice. */
import type { Reconciler } from '#core/reconcile/reconcile.ts'
import { hostsReconciler } from './hosts/host.reconciler.ts'
import { createServerOperation } from './servers/create-server.operation.ts'
import { deleteServerOperation } from './servers/delete-server.operation.ts'

export const computeOperations: readonly unknown[] = [createServerOperation, deleteServerOperation]

export const computeReconcilers: readonly Reconciler<never>[] = [hostsReconciler] as readonly Reconciler<never>[]
