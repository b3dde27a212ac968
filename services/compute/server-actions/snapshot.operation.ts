/**
 * A snapshot: the image record exists already, `queued`, in the user's project; the host uploads the flattened disk
 * into it. A failure takes the record away again.
 */
import { defineOperation, nothing, step } from '#core/operations/define.ts'
import type { ComputeContext } from '../context.ts'
import { agentOf } from '../hosts/agent-of.ts'
import { faultOf } from '../servers/server-fault.ts'
import type { TaskState } from '../servers/server.states.ts'
import { moveServer } from '../servers/server.store.ts'
import { serverAtWork } from './guest-operation.ts'

export interface SnapshotInput {
  serverId: string
  imageId: string
  diskFormat: string
  /** A backup keeps so many of its kind. */
  backup: { type: string; rotation: number } | null
}

const TASKS: readonly TaskState[] = ['image_snapshot_pending', 'image_backup', 'image_snapshot', 'image_pending_upload', 'image_uploading']

const upload = step<SnapshotInput, ComputeContext>({
  name: 'upload', title: 'upload the disk',
  async do(ctx, { input }) {
    const server = await serverAtWork(ctx, input.serverId, TASKS)
    await moveServer(ctx, server.id, { tasks: TASKS }, { task_state: 'image_uploading' })
    const { sizeBytes } = await agentOf(ctx, server.host!).snapshot({ serverId: server.id, imageId: input.imageId, diskFormat: input.diskFormat })
    return { sizeBytes }
  },
  async undo(ctx, { input }) {
    await ctx.clients.image.discard(ctx, 'service', input.imageId)
  },
})

/** Deletes the oldest backups beyond the rotation; 0 keeps none, not even this one. */
const rotate = step<SnapshotInput, ComputeContext>({
  name: 'rotate', title: 'drop old backups',
  async do(ctx, { input }) {
    if (input.backup === null) return
    const images = await ctx.clients.image.list(ctx, 'service', { instance_uuid: input.serverId, image_type: 'backup', backup_type: input.backup.type, sort: 'created_at:desc', limit: '1000' })
    // Newest first, as image orders them: by parts of a second that it does not show. This one is the newest of all.
    const surplus = images.toSorted((a, b) => Number(b.id === input.imageId) - Number(a.id === input.imageId)).slice(input.backup.rotation)
    for (const image of surplus) await ctx.clients.image.discard(ctx, 'service', image.id)
    return { deleted: surplus.map((image) => image.id) }
  },
  undo: nothing('backups that went are gone'),
})

const settle = step<SnapshotInput, ComputeContext>({
  name: 'settle', title: 'write down the result',
  async do(ctx, { input }) {
    await moveServer(ctx, input.serverId, { tasks: TASKS }, { task_state: null })
  },
  undo: nothing('last step'),
})

export const snapshotOperation = defineOperation<SnapshotInput, ComputeContext>({
  name: 'compute.create-image', version: 1, resource: { type: 'server', id: (input) => input.serverId }, steps: [upload, rotate, settle],
  async onFailed(ctx, { input, failure }) {
    await moveServer(ctx, input.serverId, { tasks: TASKS }, { task_state: null, fault: faultOf(ctx, failure) })
  },
})

/** The same steps under the name of the action users know. */
export const backupOperation = { ...snapshotOperation, name: 'compute.create-backup' }
