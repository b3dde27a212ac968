/** `POST /v2/images/{id}/import`. */
import { reply, type Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { ImageContext } from '../context.ts'
import { startImport } from './import-image.ts'

export async function importHandler(ctx: ImageContext, request: RouteRequest): Promise<Reply> {
  await startImport(ctx, request.params['image_id']!, request.body)
  return reply({ status: 202 })
}
