/**
 * What servers on this host cannot do without and what is not there: their disks, the images these lie over, and the
 * devices of a running guest's ports. A server whose verb is under way, or that was never made whole, is left out:
 * its parts come and go.
 */
import { access } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { LostPartType, ServerSpecType } from '#services/compute/agent/compute-agent.contract.ts'
import { backingFileOf } from './disks/backing-file.ts'
import type { ImageCache } from './disks/image-cache.ts'
import type { ComputeDriver } from './drivers/driver.ts'
import type { ServerFolders } from './server-folder.ts'
import type { ServerQueue } from './server-queue.ts'

export interface LostPartsContext { driver: Pick<ComputeDriver, 'capabilities' | 'guests'>; folders: ServerFolders; queue: Pick<ServerQueue, 'busy'>; cache: Pick<ImageCache, 'root'> }

const DEVICES = '/sys/class/net'

export async function findLostParts(context: LostPartsContext): Promise<LostPartType[]> {
  const { driver, folders, queue } = context
  if (!driver.capabilities.localFiles) return []
  const running = new Set((await driver.guests()).filter(({ powerState }) => powerState === 'running' || powerState === 'paused').map(({ serverId }) => serverId))
  const lost: LostPartType[] = []
  for (const serverId of await folders.list()) {
    if (queue.busy(serverId) || !await folders.isSpawned(serverId)) continue
    const spec = await folders.loadSpec(serverId)
    if (spec === undefined) continue
    const found = [...await lostFiles(context, spec), ...(running.has(serverId) ? await lostDevices(spec) : [])]
    if (!queue.busy(serverId) && await folders.isSpawned(serverId)) lost.push(...found)
  }
  return lost
}

async function lostFiles({ folders, cache }: LostPartsContext, spec: ServerSpecType): Promise<LostPartType[]> {
  const { serverId } = spec
  const files = folders.files(spec)
  const lost: LostPartType[] = []
  for (const path of [...files.disks.map((disk) => disk.path), files.configDrivePath, files.kernelPath, files.ramdiskPath]) {
    if (path !== null && await isMissing(path)) lost.push({ serverId, kind: 'file', name: path, image: null })
  }
  for (const { path } of files.disks) {
    const base = await backingFileOf(path)
    if (base !== undefined && await isMissing(base)) lost.push({ serverId, kind: 'image', name: base, image: dirname(base) === cache.root ? imageOf(spec, base) : null })
  }
  return lost
}

/** What it takes to fetch the image again; null when the disk lies over another than its spec says (of a snapshot since deleted, say). */
function imageOf(spec: ServerSpecType, base: string): LostPartType['image'] {
  const imageId = basename(base).replace(/\.(qcow2|raw)$/, '')
  const source = spec.disks.map((disk) => disk.source).find((one) => one.kind === 'image' && one.imageId === imageId)
  return source?.kind === 'image' ? { imageId, checksum: source.checksum, diskFormat: source.diskFormat } : null
}

async function lostDevices({ serverId, nics }: ServerSpecType): Promise<LostPartType[]> {
  const lost: LostPartType[] = []
  for (const { tapName } of nics) if (await isMissing(join(DEVICES, tapName))) lost.push({ serverId, kind: 'device', name: tapName, image: null })
  return lost
}

async function isMissing(path: string): Promise<boolean> {
  return await access(path).then(() => false, (error: NodeJS.ErrnoException) => error.code === 'ENOENT')
}
