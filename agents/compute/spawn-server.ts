/**
 * Making a server on this host, in the order of the row below. Each step pushes its way back, so a spawn that fails
 * at any of them leaves nothing: no folder, no disk, no domain. (Cached images stay: they belong to the host.)
 *
 *     folder + spec → images → disks → config drive → guest
 */
import type { Log } from '#core/log/log.ts'
import { withUndo } from '#core/undo/undo.ts'
import type { ServerSpecType } from '#services/compute/agent/compute-agent.contract.ts'
import { makeConfigDrive } from './disks/config-drive.ts'
import { makeBlankDisk, makeOverlayDisk, placeFile } from './disks/disk-files.ts'
import type { ImageCache } from './disks/image-cache.ts'
import type { ComputeDriver, DiskFile, GuestPlan, ServerFiles } from './drivers/driver.ts'
import type { ServerFolders } from './server-folder.ts'

export interface SpawnContext { driver: ComputeDriver; folders: ServerFolders; cache: ImageCache; log: Log }

/** The plan a driver works from: the spec, and where its files are. */
export function planOf(context: Pick<SpawnContext, 'driver' | 'folders'>, spec: ServerSpecType): GuestPlan {
  return { spec, files: context.driver.capabilities.localFiles ? context.folders.files(spec) : null }
}

/**
 * Spawns a server; one that runs already is success, and one that was spawned before and is off is started, never made
 * anew over its data. The signal gives up between steps.
 */
export async function spawnServer(context: SpawnContext, spec: ServerSpecType, options: { paused: boolean; signal: AbortSignal }): Promise<void> {
  const { driver, folders, log } = context
  const { signal } = options
  signal.throwIfAborted()
  const before = await driver.powerState(spec.serverId)
  if (before === 'running' || before === 'paused' || before === 'suspended') return
  const plan = planOf(context, spec)
  if (before !== 'absent' && (plan.files === null || await folders.isSpawned(spec.serverId))) {
    await driver.create(plan, { paused: options.paused })
    return
  }
  await withUndo(log, async (undo) => {
    undo.push('destroy the guest', () => driver.destroy(spec.serverId))
    if (before !== 'absent') await driver.destroy(spec.serverId)
    if (plan.files !== null) {
      undo.push('remove the folder', () => folders.remove(spec.serverId))
      // A part left by a crash in an earlier try is not built upon.
      await folders.remove(spec.serverId)
      await folders.make(spec.serverId)
      await folders.saveSpec(spec)
      await layOutFiles(context, spec, plan.files, signal)
    }
    signal.throwIfAborted()
    await driver.create(plan, { paused: options.paused })
    if (plan.files !== null) await folders.markSpawned(spec.serverId)
    signal.throwIfAborted()
  })
}

/** Makes every file of a server that is not there by other ways; `only` chooses among its disks. */
export async function layOutFiles(context: Pick<SpawnContext, 'cache'>, spec: ServerSpecType, files: ServerFiles, signal: AbortSignal, only: (disk: DiskFile) => boolean = () => true): Promise<void> {
  const { cache } = context
  if (spec.directKernel !== null) {
    const { kernelImageId, ramdiskImageId } = spec.directKernel
    await placeFile((await abortable(cache.get({ imageId: kernelImageId, checksum: null, diskFormat: 'aki' }), signal)).path, files.kernelPath!)
    if (ramdiskImageId !== null) await placeFile((await abortable(cache.get({ imageId: ramdiskImageId, checksum: null, diskFormat: 'ari' }), signal)).path, files.ramdiskPath!)
  }
  for (const file of files.disks.filter(only)) {
    const { source } = file.disk
    if (source.kind === 'image') await makeOverlayDisk(file, await abortable(cache.get(source), signal))
    else await makeBlankDisk(file)
    signal.throwIfAborted()
  }
  if (files.configDrivePath !== null) await makeConfigDrive(files.configDrivePath, spec.configDrive!)
}

/** Stops waiting when the signal says so; the shared download itself goes on for others. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  return await new Promise<T>((resolve, reject) => {
    const give = (): void => { reject(signal.reason as Error) }
    signal.addEventListener('abort', give, { once: true })
    work.then(resolve, reject).finally(() => { signal.removeEventListener('abort', give) })
  })
}
