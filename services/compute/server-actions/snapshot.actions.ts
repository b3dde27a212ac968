/** createImage and createBackup. */
import { inTransaction } from '#core/db/database.ts'
import { reply, type Reply } from '#core/http/message.ts'
import { Type } from '#core/schema/schema.ts'
import type { ComputeContext } from '../context.ts'
import { closed, Metadata, Name, NonNegativeInteger, wrapped } from '../schema/parameter-types.ts'
import { normalName, toInteger } from '../schema/read-values.ts'
import { beginAction, checkAction } from '../servers/begin-action.ts'
import { imageOf, type ServerRow } from '../servers/server.row.ts'
import { ServerCreateImage } from '../servers/server.schema.ts'
import { serverRules } from '../servers/server.versions.ts'
import { action, type ActionHandler } from './action.ts'
import { makeSnapshotRecord, type SnapshotWish } from './snapshot-record.ts'
import { backupOperation, snapshotOperation } from './snapshot.operation.ts'
import { requireHost } from './start-work.ts'
import type { RouteRequest } from '#core/http/route.ts'

async function snapshot(ctx: ComputeContext, server: ServerRow, wish: SnapshotWish, request: RouteRequest): Promise<Reply | object> {
  const name = wish.backup === null ? 'createImage' : 'createBackup'
  checkAction(ctx, server, name)
  await requireHost(ctx, server)
  const base = imageOf(server)
  const diskFormat = base.diskFormat === 'raw' ? 'raw' : 'qcow2'
  const imageId = ctx.ids.uuid()
  await makeSnapshotRecord(ctx, server, wish, imageId, diskFormat)
  try {
    await inTransaction(ctx, async (tx) => {
      await beginAction(tx, server, name)
      await tx.operations.submit(tx, (wish.backup === null ? snapshotOperation : backupOperation) as never, { serverId: server.id, imageId, diskFormat, backup: wish.backup })
    })
  } catch (error) {
    await ctx.clients.image.discard(ctx, 'user', imageId)
    throw error
  }
  if (serverRules(request.version).imageIdInBody) return reply({ status: 202, body: { image_id: imageId } })
  const location = `${request.baseUrl.slice(0, -'/v2.1'.length)}/images/${imageId}`
  return reply({ status: 202, headers: wish.backup?.rotation === 0 ? {} : { location } })
}

const createImage: ActionHandler<{ name: string; metadata?: Record<string, string> }> = async (ctx, server, body, request) =>
  await snapshot(ctx, server, { name: normalName(body.name), metadata: body.metadata ?? {}, backup: null }, request)

const backupBody = wrapped('createBackup', closed({ name: Name, backup_type: Type.String(), rotation: NonNegativeInteger, metadata: Type.Optional(Metadata) }))

const createBackup: ActionHandler<{ name: string; backup_type: string; rotation: number | string; metadata?: Record<string, string> }> = async (ctx, server, body, request) =>
  await snapshot(ctx, server, { name: normalName(body.name), metadata: body.metadata ?? {}, backup: { type: body.backup_type, rotation: toInteger(body.rotation) } }, request)

export const snapshotActions = [
  action('createImage', createImage, { rule: 'os_compute_api:servers:create_image', body: ServerCreateImage }),
  action('createBackup', createBackup, { rule: 'os_compute_api:os-create-backup', body: backupBody }),
]
