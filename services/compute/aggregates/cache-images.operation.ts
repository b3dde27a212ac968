/**
 * Fetching images ahead: look at each image once, then one host after the other. It is a favour, not a promise: a host
 * that is down or an image that will not come is noted in the step's result and keeps nobody else waiting.
 */
import { defineOperation, each, nothing, step, type Step } from '#core/operations/define.ts'
import { explainError } from '#core/errors/errors.ts'
import type { ComputeContext } from '../context.ts'
import { agentOf } from '../hosts/agent-of.ts'
import { getHost, isHostUp } from '../hosts/host.store.ts'
import { imageMeta } from '../servers/image-check.ts'

interface CacheImagesInput { aggregateId: string; hosts: string[]; imageIds: string[] }
interface Found { imageId: string; checksum: string | null; diskFormat: string }

const FAVOUR = nothing('an image that lies on a host does no harm; hosts forget what nobody boots from')

const lookUp = step<CacheImagesInput, ComputeContext>({
  name: 'look-up-images', title: 'look at the images',
  async do(ctx, { input }) {
    const found: Found[] = []
    for (const id of input.imageIds) {
      const image = await ctx.clients.image.get(ctx, 'service', id)
      if (image?.status !== 'active') continue
      const { checksum, diskFormat } = imageMeta(image)
      found.push({ imageId: id, checksum, diskFormat })
    }
    return { found }
  },
  undo: FAVOUR,
})

function cacheOn(host: string): Step<CacheImagesInput, ComputeContext> {
  return {
    name: `cache:${host}`, title: `fetch them to ${host}`, undo: FAVOUR,
    async do(ctx, { input, results }) {
      const { found } = results['look-up-images'] as { found: Found[] }
      const outcomes: Record<string, string> = Object.fromEntries(input.imageIds.map((id) => [id, 'error: there is no such active image']))
      const row = await getHost(ctx, host)
      const up = row !== undefined && isHostUp(ctx, row)
      for (const image of found) outcomes[image.imageId] = up ? await fetchTo(ctx, host, image) : 'skipped: the host is down'
      return { outcomes }
    },
  }
}

async function fetchTo(ctx: ComputeContext, host: string, image: Found): Promise<string> {
  try {
    return (await agentOf(ctx, host).cacheImage(image)).outcome
  } catch (error) {
    ctx.log.warn({ err: error, host, imageId: image.imageId }, 'an image could not be fetched ahead of time')
    return `error: ${explainError(error)}`
  }
}

export const cacheImagesOperation = defineOperation<CacheImagesInput, ComputeContext>({
  name: 'compute.cache-images', version: 1, resource: { type: 'aggregate', id: (input) => input.aggregateId },
  steps: [lookUp, each('hosts', (input) => input.hosts.map(cacheOn))],
  onFailed: async (ctx, { input, failure }) => { ctx.log.warn({ resourceId: input.aggregateId, failure }, 'images could not be fetched ahead of time') },
})
