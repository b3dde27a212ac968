/** Images: list, show, create, change, delete. */
import { authorise, may } from '#core/http/context.ts'
import { reply, type Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { ImageContext } from '../context.ts'
import { errors } from '../errors.ts'
import { createImage } from './create-image.ts'
import { deleteImage } from './delete-image.ts'
import { imageTarget, permit, seeImage } from './image-access.ts'
import { pageLinks } from './page-links.ts'
import { readChanges } from './image-patch.ts'
import { readImageQuery } from './image-query.ts'
import { withDetail, withDetails } from './image.store.ts'
import { imageView } from './image.view.ts'
import { listImages } from './list-images.store.ts'
import { updateImage } from './update-image.ts'

export async function listImagesHandler(ctx: ImageContext, request: RouteRequest): Promise<object> {
  authorise(ctx, 'get_images')
  const asked = readImageQuery(request.query, ctx.config)
  const marker = asked.marker === undefined ? undefined : (await seeImage(ctx, asked.marker, () => errors.Invalid({ message: `No image found with ID ${asked.marker}` }))).row
  const project = ctx.identity.project?.id
  const rows = await listImages(ctx, { project, seesAll: may(ctx, 'context_is_admin') }, asked, marker)
  const shown = rows.filter((row) => may(ctx, 'get_image', imageTarget(row, row.visibility === 'shared' ? project : undefined)))
  const images = await withDetails(ctx, shown)
  return {
    images: images.map(imageView),
    ...pageLinks('/v2/images', request.query, shown.length > 0 && rows.length === asked.limit ? shown.at(-1)!.id : undefined),
    schema: '/v2/schemas/images',
  }
}

export async function showImage(ctx: ImageContext, request: RouteRequest): Promise<object> {
  const { row, target } = await seeImage(ctx, request.params['image_id']!)
  permit(ctx, 'get_image', target)
  return imageView(await withDetail(ctx, row))
}

export async function createImageHandler(ctx: ImageContext, request: RouteRequest): Promise<Reply> {
  const image = await createImage(ctx, request.body)
  const methods = ctx.config.importMethods
  return reply({
    status: 201, body: imageView(image),
    headers: { location: `${request.baseUrl}/images/${image.row.id}`, ...(methods.length === 0 ? {} : { 'OpenStack-image-import-methods': methods.join(',') }) },
  })
}

export async function updateImageHandler(ctx: ImageContext, request: RouteRequest): Promise<object> {
  const changes = readChanges(request.headers['content-type'], request.body)
  return imageView(await updateImage(ctx, request.params['image_id']!, changes))
}

export async function deleteImageHandler(ctx: ImageContext, request: RouteRequest): Promise<Reply> {
  await deleteImage(ctx, request.params['image_id']!)
  return reply({ status: 204 })
}
