/** Servers: list, show, create, update, delete. */
import { reply } from '#core/http/message.ts'
import { renderedList } from '#core/http/rendered-list.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { Static } from '#core/schema/schema.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { linksOf, nextPage, resourceLinks } from '../links.ts'
import { readPage } from '../paging.ts'
import { flagOr } from '../schema/read-values.ts'
import { changeServerFields } from './change-server.ts'
import { createServers, type CreateBody } from './create-server.ts'
import { deleteServer } from './delete-server.ts'
import { findServer } from './find-server.ts'
import { readServerFilter, readServerSort } from './server-filter.ts'
import { listServerKeys, readListedServers, type ServerKey } from './server-list.store.ts'
import type { ServerRow } from './server.row.ts'
import type { ServerUpdate } from './server.schema.ts'
import { getServer, getServerEvenDeleted } from './server.store.ts'
import { serverBrief, serverDetail, serverShow } from './server.view.ts'
import { viewerOf, viewerScope } from './server.viewer.ts'

export async function listServersBrief(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const links = linksOf(ctx, request)
  const { keys, next } = await readServerKeys(ctx, request, false)
  return { servers: keys.map((row) => serverBrief(links, row)), ...next }
}

export async function listServersDetail(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const { keys, next } = await readServerKeys(ctx, request, true)
  if (keys.length === 0) return { servers: [], ...next }
  const viewer = await viewerOf(ctx, request)
  const stamp = (row: ServerKey): string => `${row.revision} ${viewer.hostStatus?.(row.host) ?? ''}`
  return renderedList({
    key: 'servers', rest: next, scope: viewerScope(viewer), items: keys.map((row) => ({ id: row.id, stamp: stamp(row) })),
    views: async (ids) => (await readListedServers(ctx, ids, viewer.extendedAttributes)).map((row) => ({ id: row.id, stamp: stamp(row), view: serverDetail(viewer, row) })),
  })
}

async function readServerKeys(ctx: ComputeContext, request: RouteRequest, detail: boolean): Promise<{ keys: ServerKey[]; next: Record<string, unknown> }> {
  const filter = readServerFilter(ctx, request, detail)
  if (filter === undefined) return { keys: [], next: {} }
  const { limit, marker } = readPage(ctx, request.query)
  const sort = readServerSort(ctx, request)
  const markerRow = marker === undefined ? undefined : await getServerEvenDeleted(ctx, marker)
  if (marker !== undefined && (markerRow === undefined || (filter.projectId !== undefined && markerRow.project_id !== filter.projectId))) throw errors.MarkerNotFound({ marker })
  const keys = await listServerKeys(ctx, filter, { sort, marker: markerRow, limit })
  const last = keys.at(-1)
  const collection = detail ? 'servers/detail' : 'servers'
  const next = last !== undefined && keys.length === limit ? { servers_links: nextPage(linksOf(ctx, request), collection, request.rawQuery, last.id) } : {}
  return { keys, next }
}

export async function showServer(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const row = await findServer(ctx, request.params['id']!, 'os_compute_api:servers:show')
  return { server: serverShow(await viewerOf(ctx, request, row.project_id), row) }
}

export async function createServer(ctx: ComputeContext, request: RouteRequest<CreateBody>): Promise<object> {
  const { body } = request
  const { rows, adminPass } = await createServers(ctx, body)
  const first = rows[0]!
  if (flagOr(body.server.return_reservation_id, false)) return reply({ status: 202, body: { reservation_id: first.reservation_id } })
  const links = resourceLinks(linksOf(ctx, request), 'servers', first.id)
  return reply({ status: 202, headers: { location: links[0]!.href }, body: { server: createdView(ctx, first, links, body, adminPass) } })
}

function createdView(ctx: ComputeContext, row: ServerRow, links: object[], body: CreateBody, adminPass: string): object {
  return {
    id: row.id, links, 'OS-DCF:diskConfig': row.auto_disk_config === 1 ? 'AUTO' : 'MANUAL',
    security_groups: body.server.security_groups ?? [{ name: 'default' }],
    ...(ctx.config.enableInstancePassword ? { adminPass } : {}),
  }
}

export async function changeServer(ctx: ComputeContext, request: RouteRequest<Static<typeof ServerUpdate>>): Promise<object> {
  const row = await findServer(ctx, request.params['id']!, 'os_compute_api:servers:update')
  await changeServerFields(ctx, row.id, request.body.server)
  const changed = await getServer(ctx, row.id)
  if (changed === undefined) throw errors.NotFound({ message: 'Instance could not be found' })
  return { server: serverShow(await viewerOf(ctx, request as unknown as RouteRequest, row.project_id), changed) }
}

export async function removeServer(ctx: ComputeContext, request: RouteRequest): Promise<void> {
  await deleteServer(ctx, await findServer(ctx, request.params['id']!, 'os_compute_api:servers:delete'))
}
