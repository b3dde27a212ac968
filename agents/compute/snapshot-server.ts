/** A server's root disk as an image: flattened beside the images by the driver, sent away, removed. */
import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isUuidLike } from '#core/ids/ids.ts'
import type { ComputeDriver } from './drivers/driver.ts'
import { ImageTransferFailed, UnsupportedSpec } from './errors.ts'
import type { ImageTransfer } from './images.ts'
import type { ServerFolders } from './server-folder.ts'

export interface SnapshotContext { driver: ComputeDriver; folders: ServerFolders; images: ImageTransfer; stateDir: string }

/** Answers the size of what was uploaded, in bytes. */
export async function snapshotServer(context: SnapshotContext, serverId: string, imageId: string, diskFormat: string): Promise<{ sizeBytes: number }> {
  if (!isUuidLike(imageId)) throw new UnsupportedSpec(`${JSON.stringify(imageId)} is not an image id`)
  const folder = join(context.stateDir, 'snapshots')
  const path = join(folder, imageId)
  await mkdir(folder, { recursive: true })
  try {
    await context.driver.snapshot(serverId, await context.folders.filesOf(serverId, context.driver), path, diskFormat)
    await context.images.upload(imageId, path, diskFormat).catch((error: unknown) => {
      throw new ImageTransferFailed(`the snapshot could not be uploaded to image ${imageId}: ${(error as Error).message}`, { cause: error })
    })
    return { sizeBytes: (await stat(path)).size }
  } finally {
    await rm(path, { force: true })
  }
}
