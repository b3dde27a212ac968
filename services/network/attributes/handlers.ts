/**
 * List, show, create (one or many), update and delete: the same for every resource. Reads that are not allowed answer
 * as if nothing were there; attributes that are not allowed are left out.
 */
import { may } from '#core/http/context.ts'
import { inTransaction } from '#core/db/database.ts'
import { inHandler, route, type Route } from '#core/http/route.ts'
import { ownProject, type ApiRequestOf, type NetworkContext } from '../context.ts'
import { errors } from '../errors.ts'
import type { BaseRow, Fields, Item, Resource, View } from './attribute.ts'
import { pageLinks, readFields, readListQuery } from './list-query.ts'
import { presenter } from './present.ts'
import { claimQuota } from './quota.ts'
import { readCreateBody, readUpdateBody } from './request-body.ts'
import { readIfMatch, reviseOrFail } from './revisions.ts'
import { enforceCreate, enforceDelete, enforceUpdate } from './rules.ts'
import { getRow, selectRows } from './select-rows.store.ts'

/** The routes of a resource: those its functions allow. */
export function resourceRoutes<Row extends BaseRow>(own: Resource<Row>, path = `/v2.0/${own.collection.replaceAll('_', '-')}`): Route[] {
  const resource = own as unknown as Resource
  const routes = [
    route('GET', path, (ctx: NetworkContext, request: ApiRequestOf) => list(ctx, resource, request), { policy: inHandler(`get_${resource.name}`) }),
    route('GET', `${path}/:id`, (ctx: NetworkContext, request: ApiRequestOf) => show(ctx, resource, request), { policy: inHandler(`get_${resource.name}`) }),
  ]
  if (resource.create !== undefined) routes.push(route('POST', path, (ctx: NetworkContext, request: ApiRequestOf) => create(ctx, resource, request), { policy: inHandler(`create_${resource.name}`), status: 201 }))
  if (resource.update !== undefined) routes.push(route('PUT', `${path}/:id`, (ctx: NetworkContext, request: ApiRequestOf) => update(ctx, resource, request), { policy: inHandler(`update_${resource.name}`) }))
  if (resource.delete !== undefined) routes.push(route('DELETE', `${path}/:id`, (ctx: NetworkContext, request: ApiRequestOf) => remove(ctx, resource, request), { policy: inHandler(`delete_${resource.name}`), status: 204 }))
  return routes
}

async function list(ctx: NetworkContext, resource: Resource, request: ApiRequestOf): Promise<object> {
  const asked = readListQuery(ctx, resource, request.query)
  if (resource.prepare !== undefined && ownProject(ctx) !== '') await inTransaction(ctx, (ctx) => resource.prepare!(ctx, ownProject(ctx)))
  const rows = await selectRows(ctx, resource, asked)
  const views = await resource.views(ctx, rows, asked.fields)
  const visible = views.filter((v) => may(ctx, `get_${resource.name}`, v))
  const body: Record<string, unknown> = { [resource.collection]: visible.map(presenter(ctx, resource, asked.fields)) }
  const links = pageLinks(`${request.baseUrl}${request.path}`, request.query, asked, rows.map((r) => r.id))
  if (links.length > 0) body[`${resource.collection}_links`] = links
  return body
}

async function show(ctx: NetworkContext, resource: Resource, request: ApiRequestOf): Promise<object> {
  const fields = readFields(request.query)
  const view = await currentView(ctx, resource, request.params['id']!, fields)
  if (!may(ctx, `get_${resource.name}`, { ...view, ...(await resource.policyTarget?.(ctx, view)) })) throw errors.HTTPNotFound()
  return { [resource.name]: presenter(ctx, resource, fields)(view) }
}

/** The stored resource as its API shape, if the caller may know of it. */
export async function currentView(ctx: NetworkContext, resource: Resource, id: string, fields?: Fields): Promise<View> {
  const [view] = await resource.views(ctx, [await getRow(ctx, resource, id)], fields)
  return view!
}

async function create(ctx: NetworkContext, resource: Resource, request: ApiRequestOf): Promise<object> {
  const { items, bulk } = readCreateBody(ctx, resource, request.body)
  for (const item of items) {
    await resource.beforeCreate?.(ctx, item)
    await enforceCreate(ctx, resource, item)
  }
  const views = await inTransaction(ctx, async (ctx) => {
    // A retried transaction starts from what was asked, not from what the first try made of it.
    const rows = await createAll(ctx, resource, structuredClone(items))
    return await resource.views(ctx, rows)
  })
  const shown = views.map(presenter(ctx, resource))
  return bulk ? { [resource.collection]: shown } : { [resource.name]: shown[0]! }
}

async function createAll(ctx: NetworkContext, resource: Resource, items: Item[]): Promise<BaseRow[]> {
  for (const projectId of new Set(items.map((i) => i['project_id'] as string))) {
    await resource.prepare?.(ctx, projectId)
    if (resource.quota !== undefined) await claimQuota(ctx, projectId, resource.quota, items.filter((i) => i['project_id'] === projectId).length)
  }
  if (items.length > 1) resource.checkBulk?.(ctx, items)
  const rows: BaseRow[] = []
  for (const item of items) rows.push(await resource.create!(ctx, item))
  return rows
}

async function update(ctx: NetworkContext, resource: Resource, request: ApiRequestOf): Promise<object> {
  const id = request.params['id']!
  const item = readUpdateBody(ctx, resource, request.body)
  resource.beforeUpdate?.(ctx, item)
  const expected = readIfMatch(request.headers)
  await enforceUpdate(ctx, resource, await currentView(ctx, resource, id), item)
  await inTransaction(ctx, async (ctx) => {
    if (resource.unrevised !== true) await reviseOrFail(ctx, resource, id, expected)
    await resource.update!(ctx, id, structuredClone(item))
  })
  return { [resource.name]: presenter(ctx, resource)(await currentView(ctx, resource, id)) }
}

async function remove(ctx: NetworkContext, resource: Resource, request: ApiRequestOf): Promise<undefined> {
  if (request.body !== undefined) throw errors.HTTPBadRequest({ message: 'Request body is not supported in DELETE.' })
  const id = request.params['id']!
  const expected = readIfMatch(request.headers)
  await enforceDelete(ctx, resource, await currentView(ctx, resource, id))
  await inTransaction(ctx, async (ctx) => {
    if (resource.unrevised !== true) await reviseOrFail(ctx, resource, id, expected)
    await resource.delete!(ctx, id)
  })
  return undefined
}
