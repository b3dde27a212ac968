/** Tags of a server (since 2.26): short words to find it by. */
import { reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { findFault } from '#core/schema/fault.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { linksOf } from '../links.ts'
import { MAX_TAGS, Tag } from '../schema/parameter-types.ts'
import { findServerOfAnyone } from '../servers/find-server.ts'
import { tagsOf, type ServerRow } from '../servers/server.row.ts'
import { changeTags } from './change-tags.ts'

const RULE = 'os_compute_api:os-server-tags'

export async function listTags(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  return { tags: tagsOf(await findServerOfAnyone(ctx, request.params['id']!, `${RULE}:index`)) }
}

export async function showTag(ctx: ComputeContext, request: RouteRequest): Promise<void> {
  const { id, tag } = request.params as { id: string; tag: string }
  if (!tagsOf(await findServerOfAnyone(ctx, id, `${RULE}:show`)).includes(tag)) throw errors.NotFound({ message: `Server ${id} has no tag '${tag}'` })
}

export async function addTag(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const { id, tag } = request.params as { id: string; tag: string }
  const server = await findServerOfAnyone(ctx, id, `${RULE}:update`)
  checkState(server, 'update tag')
  const fault = findFault(Tag, tag)
  if (fault !== undefined) throw errors.BadRequest({ message: `Tag '${tag}' is invalid. It must be a non empty string without characters '/' and ','. Validation error message: ${fault.message}` })
  const added = await changeTags(ctx, server, (tags) => {
    if (tags.includes(tag)) return tags
    if (tags.length >= MAX_TAGS) throw errors.BadRequest({ message: `The number of tags exceeded the per-server limit ${MAX_TAGS}` })
    return [...tags, tag]
  })
  if (!added) return reply({ status: 204 })
  return reply({ status: 201, headers: { location: `${linksOf(ctx, request).self}/servers/${id}/tags/${encodeURIComponent(tag)}` } })
}

export async function replaceTags(ctx: ComputeContext, request: RouteRequest<{ tags: string[] }>): Promise<object> {
  const server = await findServerOfAnyone(ctx, request.params['id']!, `${RULE}:update_all`)
  checkState(server, 'update tags')
  const tags = [...new Set(request.body.tags)]
  await changeTags(ctx, server, () => tags)
  return { tags }
}

export async function removeTag(ctx: ComputeContext, request: RouteRequest): Promise<void> {
  const { id, tag } = request.params as { id: string; tag: string }
  const server = await findServerOfAnyone(ctx, id, `${RULE}:delete`)
  checkState(server, 'delete tag')
  await changeTags(ctx, server, (tags) => {
    if (!tags.includes(tag)) throw errors.TagNotFound({ id, tag })
    return tags.filter((other) => other !== tag)
  })
}

export async function removeTags(ctx: ComputeContext, request: RouteRequest): Promise<void> {
  const server = await findServerOfAnyone(ctx, request.params['id']!, `${RULE}:delete_all`)
  checkState(server, 'delete tags')
  await changeTags(ctx, server, () => [])
}

const TAGGABLE = new Set(['active', 'paused', 'suspended', 'stopped'])

function checkState(server: ServerRow, word: string): void {
  if (!TAGGABLE.has(server.vm_state)) throw errors.WrongState({ action: word, id: server.id, attr: 'vm_state', state: server.vm_state })
}
