/** Tags of a resource, together and one by one. Whoever may change the resource may tag it. */
import { reply, type Reply } from '#core/http/message.ts'
import { inHandler, route, type Route } from '#core/http/route.ts'
import type { BaseRow, Resource } from '../attributes/attribute.ts'
import { enforceAction } from '../attributes/rules.ts'
import { findRow } from '../attributes/select-rows.store.ts'
import { isDict, listOf, text } from '../attributes/validate.ts'
import type { ApiRequestOf, NetworkContext } from '../context.ts'
import { errors, invalidInput } from '../errors.ts'
import { changeTags } from './change-tags.ts'
import { tagsOfResource } from './tag.store.ts'

const MAX_TAG = 255

/** `/networks/{id}/tags` and `/networks/{id}/tags/{tag}`. */
export function tagRoutes<Row extends BaseRow>(own: Resource<Row>): Route[] {
  const resource = own as unknown as Resource
  const path = `/v2.0/${resource.collection.replaceAll('_', '-')}/:id/tags`
  const rules = { reads: inHandler(`get_${resource.name}`), writes: inHandler(`update_${resource.name}`) }
  const bound = (work: (ctx: NetworkContext, resource: Resource, request: ApiRequestOf) => Promise<object>) => (ctx: NetworkContext, request: ApiRequestOf) => work(ctx, resource, request)
  return [
    route('GET', path, bound(list), { policy: rules.reads }),
    route('PUT', path, bound(replace), { policy: rules.writes }),
    route('DELETE', path, bound(removeAll), { policy: rules.writes, status: 204 }),
    route('GET', `${path}/:tag`, bound(show), { policy: rules.reads }),
    route('PUT', `${path}/:tag`, bound(add), { policy: rules.writes }),
    route('DELETE', `${path}/:tag`, bound(remove), { policy: rules.writes }),
  ]
}

async function list(ctx: NetworkContext, resource: Resource, request: ApiRequestOf): Promise<object> {
  const id = await readable(ctx, resource, request)
  return { tags: await tagsOfResource(ctx, id) }
}

async function show(ctx: NetworkContext, resource: Resource, request: ApiRequestOf): Promise<Reply> {
  const tag = readTag(request)
  const id = await readable(ctx, resource, request)
  if (!(await tagsOfResource(ctx, id)).includes(tag)) throw errors.TagNotFound({ tag })
  return reply({ status: 204 })
}

async function replace(ctx: NetworkContext, resource: Resource, request: ApiRequestOf): Promise<object> {
  const tags = readTags(request.body)
  await change(ctx, resource, request, () => tags)
  return { tags }
}

async function add(ctx: NetworkContext, resource: Resource, request: ApiRequestOf): Promise<Reply> {
  const tag = readTag(request)
  await change(ctx, resource, request, (held) => (held.includes(tag) ? held : [...held, tag]))
  return reply({ status: 201, headers: { 'content-type': 'application/json' }, body: 'null' })
}

async function remove(ctx: NetworkContext, resource: Resource, request: ApiRequestOf): Promise<Reply> {
  const tag = readTag(request)
  await change(ctx, resource, request, (held) => {
    if (!held.includes(tag)) throw errors.TagNotFound({ tag })
    return held.filter((t) => t !== tag)
  })
  return reply({ status: 204 })
}

async function removeAll(ctx: NetworkContext, resource: Resource, request: ApiRequestOf): Promise<Reply> {
  await change(ctx, resource, request, () => [])
  return reply({ status: 204 })
}

async function change(ctx: NetworkContext, resource: Resource, request: ApiRequestOf, wanted: (held: string[]) => string[]): Promise<void> {
  const id = await readable(ctx, resource, request)
  const [view] = await resource.views(ctx, [(await findRow(ctx, resource, id))!])
  await enforceAction(ctx, resource, view!, `update_${resource.name}`)
  await changeTags(ctx, resource.table, id, wanted, () => notFound(resource, id))
}

/** The id, if the caller may know of the resource. */
async function readable(ctx: NetworkContext, resource: Resource, request: ApiRequestOf): Promise<string> {
  const id = request.params['id']!
  if ((await findRow(ctx, resource, id)) === undefined) throw notFound(resource, id)
  return id
}

function notFound(resource: Resource, id: string): Error {
  return errors.TagResourceNotFound({ resource: resource.collection, resourceId: id })
}

function readTag(request: ApiRequestOf): string {
  const tag = request.params['tag']!
  const reason = text(MAX_TAG)(tag)
  if (reason !== undefined) throw invalidInput(reason)
  return tag
}

function readTags(body: unknown): string[] {
  if (!isDict(body) || !('tags' in body)) throw invalidInput('Invalid tags body')
  const reason = listOf(text(MAX_TAG))(body['tags'])
  if (reason !== undefined) throw invalidInput(reason)
  return body['tags'] as string[]
}
