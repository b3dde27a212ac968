/**
 * Takes the data of an image: queued → saving, bytes into a file of the upload's own, the file under the image's name,
 * saving → active. Whatever breaks in between brings the image back to queued and leaves no file; if the process
 * itself dies, its lease runs out and the reconciler does the same.
 */
import type { Readable } from 'node:stream'
import { compareAndSet, transition } from '#core/states/states.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ImageContext } from '../context.ts'
import type { ImageRow } from '../database.ts'
import { errors } from '../errors.ts'
import { imageStates, NEEDED_FOR_DATA } from '../images/image.states.ts'
import { findImage, storedBytes } from '../images/image.store.ts'
import { ReceiveFailed, type Received, type ReceivePlan } from './receive.ts'
import { receiveBody } from './remote-body.ts'
import { leaseEnd } from './upload-leases.ts'

export async function uploadImage(ctx: ImageContext, row: ImageRow, body: Readable | undefined, declaredBytes: number | undefined): Promise<void> {
  const uploadId = ctx.ids.uuid()
  const { maxBytes, quotaBytes } = await sizeLimits(ctx, row, declaredBytes)
  await begin(ctx, row, 'upload', 'saving', uploadId)
  await ctx.clients.uploads.hold(uploadId, async () => {
    const plan: ReceivePlan = {
      path: ctx.clients.files.incomingPath(row.id, uploadId), maxBytes,
      claim: { diskFormat: row.disk_format, containerFormat: row.container_format, requireMatch: ctx.config.requireFormatMatch },
    }
    const received = await receiveOrRestore(ctx, row.id, uploadId, body, plan, quotaBytes)
    await ctx.clients.files.place(row.id, uploadId)
    const active = await compareAndSet(ctx, 'images', { id: row.id }, { status: 'saving', upload_id: uploadId, deleted_at: null }, { ...dataColumns(received), status: 'active', updated_at: nowIso(ctx.clock) })
    if (active) return
    // Deleted meanwhile, or given up by the reconciler because this process seemed dead.
    if (await findImage(ctx, row.id) === undefined) await ctx.clients.files.remove(row.id)
    throw errors.Gone({ id: row.id })
  })
}

/** Stages data for an import: queued → uploading, which lasts until the import. */
export async function stageImage(ctx: ImageContext, row: ImageRow, body: Readable | undefined, declaredBytes: number | undefined): Promise<void> {
  const uploadId = ctx.ids.uuid()
  const { maxBytes, quotaBytes } = await sizeLimits(ctx, row, declaredBytes)
  await begin(ctx, row, 'stage', 'uploading', uploadId)
  await ctx.clients.uploads.hold(uploadId, async () => {
    const received = await receiveOrRestore(ctx, row.id, uploadId, body, { path: ctx.clients.files.incomingPath(row.id, uploadId), maxBytes }, quotaBytes)
    await ctx.clients.files.stage(row.id, uploadId)
    const staged = await compareAndSet(ctx, 'images', { id: row.id }, { status: 'uploading', upload_id: uploadId, deleted_at: null }, { size: received.sizeBytes, upload_id: null, lease_until: null, updated_at: nowIso(ctx.clock) })
    if (staged) return
    await ctx.clients.files.removeStaged(row.id)
    throw errors.Gone({ id: row.id })
  })
}

/** What an image learns from its data. */
export function dataColumns(received: Received): Record<string, unknown> {
  return {
    size: received.sizeBytes, virtual_size: received.virtualSizeBytes, checksum: received.md5, os_hash_algo: 'sha512', os_hash_value: received.sha512,
    upload_id: null, lease_until: null,
  }
}

async function begin(ctx: ImageContext, row: ImageRow, action: 'upload' | 'stage', to: string, uploadId: string): Promise<void> {
  if (row.status !== 'queued') throw errors.Transition({ from: row.status, to })
  if (action === 'upload') checkFormatsSet(row)
  const begun = await transition(ctx, imageStates, action, 'images', row.id, { upload_id: uploadId, lease_until: leaseEnd(ctx.clock) })
  if (!begun) throw errors.Transition({ from: (await findImage(ctx, row.id))?.status ?? 'deleted', to })
}

/** Throws unless it is known how to read the data. */
function checkFormatsSet(row: ImageRow): void {
  const missing = NEEDED_FOR_DATA.filter((name) => row[name] === null)
  if (missing.length === 0) return
  throw errors.Invalid({ message: `${missing.length === 1 ? 'Property' : 'Properties'} ${missing.join(', ')} must be set prior to saving data.` })
}

interface SizeLimits { maxBytes: number; quotaBytes: number | undefined }

/** Throws at once where the declared size is already too much. */
async function sizeLimits(ctx: ImageContext, row: ImageRow, declaredBytes: number | undefined): Promise<SizeLimits> {
  const { sizeCapBytes, projectStorageQuotaBytes } = ctx.config
  const quotaBytes = projectStorageQuotaBytes === 0 || row.owner === null ? undefined : Math.max(0, projectStorageQuotaBytes - await storedBytes(ctx, row.owner, row.id))
  if (declaredBytes !== undefined && declaredBytes > sizeCapBytes) throw errors.TooLarge()
  if (declaredBytes !== undefined && quotaBytes !== undefined && declaredBytes > quotaBytes) throw errors.OverQuota({ size: declaredBytes, remaining: quotaBytes })
  return { maxBytes: Math.min(sizeCapBytes, quotaBytes ?? sizeCapBytes), quotaBytes }
}

async function receiveOrRestore(ctx: ImageContext, id: string, uploadId: string, body: Readable | undefined, plan: ReceivePlan, quotaBytes: number | undefined): Promise<Received> {
  try {
    return await receiveBody(body, plan)
  } catch (error) {
    await restoreQueued(ctx, id, uploadId)
    throw error instanceof ReceiveFailed ? inWords(error, plan.maxBytes, quotaBytes) : error
  }
}

/** Back to queued, if this upload still owns the image. */
export async function restoreQueued(ctx: ImageContext, id: string, uploadId: string): Promise<void> {
  await compareAndSet(ctx, 'images', { id }, { upload_id: uploadId, deleted_at: null, status: imageStates.actions.restore.from as string[] }, {
    status: 'queued', size: null, virtual_size: null, upload_id: null, lease_until: null, updated_at: nowIso(ctx.clock),
  })
}

function inWords(error: ReceiveFailed, maxBytes: number, quotaBytes: number | undefined): Error {
  const options = { cause: error }
  switch (error.fault) {
    case 'too-large': return quotaBytes === maxBytes ? errors.OverQuota({ size: maxBytes + 1, remaining: quotaBytes }, options) : errors.TooLarge({}, options)
    case 'bad-data': return errors.BadData({ reason: error.message }, options)
    case 'cut-off': return errors.UploadBroken({ reason: error.message }, options)
    case 'storage-full': return errors.StorageFull({ reason: error.message }, options)
    case 'storage-failed': return errors.StorageFailed({ reason: error.message }, options)
  }
}
