/** Deactivate and reactivate: forbid downloads of an image for a while. */
import { reply, type Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { transition } from '#core/states/states.ts'
import { nowIso } from '#core/time/clock.ts'
import type { ImageContext } from '../context.ts'
import { errors } from '../errors.ts'
import { permit, seeImage } from '../images/image-access.ts'
import { imageStates } from '../images/image.states.ts'
import { findImage } from '../images/image.store.ts'

async function move(ctx: ImageContext, request: RouteRequest, action: 'deactivate' | 'reactivate'): Promise<Reply> {
  const { row, target } = await seeImage(ctx, request.params['image_id']!)
  permit(ctx, action, target)
  if (await transition(ctx, imageStates, action, 'images', row.id, { updated_at: nowIso(ctx.clock) })) return reply({ status: 204 })
  const status = (await findImage(ctx, row.id))?.status ?? 'deleted'
  if (status !== imageStates.actions[action].to) throw errors.NotAllowed({ message: `Not allowed to ${action} image in status '${status}'` })
  return reply({ status: 204 })
}

export async function deactivateHandler(ctx: ImageContext, request: RouteRequest): Promise<Reply> {
  return await move(ctx, request, 'deactivate')
}

export async function reactivateHandler(ctx: ImageContext, request: RouteRequest): Promise<Reply> {
  return await move(ctx, request, 'reactivate')
}
