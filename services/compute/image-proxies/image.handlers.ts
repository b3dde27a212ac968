/** Images as compute showed them until 2.35, and their properties until 2.38: image's, in an older shape. */
import { NeighbourError } from '#core/clients/neighbour.ts'
import { isUuidLike } from '#core/ids/ids.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { ImageRecord } from '#services/image/contract.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { linksOf, nextPage } from '../links.ts'
import { readPage } from '../paging.ts'
import { readInstant } from '../schema/read-values.ts'
import { checkMetadataQuota } from '../servers/server-quota.ts'
import { imageBrief, imageDetail, propertiesOf } from './image.view.ts'

/** Parameter → filter of image. */
const FILTERS: Record<string, string> = { name: 'name', status: 'status', server: 'instance_uuid', type: 'image_type', minRam: 'min_ram', minDisk: 'min_disk', visibility: 'visibility' }

async function findImage(ctx: ComputeContext, id: string): Promise<ImageRecord> {
  const image = isUuidLike(id) ? await ctx.clients.image.get(ctx, 'user', id) : undefined
  if (image === undefined) throw errors.NotFound({ message: 'Image not found.' })
  return image
}

async function readImages(ctx: ComputeContext, request: RouteRequest, collection: string): Promise<{ images: ImageRecord[]; next: object }> {
  const { limit, marker } = readPage(ctx, request.query)
  const query: Record<string, string | undefined> = { limit: String(limit), marker }
  for (const [name, value] of request.query) {
    const filter = FILTERS[name] ?? (name.startsWith('property-') ? name.slice('property-'.length) : undefined)
    if (filter !== undefined) query[filter] = filter === 'instance_uuid' ? value.split('/').at(-1) : filter === 'status' ? value.toLowerCase() : value
    if (name === 'changes-since') query['updated_at'] = `gte:${readInstant(value) ?? value}`
  }
  if (limit === 0) return { images: [], next: {} }
  const images = await ctx.clients.image.list(ctx, 'user', query).catch((error: unknown) => {
    if (error instanceof NeighbourError && (error.status === 400 || error.status === 404)) throw errors.BadRequest({ message: error.message }, { cause: error })
    throw error
  })
  const last = images.at(-1)
  return { images, next: images.length === limit && last !== undefined ? { images_links: nextPage(linksOf(ctx, request), collection, request.rawQuery, last.id) } : {} }
}

export async function listImages(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const links = linksOf(ctx, request)
  const { images, next } = await readImages(ctx, request, 'images')
  return { images: images.map((image) => imageBrief(links, image)), ...next }
}

export async function listImagesDetail(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const links = linksOf(ctx, request)
  const { images, next } = await readImages(ctx, request, 'images/detail')
  return { images: images.map((image) => imageDetail(links, image)), ...next }
}

export async function showImage(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  return { image: imageDetail(linksOf(ctx, request), await findImage(ctx, request.params['id']!)) }
}

/** Image's refusal of a change, in compute's words. */
async function changing(forbidden: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof NeighbourError) || error.status >= 500) throw error
    if (error.status === 403) throw errors.Forbidden({ message: forbidden }, { cause: error })
    if (error.status === 404) throw errors.NotFound({ message: 'Image not found.' }, { cause: error })
    throw errors.BadRequest({ message: error.message }, { cause: error })
  }
}

export async function removeImage(ctx: ComputeContext, request: RouteRequest): Promise<void> {
  const id = request.params['id']!
  if (!isUuidLike(id)) throw errors.NotFound({ message: 'Image not found.' })
  await changing('You are not allowed to delete the image.', () => ctx.clients.image.remove(ctx, 'user', id))
}

type Items = Record<string, string>

export async function listImageMetadata(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  return { metadata: propertiesOf(await findImage(ctx, request.params['id']!)) }
}

export async function showImageMetadataItem(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const items = propertiesOf(await findImage(ctx, request.params['id']!))
  const key = request.params['key']!
  if (!Object.hasOwn(items, key)) throw errors.NotFound({ message: 'The resource could not be found.' })
  return { meta: { [key]: items[key] } }
}

async function setProperties(ctx: ComputeContext, id: string, make: (items: Items) => Items): Promise<Items> {
  const image = await findImage(ctx, id)
  const before = propertiesOf(image)
  const after = make(before)
  await checkMetadataQuota(ctx, ctx.identity.project?.id ?? '', Object.keys(after).length).catch((error: unknown) => {
    throw (error as { code?: string }).code === 'MetadataLimitExceeded' ? errors.Forbidden({ message: 'Image metadata limit exceeded' }, { cause: error }) : error
  })
  await changing(`Not authorized for image ${id}.`, () => ctx.clients.image.setProperties(ctx, 'user', id, before, after))
  return after
}

export async function addImageMetadata(ctx: ComputeContext, request: RouteRequest<{ metadata: Items }>): Promise<object> {
  return { metadata: await setProperties(ctx, request.params['id']!, (items) => ({ ...items, ...request.body.metadata })) }
}

export async function replaceImageMetadata(ctx: ComputeContext, request: RouteRequest<{ metadata: Items }>): Promise<object> {
  return { metadata: await setProperties(ctx, request.params['id']!, () => request.body.metadata) }
}

export async function setImageMetadataItem(ctx: ComputeContext, request: RouteRequest<{ meta: Items }>): Promise<object> {
  if (!Object.hasOwn(request.body.meta, request.params['key']!)) throw errors.BadRequest({ message: 'Request body and URI mismatch' })
  await setProperties(ctx, request.params['id']!, (items) => ({ ...items, ...request.body.meta }))
  return { meta: request.body.meta }
}

export async function removeImageMetadataItem(ctx: ComputeContext, request: RouteRequest): Promise<void> {
  const key = request.params['key']!
  await setProperties(ctx, request.params['id']!, (items) => {
    const { [key]: gone, ...rest } = items
    if (gone === undefined) throw errors.NotFound({ message: 'Invalid metadata key' })
    return rest
  })
}
