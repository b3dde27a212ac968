/**
 * What lies on this host for servers the control plane does not know: guests and folders. A server whose verb is
 * under way is never an orphan; its record may be newer than the list we were given.
 */
import { join } from 'node:path'
import type { ComputeDriver } from './drivers/driver.ts'
import type { ServerFolders } from './server-folder.ts'
import type { ServerQueue } from './server-queue.ts'

export interface Orphan { kind: string; id: string; path: string }
export interface OrphanContext { driver: ComputeDriver; folders: ServerFolders; queue: ServerQueue }

/** Guests and folders with no server in `known`, removed when asked. */
export async function findOrphans(context: OrphanContext, known: readonly string[], remove: boolean): Promise<Orphan[]> {
  const { driver, folders, queue } = context
  const wanted = new Set(known)
  const guests = (await driver.guests()).filter((guest) => !wanted.has(guest.serverId) && !queue.busy(guest.serverId))
  const left = driver.capabilities.localFiles ? (await folders.list()).filter((id) => !wanted.has(id) && !queue.busy(id)) : []
  if (remove) {
    for (const id of new Set([...guests.map((guest) => guest.serverId), ...left])) {
      await queue.run(id, async () => {
        await driver.destroy(id)
        if (driver.capabilities.localFiles) await folders.remove(id)
      })
    }
  }
  return [
    ...guests.map((guest) => ({ kind: 'domain', id: guest.serverId, path: guest.name })),
    ...left.map((id) => ({ kind: 'folder', id, path: join(folders.root, id) })),
  ]
}
