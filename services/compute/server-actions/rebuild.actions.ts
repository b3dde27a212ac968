/** rebuild: the same server from another (or the same) image. */
import { inTransaction } from '#core/db/database.ts'
import { flag, toJson } from '#core/db/json.ts'
import { authorise } from '#core/http/context.ts'
import type { Static } from '#core/schema/schema.ts'
import { reply } from '#core/http/message.ts'
import type { RouteRequest } from '#core/http/route.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { getKeypair } from '../keypairs/keypair.store.ts'
import { linksOf, resourceLinks } from '../links.ts'
import { normalName, shortIpV6 } from '../schema/read-values.ts'
import { newAdminPassword } from '../servers/admin-password.ts'
import { beginAction, checkAction } from '../servers/begin-action.ts'
import { bootableImage, checkImageFits } from '../servers/image-check.ts'
import { checkFileQuota, checkMetadataQuota } from '../servers/server-quota.ts'
import type { ImageMeta, ServerRow } from '../servers/server.row.ts'
import type { ServerRebuild } from '../servers/server.schema.ts'
import { getServer } from '../servers/server.store.ts'
import { serverRebuildVersions } from '../servers/server.versions.ts'
import { serverShow } from '../servers/server.view.ts'
import { viewerOf } from '../servers/server.viewer.ts'
import { action, type ActionHandler } from './action.ts'
import { rebuildOperation } from './rebuild.operation.ts'
import { requireHost } from './start-work.ts'

type Wish = Static<typeof ServerRebuild>['rebuild'] & { personality?: { path?: string; contents?: string }[] }

const rebuild: ActionHandler<Wish> = async (ctx, server, wish, request) => {
  if (wish.trusted_image_certificates !== undefined) authorise(ctx, 'os_compute_api:servers:rebuild:trusted_certs', { project_id: server.project_id, user_id: server.user_id })
  checkAction(ctx, server, 'rebuild')
  await requireHost(ctx, server)
  const image = await rebuildImage(ctx, wish.imageRef)
  checkImageFits(ctx, image, server)
  if (wish.metadata !== undefined) await checkMetadataQuota(ctx, server.project_id, Object.keys(wish.metadata).length)
  checkFileQuota(ctx, wish.personality ?? [])
  const set = await changes(ctx, server, wish, image)
  const adminPass = wish.adminPass ?? newAdminPassword()
  await inTransaction(ctx, async (tx) => {
    await beginAction(tx, server, 'rebuild', { ...set, progress: 0 })
    await tx.operations.submit(tx, rebuildOperation as never, {
      serverId: server.id, set, wasStopped: server.vm_state === 'stopped', adminPass: server.config_drive === '' ? null : adminPass,
      files: (wish.personality ?? []).map((file) => ({ path: file.path ?? '', contents: file.contents ?? '' })),
    })
  })
  return await answer(ctx, server, request, adminPass)
}

async function rebuildImage(ctx: ComputeContext, id: string): Promise<ImageMeta> {
  return await bootableImage(ctx, id).catch((error: unknown) => {
    throw (error as { code?: string }).code === 'ImageNotFound' ? errors.BadRequest({ message: 'Cannot find image for rebuild' }, { cause: error }) : error
  })
}

/** The columns a rebuild changes: what was given, and what follows from the image. */
async function changes(ctx: ComputeContext, server: ServerRow, wish: Wish, image: ImageMeta): Promise<Partial<ServerRow>> {
  const set: Partial<ServerRow> = { image_ref: wish.imageRef, image_meta: toJson(image), kernel_id: image.properties['kernel_id'] ?? '', ramdisk_id: image.properties['ramdisk_id'] ?? '' }
  if (wish.name !== undefined) set.display_name = normalName(wish.name)
  if (wish.description !== undefined) set.display_description = wish.description
  if (wish.hostname !== undefined) set.hostname = wish.hostname
  if (wish.metadata !== undefined) set.metadata = toJson(wish.metadata)
  if (wish.accessIPv4 !== undefined) set.access_ip_v4 = wish.accessIPv4
  if (wish.accessIPv6 !== undefined) set.access_ip_v6 = shortIpV6(wish.accessIPv6)
  if (wish['OS-DCF:diskConfig'] !== undefined) set.auto_disk_config = flag(wish['OS-DCF:diskConfig'] === 'AUTO')
  if (wish.user_data !== undefined) set.user_data = wish.user_data
  if (wish.trusted_image_certificates !== undefined) set.trusted_certs = wish.trusted_image_certificates === null ? null : toJson(wish.trusted_image_certificates)
  if (wish.key_name !== undefined) Object.assign(set, await keyChange(ctx, server, wish.key_name))
  return set
}

async function keyChange(ctx: ComputeContext, server: ServerRow, name: string | null): Promise<Partial<ServerRow>> {
  if (name === null) return { key_name: null, key_data: null }
  const key = await getKeypair(ctx, server.user_id, name)
  if (key === undefined) throw errors.InvalidKeyName()
  return { key_name: key.name, key_data: key.public_key }
}

async function answer(ctx: ComputeContext, server: ServerRow, request: RouteRequest, adminPass: string): Promise<object> {
  const now = (await getServer(ctx, server.id)) ?? server
  const { 'OS-EXT-SRV-ATTR:user_data': _shownApart, ...view } = serverShow(await viewerOf(ctx, request, server.project_id), now)
  return reply({
    status: 202, headers: { location: resourceLinks(linksOf(ctx, request), 'servers', server.id)[0]!.href },
    body: { server: { ...view, user_data: now.user_data, ...(ctx.config.enableInstancePassword ? { adminPass } : {}) } },
  })
}

export const rebuildActions = [action('rebuild', rebuild, { rule: 'os_compute_api:servers:rebuild', body: serverRebuildVersions, response: serverRebuildVersions })]
