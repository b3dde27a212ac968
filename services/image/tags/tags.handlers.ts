/** Tags, one at a time. */
import { may } from '#core/http/context.ts'
import { reply, type Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { ImageContext } from '../context.ts'
import { errors } from '../errors.ts'
import { permit, seeImage, type SeenImage } from '../images/image-access.ts'
import { checkImage } from '../images/image-check.ts'
import { addTag, countTags, dropTag, hasTag } from '../images/image.store.ts'

async function lookUp(ctx: ImageContext, request: RouteRequest, verb: string): Promise<SeenImage> {
  const id = request.params['image_id']!
  const image = await seeImage(ctx, id, () => errors.ImageNotFoundShort({ id }))
  if (!may(ctx, 'modify_image', image.target) && may(ctx, 'get_image', image.target)) throw errors.NotAllowed({ message: `Not allowed to ${verb} tags for image ${id}.` })
  permit(ctx, 'modify_image', image.target)
  return image
}

export async function addTagHandler(ctx: ImageContext, request: RouteRequest): Promise<Reply> {
  const tag = request.params['tag_value']!
  checkImage({ tags: [tag] })
  const { row } = await lookUp(ctx, request, 'update')
  if (!await hasTag(ctx, row.id, tag)) {
    const attempted = await countTags(ctx, row.id) + 1
    const maximum = ctx.config.tagQuota
    if (maximum >= 0 && attempted > maximum) {
      throw errors.TooMany({ message: `Image tag limit exceeded for image ${row.id}: ${errors.TooManyTags({ attempted, maximum }).message}:` })
    }
  }
  await addTag(ctx, row.id, tag)
  return reply({ status: 204 })
}

export async function dropTagHandler(ctx: ImageContext, request: RouteRequest): Promise<Reply> {
  const { row } = await lookUp(ctx, request, 'delete')
  if (!await dropTag(ctx, row.id, request.params['tag_value']!)) throw errors.NotFound()
  return reply({ status: 204 })
}
