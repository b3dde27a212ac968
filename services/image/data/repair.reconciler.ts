/**
 * Puts right what a death in the middle left: images whose upload nobody holds any more go back to queued, temporary
 * files without an upload go, data without an image goes, and an active image without data is called out loud.
 */
import { defineReconciler } from '#core/reconcile/reconcile.ts'
import { nowIso } from '#core/time/clock.ts'
import { rm } from 'node:fs/promises'
import type { ImageContext } from '../context.ts'
import { dropLeases, expiredUploads, statusesOf } from './repair.store.ts'
import { restoreQueued } from './upload-image.ts'

/** A file this young may belong to a row that is about to be written. */
const GRACE_MS = 60_000

export const repairReconciler = defineReconciler<ImageContext>({ name: 'image-repair', everyMs: 60_000, run: (ctx) => repairImages(ctx, GRACE_MS) })

/** At the start of the only process there is, whatever was under way is known to be over. */
export async function repairAtStart(ctx: ImageContext): Promise<void> {
  await dropLeases(ctx)
  await repairImages(ctx, 0)
}

export async function repairImages(ctx: ImageContext, graceMs: number): Promise<void> {
  for (const image of await expiredUploads(ctx, nowIso(ctx.clock))) {
    await restoreQueued(ctx, image.id, image.upload_id)
    ctx.log.warn({ resourceId: image.id, status: image.status }, 'an upload was given up: the process that took it is gone')
  }
  const { files } = ctx.clients
  const before = Date.now() - graceMs
  const incoming = await files.listIncoming()
  const alive = await statusesOf(ctx, incoming.map((f) => f.imageId))
  for (const file of incoming) {
    if (alive.get(file.imageId)?.uploadId !== file.uploadId && file.changedMs <= before) await removeFile(ctx, file.path)
  }
  await sweep(ctx, await files.listStaged(), before, ['uploading', 'importing'])
  await sweep(ctx, await files.listPlaced(), before, ['active', 'deactivated', 'saving', 'importing'])
}

async function sweep(ctx: ImageContext, found: { path: string; imageId: string; changedMs: number }[], before: number, owners: string[]): Promise<void> {
  const statuses = await statusesOf(ctx, found.map((f) => f.imageId))
  for (const file of found) {
    const status = statuses.get(file.imageId)?.status
    if ((status === undefined || !owners.includes(status)) && file.changedMs <= before) await removeFile(ctx, file.path)
  }
}

async function removeFile(ctx: ImageContext, path: string): Promise<void> {
  await rm(path, { force: true })
  ctx.log.warn({ path }, 'image data that belongs to no image was removed')
}
