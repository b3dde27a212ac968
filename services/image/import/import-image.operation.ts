/**
 * Turns staged or remote data into an image, durably: take the data (hash it, judge its format), then give the file
 * its final name and the image its state. On failure the image is queued again and nothing is left of the data; the
 * task tells why.
 */
import { inTransaction } from '#core/db/database.ts'
import { defineOperation, nothing, step } from '#core/operations/define.ts'
import { compareAndSet } from '#core/states/states.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ImageContext } from '../context.ts'
import { ReceiveFailed, type Received } from '../data/receive.ts'
import { dataColumns, restoreQueued } from '../data/upload-image.ts'
import { dropProperties } from '../images/image.store.ts'
import { runDataJob } from './data-job.ts'
import { beginTask, endTask } from './task.store.ts'

export const IMPORT_LOCK = 'os_glance_import_task'

export interface ImportInput {
  imageId: string
  /** Also the upload id that owns the image meanwhile. */
  taskId: string
  /** Absent: the data is staged. */
  uri?: string
  maxBytes: number
  diskFormat: string
  containerFormat: string
}

const takeData = step<ImportInput, ImageContext>({
  name: 'take-data',
  title: 'fetch and examine the data',
  again: { times: 2, delayMs: 500, when: (error) => error instanceof ReceiveFailed && error.fault === 'cut-off' },
  async do(ctx, { input }): Promise<Received> {
    await beginTask(ctx, input.taskId)
    const { config, clients: { files } } = ctx
    const claim = { diskFormat: input.diskFormat, containerFormat: input.containerFormat, requireMatch: config.requireFormatMatch }
    if (input.uri === undefined) return await runDataJob({ kind: 'examine', path: files.stagingPath(input.imageId), claim })
    const rules = { schemes: config.importAllowedSchemes, ports: config.importAllowedPorts, allowedHosts: config.importAllowedHosts, disallowedHosts: config.importDisallowedHosts }
    return await runDataJob({ kind: 'fetch', uri: input.uri, rules, plan: { path: files.incomingPath(input.imageId, input.taskId), maxBytes: input.maxBytes, claim } })
  },
  async undo(ctx, { input }) {
    const { files } = ctx.clients
    if (input.uri === undefined) await files.removeStaged(input.imageId)
    else await files.removeIncoming(input.imageId, input.taskId)
  },
})

const activate = step<ImportInput, ImageContext>({
  name: 'activate',
  title: 'give the data to the image',
  async do(ctx, { input, results }) {
    const { files } = ctx.clients
    if (input.uri === undefined) await files.placeStaged(input.imageId)
    else await files.place(input.imageId, input.taskId).catch(async (error: NodeJS.ErrnoException) => {
      // Done by an earlier try that was cut off before it was recorded.
      if (error.code !== 'ENOENT' || await files.sizeBytes(input.imageId) === undefined) throw error
    })
    const active = await inTransaction(ctx, async (ctx) => {
      const set = { ...dataColumns(results['take-data'] as Received), status: 'active', updated_at: nowIso(ctx.clock) }
      const done = await compareAndSet(ctx, 'images', { id: input.imageId }, { status: 'importing', upload_id: input.taskId, deleted_at: null }, set)
      if (done) {
        await dropProperties(ctx, input.imageId, [IMPORT_LOCK])
        await endTask(ctx, input.taskId, 'success', { result: { image_id: input.imageId } })
      }
      return done
    })
    if (!active && !await isDone(ctx, input)) {
      await files.remove(input.imageId)
      throw new Error('the image was deleted while it was imported')
    }
  },
  undo: nothing('it is the last step: either the image is active or nothing was written'),
})

/** True when an earlier try of the same step got as far as the image. */
async function isDone(ctx: ImageContext, input: ImportInput): Promise<boolean> {
  const task = await ctx.db.selectFrom('tasks').select('status').where('id', '=', input.taskId).executeTakeFirst()
  return task?.status === 'success'
}

export const importImage = defineOperation<ImportInput, ImageContext>({
  name: 'image.import', version: 1, resource: { type: 'image', id: (input) => input.imageId },
  steps: [takeData, activate],
  async onFailed(ctx, { input, failure }) {
    await inTransaction(ctx, async (ctx) => {
      await restoreQueued(ctx, input.imageId, input.taskId)
      await dropProperties(ctx, input.imageId, [IMPORT_LOCK])
      await endTask(ctx, input.taskId, 'failure', { message: failure.message })
    })
  },
})
