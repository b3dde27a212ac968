/** The image a server boots from: may it be used, and does it fit the flavor? */
import { may } from '#core/http/context.ts'
import { imageProperties, type ImageRecord } from '#services/image/contract.ts'
import type { ComputeContext } from '../context.ts'
import { errors } from '../errors.ts'
import type { FlavorRow } from '../flavors/flavor.store.ts'
import type { ImageMeta } from './server.row.ts'

const GIB = 1024 ** 3

/** Loads an image in the caller's name. Throws 400 when it cannot be booted. */
export async function bootableImage(ctx: ComputeContext, id: string): Promise<ImageMeta> {
  const image = await ctx.clients.image.get(ctx, 'user', id)
  if (image === undefined) throw errors.ImageNotFound()
  if (image.status !== 'active') throw errors.ImageNotActive({ id })
  return imageMeta(image)
}

export function imageMeta(image: ImageRecord): ImageMeta {
  return {
    id: image.id, name: image.name, checksum: image.checksum, sizeBytes: image.size ?? 0, diskFormat: image.disk_format ?? 'raw',
    containerFormat: image.container_format ?? 'bare', minDisk: image.min_disk, minRam: image.min_ram, properties: imageProperties(image),
  }
}

/** Throws 400 (403 for a flavor without disk) when flavor and image do not go together. */
export function checkImageFits(ctx: ComputeContext, image: ImageMeta, flavor: Pick<FlavorRow, 'memory_mb' | 'root_gb'>): void {
  const wanted = image.properties['img_config_drive'] ?? 'optional'
  if (wanted !== 'optional' && wanted !== 'mandatory') throw errors.BadRequest({ message: `Image's config drive option '${wanted}' is invalid` })
  if (flavor.memory_mb < image.minRam) throw errors.FlavorMemoryTooSmall()
  const flavorBytes = flavor.root_gb * GIB
  if (flavorBytes === 0) {
    if (!may(ctx, 'os_compute_api:servers:create:zero_disk_flavor')) throw errors.ZeroDiskForbidden()
    return
  }
  if (image.sizeBytes > flavorBytes) throw errors.FlavorDiskSmallerThanImage({ flavorBytes, imageBytes: image.sizeBytes })
  if (image.minDisk * GIB > flavorBytes) throw errors.FlavorDiskSmallerThanMinDisk({ flavorBytes, minBytes: image.minDisk * GIB })
}
