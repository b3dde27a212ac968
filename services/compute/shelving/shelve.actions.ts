/** shelve, shelveOffload, unshelve. */
import { inTransaction } from '#core/db/database.ts'
import { authorise } from '#core/http/context.ts'
import { Type } from '#core/schema/schema.ts'
import { shapeVersions, since } from '#core/versions/versions.ts'
import { requireHostInZone, requireZone } from '../availability-zones/require-zone.ts'
import { errors } from '../errors.ts'
import { getHost } from '../hosts/host.store.ts'
import { Name, wrapped } from '../schema/parameter-types.ts'
import { action, type ActionHandler } from '../server-actions/action.ts'
import { makeSnapshotRecord } from '../server-actions/snapshot-record.ts'
import { requireHost } from '../server-actions/start-work.ts'
import { beginAction, checkAction } from '../servers/begin-action.ts'
import { imageOf } from '../servers/server.row.ts'
import { offloadOperation, shelveOperation } from './shelve.operations.ts'
import { shelvedOf, unshelveKeptOperation, unshelveOperation } from './unshelve.operations.ts'

const shelve: ActionHandler = async (ctx, server) => {
  checkAction(ctx, server, 'shelve')
  await requireHost(ctx, server)
  const imageId = ctx.ids.uuid()
  const diskFormat = imageOf(server).diskFormat === 'raw' ? 'raw' : 'qcow2'
  await makeSnapshotRecord(ctx, server, { name: `${server.display_name}-shelved`, metadata: {}, backup: null }, imageId, diskFormat)
  try {
    await inTransaction(ctx, async (tx) => {
      await beginAction(tx, server, 'shelve')
      await tx.operations.submit(tx, shelveOperation as never, { serverId: server.id, imageId, diskFormat, wasStopped: server.vm_state === 'stopped' })
    })
  } catch (error) {
    await ctx.clients.image.discard(ctx, 'user', imageId)
    throw error
  }
}

const offload: ActionHandler = async (ctx, server) => {
  await inTransaction(ctx, async (tx) => {
    await beginAction(tx, server, 'shelveOffload')
    await requireHost(tx, server)
    await tx.operations.submit(tx, offloadOperation as never, { serverId: server.id })
  })
}

interface Wish { availability_zone?: string | null; host?: string }

const unshelve: ActionHandler<Wish | null> = async (ctx, server, body) => {
  checkAction(ctx, server, 'unshelve')
  const shelved = shelvedOf(server)
  if (shelved === undefined) throw errors.Conflict({ message: `Instance ${server.id} has no image it was shelved as` })
  if (body?.host !== undefined) {
    authorise(ctx, 'os_compute_api:os-shelve:unshelve_to_host', { project_id: server.project_id })
    if (await getHost(ctx, body.host) === undefined) throw errors.ComputeHostNotFound({ host: body.host })
  }
  const offloaded = server.vm_state === 'shelved_offloaded'
  if (!offloaded && (body?.availability_zone !== undefined || body?.host !== undefined)) {
    throw errors.Conflict({ message: `Specifying an availability zone or a host when unshelving server '${server.id}' with status 'shelved' is not supported. The server status must be SHELVED_OFFLOADED.` })
  }
  const zone = body?.availability_zone === undefined ? server.requested_zone : body.availability_zone
  if (body?.availability_zone != null) await requireZone(ctx, body.availability_zone)
  if (body?.host !== undefined && zone !== null) await requireHostInZone(ctx, body.host, zone)
  await inTransaction(ctx, async (tx) => {
    await beginAction(tx, server, 'unshelve', body?.availability_zone === undefined ? {} : { requested_zone: zone })
    const destination = { zone, forcedHost: null, forcedNode: null, requestedHost: body?.host ?? null, requestedNode: null }
    await tx.operations.submit(tx, (offloaded ? unshelveOperation : unshelveKeptOperation) as never, { serverId: server.id, destination, shelved })
  })
}

const latest = wrapped('unshelve', Type.Unsafe<Wish | null>({
  oneOf: [{ type: 'object', properties: { availability_zone: { oneOf: [{ type: 'null' }, { type: 'string' }] }, host: { type: 'string' } }, additionalProperties: false }, { type: 'null' }],
}))
const zoneOnly = { type: ['object', 'null'], properties: { availability_zone: Name }, required: ['availability_zone'], additionalProperties: false }

const unshelveBody = shapeVersions({
  request: latest,
  deltas: [
    since('2.91', { olderSchema: (schema) => { (schema['properties'] as Record<string, unknown>)['unshelve'] = zoneOnly; return schema } }),
    // Until 2.76 the body meant nothing.
    since('2.77', { olderSchema: () => ({}), lift: () => ({ unshelve: null }) }),
  ],
})

const RULE = 'os_compute_api:os-shelve'

export const shelveActions = [
  action('shelve', shelve, { rule: `${RULE}:shelve` }),
  action('shelveOffload', offload, { rule: `${RULE}:shelve_offload` }),
  action('unshelve', unshelve, { rule: `${RULE}:unshelve`, body: unshelveBody }),
]
