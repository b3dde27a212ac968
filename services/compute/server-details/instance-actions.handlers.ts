/**
 * The action log of a server: a view of its operations and their steps. What an operation is called inside and what
 * users know it as stands in one table.
 */
import type { Kysely } from '#core/db/database.ts'
import { may } from '#core/http/context.ts'
import type { RouteRequest } from '#core/http/route.ts'
import { listOperations, listSteps, type OperationRow, type OperationStepRow, type OperationTables } from '#core/operations/store.ts'
import { isoMicrosNoZone } from '#core/time/clock.ts'
import { createHash } from 'node:crypto'
import { isUuidLike } from '#core/ids/ids.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { linksOf, nextPage } from '../links.ts'
import { readPage } from '../paging.ts'
import { readInstant } from '../schema/read-values.ts'
import { findServer, isVisible } from '../servers/find-server.ts'
import type { ServerRow } from '../servers/server.row.ts'
import { getServerEvenDeleted } from '../servers/server.store.ts'
import { detailRules } from './details.versions.ts'

const RULE = 'os_compute_api:os-instance-actions'

/** Operation → action. What is not listed is no action of a user. */
const ACTIONS: Record<string, string> = {
  'compute.create-server': 'create', 'compute.delete-server': 'delete', 'compute.start-server': 'start', 'compute.stop-server': 'stop', 'compute.reboot-server': 'reboot',
  'compute.pause-server': 'pause', 'compute.unpause-server': 'unpause', 'compute.suspend-server': 'suspend', 'compute.resume-server': 'resume', 'compute.rebuild-server': 'rebuild',
  'compute.create-image': 'createImage', 'compute.create-backup': 'createBackup', 'compute.attach-interface': 'attach_interface', 'compute.detach-interface': 'detach_interface',
  'compute.resize-server': 'resize', 'compute.migrate-server': 'migrate', 'compute.confirm-resize': 'confirmResize', 'compute.revert-resize': 'revertResize',
  'compute.rescue-server': 'rescue', 'compute.unrescue-server': 'unrescue', 'compute.shelve-server': 'shelve', 'compute.shelve-offload-server': 'shelveOffload',
  'compute.unshelve-server': 'unshelve', 'compute.unshelve-kept-server': 'unshelve', 'compute.lock': 'lock', 'compute.unlock': 'unlock', 'compute.reset-state': 'resetState', 'compute.change-password': 'changePassword',
  'compute.trigger-crash-dump': 'trigger_crash_dump', 'compute.restore-server': 'restore',
}

async function serverOf(ctx: ComputeContext, request: RouteRequest, rule: string): Promise<ServerRow> {
  const id = request.params['id']!
  const row = detailRules(request.version).deletedToo && isUuidLike(id) ? await getServerEvenDeleted(ctx, id) : undefined
  if (row === undefined || row.deleted === 0) return await findServer(ctx, id, rule)
  if (!isVisible(ctx, row)) throw errors.ServerNotFound({ id })
  if (!may(ctx, rule, { project_id: row.project_id })) throw ctx.forbidden(rule)
  return row
}

async function operationsOf(ctx: ComputeContext, serverId: string): Promise<OperationRow[]> {
  const rows = await listOperations(ctx.db as unknown as Kysely<OperationTables>, { resourceId: serverId })
  return rows.filter((row) => ACTIONS[row.name] !== undefined).reverse()
}

export async function listActions(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const server = await serverOf(ctx, request, `${RULE}:list`)
  let rows = await operationsOf(ctx, server.id)
  if (!detailRules(request.version).pagedActions) return { instanceActions: rows.map((row) => actionView(row)) }
  const since = instant(request, 'changes-since')
  const before = instant(request, 'changes-before')
  if (since !== undefined && before !== undefined && before < since) throw errors.BadRequest({ message: 'The value of changes-since must be less than or equal to changes-before.' })
  rows = rows.filter((row) => (since === undefined || row.updated_at >= since) && (before === undefined || row.updated_at <= before))
  const { limit, marker } = readPage(ctx, request.query)
  if (marker !== undefined) {
    const at = rows.findIndex((row) => row.request_id === marker)
    if (at < 0) throw errors.BadRequest({ message: `Marker ${marker} could not be found.` })
    rows = rows.slice(at + 1)
  }
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const links = page.length === limit && last !== undefined ? { links: nextPage(linksOf(ctx, request), `servers/${server.id}/os-instance-actions`, request.rawQuery, last.request_id) } : {}
  return { instanceActions: page.map((row) => actionView(row)), ...links }
}

function instant(request: RouteRequest, name: string): string | undefined {
  const text = request.query.get(name)
  return text === null ? undefined : readInstant(text)
}

function actionView(row: OperationRow): object {
  const failed = row.state === 'failed' || row.state === 'unwinding'
  return {
    action: ACTIONS[row.name], instance_uuid: row.resource_id, request_id: row.request_id, user_id: row.user_id, project_id: row.project_id,
    start_time: isoMicrosNoZone(row.created_at), message: failed ? 'Error' : null, updated_at: isoMicrosNoZone(row.updated_at),
  }
}

export async function showAction(ctx: ComputeContext, request: RouteRequest): Promise<object> {
  const server = await serverOf(ctx, request, `${RULE}:show`)
  const requestId = request.params['request']!
  const row = (await operationsOf(ctx, server.id)).find((candidate) => candidate.request_id === requestId)
  if (row === undefined) throw errors.ActionNotFound({ requestId, id: server.id })
  const rules = detailRules(request.version)
  const target = { project_id: server.project_id }
  const everything = may(ctx, `${RULE}:events`, target)
  if (!everything && !rules.eventsForOwner) return { instanceAction: actionView(row) }
  const steps = await listSteps(ctx.db as unknown as Kysely<OperationTables>, [row.id])
  const show = {
    traceback: everything, host: everything && rules.hostOfEvents, hostId: rules.hostOfEvents, details: rules.detailsOfEvents && may(ctx, `${RULE}:events:details`, target),
    hostName: server.host ?? '', projectId: row.project_id ?? server.project_id,
  }
  return { instanceAction: { ...actionView(row), events: steps.map((one) => eventView(one, show)) } }
}

interface EventParts { traceback: boolean; host: boolean; hostId: boolean; details: boolean; hostName: string; projectId: string }

function eventView(one: OperationStepRow, show: EventParts): object {
  const failed = one.outcome === 'failed'
  return {
    event: `compute_${one.step.replaceAll(/[^a-zA-Z0-9]+/g, '_')}${one.direction === 'undo' ? '_undone' : ''}`, start_time: isoMicrosNoZone(one.started_at), finish_time: isoMicrosNoZone(one.finished_at),
    result: failed ? 'Error' : 'Success', ...(show.traceback ? { traceback: failed ? one.message : null } : {}),
    ...(show.host ? { host: show.hostName } : {}), ...(show.hostId ? { hostId: show.hostName === '' ? '' : createHash('sha224').update(show.projectId + show.hostName).digest('hex') } : {}),
    ...(show.details ? { details: failed ? one.message : null } : {}),
  }
}
