/** What must be true of images, for `nacre doctor`. */
import type { Check, Problem } from '#core/service/explain.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ImageContext } from '../context.ts'
import { repairImages } from '../data/repair.reconciler.ts'
import { expiredUploads } from '../data/repair.store.ts'
import { imagesWithData } from './story.store.ts'

const dataIsThere: Check<ImageContext> = {
  name: 'image-data',
  invariant: 'Every image that is active has its data, whole.',
  async run(ctx): Promise<Problem[]> {
    const problems: Problem[] = []
    for (const { id, size } of await imagesWithData(ctx)) {
      const found = await ctx.clients.files.sizeBytes(id)
      if (found === size) continue
      const sentence = found === undefined ? 'its data is missing' : `its data has ${found} of ${size} bytes`
      problems.push({ kind: 'damaged-image', resource: 'image', id, sentence, repairable: false, repaired: false })
    }
    return problems
  },
}

const nothingIsAbandoned: Check<ImageContext> = {
  name: 'abandoned-uploads',
  invariant: 'Every upload under way is held by a living process.',
  async run(ctx, repair): Promise<Problem[]> {
    const abandoned = await expiredUploads(ctx, nowIso(ctx.clock))
    if (repair && abandoned.length > 0) await repairImages(ctx, 60_000)
    return abandoned.map(({ id, status }) => ({
      kind: 'abandoned-upload', resource: 'image', id, sentence: `it is ${status}, and the process that took its data is gone`, repairable: true, repaired: repair,
    }))
  },
}

export const imageChecks = [dataIsThere, nothingIsAbandoned]
