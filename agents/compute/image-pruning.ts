/**
 * Which cached images no server on this host lies over; those unasked for a day may go. The disks themselves are
 * asked: a spec tells what the control plane thinks of now, a disk what it was made over (an image that was rescued
 * from, the snapshot a shelved server came back from, the disk of before a resize).
 */
import { join } from 'node:path'
import type { ServerSpecType } from '#services/compute/agent/compute-agent.contract.ts'
import { backingFileOf } from './disks/backing-file.ts'
import type { ImageCache } from './disks/image-cache.ts'
import type { ServerFolders } from './server-folder.ts'

const KEEP_UNUSED_MS = 24 * 3600 * 1000

export async function pruneImages(cache: ImageCache, folders: ServerFolders, nowMs: number): Promise<string[]> {
  const inUse = new Set<string>()
  for (const serverId of await folders.list()) {
    const spec = await folders.loadSpec(serverId)
    // A folder that says nothing may lie over anything.
    if (spec === undefined) return []
    for (const imageId of imagesOf(spec)) for (const format of ['raw', 'qcow2']) inUse.add(join(cache.root, `${imageId}.${format}`))
    for (const path of [join(folders.path(serverId), 'disk'), join(folders.path(serverId), 'disk.rescue'), join(folders.beforeResize(serverId), 'disk')]) {
      const base = await backingFileOf(path)
      if (base !== undefined) inUse.add(base)
    }
  }
  return await cache.prune(inUse, nowMs - KEEP_UNUSED_MS)
}

function imagesOf(spec: ServerSpecType): string[] {
  return spec.disks.flatMap((disk) => disk.source.kind === 'image' ? [disk.source.imageId] : [])
}
