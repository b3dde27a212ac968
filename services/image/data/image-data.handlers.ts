/** The bytes of an image: upload, stage, download. The bytes themselves pass this thread by (`data-listener.ts`). */
import { may } from '#core/http/context.ts'
import { reply, type Reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { ImageContext } from '../context.ts'
import type { ImageRow } from '../database.ts'
import { errors } from '../errors.ts'
import { permit, seeImage } from '../images/image-access.ts'
import { readRange } from './byte-range.ts'
import { FileSlice } from './file-slice.ts'
import { stageImage, uploadImage } from './upload-image.ts'

export async function uploadHandler(ctx: ImageContext, request: RouteRequest): Promise<Reply> {
  checkContentType(request)
  const { row, target } = await seeImage(ctx, request.params['image_id']!)
  permit(ctx, 'upload_image', target)
  await uploadImage(ctx, row, request.stream, declaredBytes(request))
  return reply({ status: 204 })
}

export async function stageHandler(ctx: ImageContext, request: RouteRequest): Promise<Reply> {
  if (!ctx.config.importMethods.includes('glance-direct')) throw errors.Missing({ message: "'glance-direct' method is not available at this site." })
  checkContentType(request)
  const { row, target } = await seeImage(ctx, request.params['image_id']!)
  permit(ctx, 'modify_image', target)
  await stageImage(ctx, row, request.stream, declaredBytes(request))
  return reply({ status: 204 })
}

export async function downloadHandler(ctx: ImageContext, request: RouteRequest): Promise<Reply> {
  const { row, target } = await seeImage(ctx, request.params['image_id']!)
  if (row.status === 'deactivated' && !may(ctx, 'context_is_admin')) {
    throw errors.NotAllowed({ message: 'The requested image has been deactivated. Image data download is forbidden.' })
  }
  permit(ctx, 'download_image', target)
  const sizeBytes = await dataSize(ctx, row)
  if (sizeBytes === undefined) return reply({ status: 204 })
  const range = readRange(request.headers, sizeBytes)
  const headers = { 'content-type': 'application/octet-stream', 'accept-ranges': 'bytes', ...(row.checksum === null ? {} : { 'content-md5': row.checksum }) }
  const path = ctx.clients.files.imagePath(row.id)
  if (range !== undefined) {
    return reply({
      status: 206, body: new FileSlice({ path, ...range }),
      headers: { ...headers, 'content-length': String(range.end - range.start + 1), 'content-range': `bytes ${range.start}-${range.end}/${sizeBytes}` },
    })
  }
  if (sizeBytes === 0) return reply({ body: Buffer.alloc(0), headers: { ...headers, 'content-length': '0' } })
  return reply({ body: new FileSlice({ path, start: 0, end: sizeBytes - 1 }), headers: { ...headers, 'content-length': String(sizeBytes) } })
}

/** Where the data lies, for an agent that may be on this very host. */
export async function dataLocationHandler(ctx: ImageContext, request: RouteRequest): Promise<object> {
  const { row } = await seeImage(ctx, request.params['image_id']!)
  if (row.status !== 'active' || await dataSize(ctx, row) === undefined) throw errors.NotFound()
  return { path: ctx.clients.files.imagePath(row.id), size: row.size, checksum: row.checksum, os_hash_algo: row.os_hash_algo, os_hash_value: row.os_hash_value }
}

/** Undefined where there is no data: not yet, or no longer. */
async function dataSize(ctx: ImageContext, row: ImageRow): Promise<number | undefined> {
  if (row.status !== 'active' && row.status !== 'deactivated') return undefined
  const found = await ctx.clients.files.sizeBytes(row.id)
  if (found === row.size) return found
  ctx.log.error({ resourceId: row.id, found, recorded: row.size }, 'the data of an image is missing or cut short')
  return found
}

function checkContentType(request: RouteRequest): void {
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/octet-stream') throw errors.ContentType({ type: type ?? 'None' })
}

function declaredBytes(request: RouteRequest): number | undefined {
  const text = request.headers['content-length']
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
