/** The image record of a snapshot: made in the user's name before the bytes come, so that its id can be answered. */
import { NeighbourError } from '#core/clients/neighbour.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import { imageOf, type ServerRow } from '../servers/server.row.ts'

export interface SnapshotWish { name: string; metadata: Record<string, string>; backup: { type: string; rotation: number } | null }

/** Properties of the base image that a snapshot does not inherit. */
const NOT_INHERITED = new Set(['cache_in_nova', 'bittorrent', 'img_signature_hash_method', 'img_signature', 'img_signature_key_type', 'img_signature_certificate_uuid', 'os_glance_import_task'])

/** Throws 400 or 403 as image refuses. */
export async function makeSnapshotRecord(ctx: ComputeContext, server: ServerRow, wish: SnapshotWish, imageId: string, diskFormat: string): Promise<void> {
  const base = imageOf(server)
  const inherited = Object.fromEntries(Object.entries(base.properties).filter(([key]) => !NOT_INHERITED.has(key)))
  try {
    await ctx.clients.image.ensure(ctx, 'user', {
      ...inherited, base_image_ref: server.image_ref, instance_uuid: server.id, user_id: server.user_id,
      boot_roles: ctx.identity.roles.map((role) => role.name).join(','), owner_project_name: ctx.identity.project?.name ?? '', owner_user_name: ctx.identity.user.name,
      image_type: wish.backup === null ? 'snapshot' : 'backup', ...(wish.backup === null ? {} : { backup_type: wish.backup.type }), ...wish.metadata,
      id: imageId, name: wish.name, disk_format: diskFormat, container_format: 'bare', visibility: 'private', min_disk: Math.max(base.minDisk, server.root_gb), min_ram: base.minRam,
    })
  } catch (error) {
    if (error instanceof NeighbourError && (error.status === 413 || error.status === 403)) throw errors.Forbidden({ message: error.message }, { cause: error })
    if (error instanceof NeighbourError && error.status === 400) throw errors.BadRequest({ message: error.message }, { cause: error })
    throw error
  }
}
