/** Metadata of a server: a small dictionary that the guest can read. */
import type { RouteRequest } from '#core/http/route.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { findServer } from '../servers/find-server.ts'
import { metadataOf } from '../servers/server.row.ts'
import { changeMetadata } from './change-metadata.ts'

const RULE = 'os_compute_api:server-metadata'
type Items = Record<string, string>

export async function listMetadata(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  return { metadata: metadataOf(await findServer(ctx, request.params['id']!, `${RULE}:index`)) }
}

export async function showMetadataItem(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const items = metadataOf(await findServer(ctx, request.params['id']!, `${RULE}:show`))
  const key = request.params['key']!
  if (!Object.hasOwn(items, key)) throw errors.MetadataItemNotFound()
  return { meta: { [key]: items[key] } }
}

export async function addMetadata(ctx: ComputeContext, request: RouteRequest<{ metadata: Items }>): Promise<object> {
  return { metadata: await change(ctx, request, 'create', (items) => ({ ...items, ...request.body.metadata })) }
}

export async function replaceMetadata(ctx: ComputeContext, request: RouteRequest<{ metadata: Items }>): Promise<object> {
  return { metadata: await change(ctx, request, 'update_all', () => request.body.metadata) }
}

export async function setMetadataItem(ctx: ComputeContext, request: RouteRequest<{ meta: Items }>): Promise<object> {
  const key = request.params['key']!
  await findServer(ctx, request.params['id']!, `${RULE}:update`)
  if (!Object.hasOwn(request.body.meta, key)) throw errors.BadRequest({ message: 'Request body and URI mismatch' })
  await change(ctx, request, 'update', (items) => ({ ...items, ...request.body.meta }))
  return { meta: request.body.meta }
}

export async function removeMetadataItem(ctx: ComputeContext, request: RouteRequest): Promise<void> {
  const key = request.params['key']!
  await change(ctx, request, 'delete', (items) => {
    const { [key]: gone, ...rest } = items
    if (gone === undefined) throw errors.MetadataItemNotFound()
    return rest
  })
}

async function change(ctx: ComputeContext, request: RouteRequest<never> | RouteRequest, action: string, make: (items: Items) => Items): Promise<Items> {
  const server = await findServer(ctx, (request as RouteRequest).params['id']!, `${RULE}:${action}`)
  return await changeMetadata(ctx, server, action === 'delete' ? 'delete metadata' : 'update metadata', make)
}
