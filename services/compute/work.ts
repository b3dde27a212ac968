/** The work of compute besides requests: durable operations and reconcilers, slice by slice. */
import type { Reconciler } from '#core/reconcile/reconcile.ts'
import { cacheImagesOperation } from './aggregates/cache-images.operation.ts'
import { controlServicesReconciler } from './compute-services/control-services.reconciler.ts'
import { hostsReconciler } from './hosts/host.reconciler.ts'
import { attachInterfaceOperation, detachInterfaceOperation } from './interfaces/interface.operations.ts'
import { powerOperations } from './server-actions/power.operations.ts'
import { rescueOperation, unrescueOperation } from './rescue/rescue.actions.ts'
import { resizeOperations } from './resizes/resize.operations.ts'
import { unconfirmedResizesReconciler } from './resizes/unconfirmed-resizes.reconciler.ts'
import { offloadOperation, shelveOperation } from './shelving/shelve.operations.ts'
import { unshelveKeptOperation, unshelveOperation } from './shelving/unshelve.operations.ts'
import { rebuildOperation } from './server-actions/rebuild.operation.ts'
import { backupOperation, snapshotOperation } from './server-actions/snapshot.operation.ts'
import { createServerOperation } from './servers/create-server.operation.ts'
import { deletedServersReconciler } from './servers/deleted-servers.reconciler.ts'
import { deleteServerOperation } from './servers/delete-server.operation.ts'
import { orphanAllocationsReconciler } from './servers/orphan-allocations.reconciler.ts'
import { powerStateReconciler } from './servers/power-state.reconciler.ts'
import { stuckServersReconciler } from './servers/stuck-servers.reconciler.ts'

export const computeOperations: readonly unknown[] = [
  createServerOperation, deleteServerOperation, ...powerOperations, rebuildOperation, snapshotOperation, backupOperation, attachInterfaceOperation, detachInterfaceOperation,
  ...resizeOperations, rescueOperation, unrescueOperation, shelveOperation, offloadOperation, unshelveOperation, unshelveKeptOperation, cacheImagesOperation,
]

export const computeReconcilers: readonly Reconciler<never>[] = [
  hostsReconciler, controlServicesReconciler, powerStateReconciler, stuckServersReconciler, orphanAllocationsReconciler, deletedServersReconciler, unconfirmedResizesReconciler,
] as readonly Reconciler<never>[]
