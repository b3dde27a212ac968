/** createImage and createBackup. */
import { inTransaction } from '#core/db/database.ts'
import { NeighbourError } from '#core/clients/neighbour.ts'
import { reply, type Reply } from '#core/http/message.ts'
import { Type } from '#core/schema/schema.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { closed, Metadata, Name, NonNegativeInteger, wrapped } from '../schema/parameter-types.ts'
import { normalName, toInteger } from '../schema/read-values.ts'
import { beginAction, checkAction } from '../servers/begin-action.ts'
import { imageOf, type ServerRow } from '../servers/server.row.ts'
import { ServerCreateImage } from '../servers/server.schema.ts'
import { serverRules } from '../servers/server.versions.ts'
import { action, type ActionHandler } from './action.ts'
import { backupOperation, snapshotOperation } from './snapshot.operation.ts'
import { requireHost } from './start-work.ts'
import type { RouteRequest } from '#core/http/route.ts'

interface Wish { name: string; metadata: Record<string, string>; backup: { type: string; rotation: number } | null }

/** Properties of the base image that a snapshot does not inherit. */
const NOT_INHERITED = new Set(['cache_in_nova', 'bittorrent', 'img_signature_hash_method', 'img_signature', 'img_signature_key_type', 'img_signature_certificate_uuid', 'os_glance_import_task'])

async function snapshot(ctx: ComputeContext, server: ServerRow, wish: Wish, request: RouteRequest): Promise<Reply | object> {
  const name = wish.backup === null ? 'createImage' : 'createBackup'
  checkAction(ctx, server, name)
  await requireHost(ctx, server)
  const base = imageOf(server)
  const diskFormat = base.diskFormat === 'raw' ? 'raw' : 'qcow2'
  const imageId = ctx.ids.uuid()
  await makeRecord(ctx, server, wish, imageId, diskFormat)
  try {
    await inTransaction(ctx, async (tx) => {
      await beginAction(tx, server, name)
      await tx.operations.submit(tx, (wish.backup === null ? snapshotOperation : backupOperation) as never, { serverId: server.id, imageId, diskFormat, backup: wish.backup })
    })
  } catch (error) {
    await ctx.clients.image.deleteImage(ctx, 'user', imageId)
    throw error
  }
  if (serverRules(request.version).imageIdInBody) return reply({ status: 202, body: { image_id: imageId } })
  const location = `${request.baseUrl.slice(0, -'/v2.1'.length)}/images/${imageId}`
  return reply({ status: 202, headers: wish.backup?.rotation === 0 ? {} : { location } })
}

async function makeRecord(ctx: ComputeContext, server: ServerRow, wish: Wish, imageId: string, diskFormat: string): Promise<void> {
  const base = imageOf(server)
  const inherited = Object.fromEntries(Object.entries(base.properties).filter(([key]) => !NOT_INHERITED.has(key)))
  try {
    await ctx.clients.image.ensureImage(ctx, 'user', {
      ...inherited, ...wish.metadata, id: imageId, name: wish.name, disk_format: diskFormat, container_format: 'bare', visibility: 'private',
      min_disk: Math.max(base.minDisk, server.root_gb), min_ram: base.minRam, base_image_ref: server.image_ref, instance_uuid: server.id, user_id: server.user_id,
      boot_roles: ctx.identity.roles.map((role) => role.name).join(','), owner_project_name: ctx.identity.project?.name ?? '', owner_user_name: ctx.identity.user.name,
      image_type: wish.backup === null ? 'snapshot' : 'backup', ...(wish.backup === null ? {} : { backup_type: wish.backup.type }),
    })
  } catch (error) {
    if (error instanceof NeighbourError && (error.status === 413 || error.status === 403)) throw errors.Forbidden({ message: error.message }, { cause: error })
    if (error instanceof NeighbourError && error.status === 400) throw errors.BadRequest({ message: error.message }, { cause: error })
    throw error
  }
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
