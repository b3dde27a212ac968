/**
 * Where a server lives on this host: one folder with its spec and everything made for it, so that removing the folder
 * removes the server, and a restarted agent finds all again. File names are the ones operators of OpenStack know.
 *
 *     <stateDir>/servers/<server id>/
 *         spec.json  spawned  disk  disk.eph0  disk.swap  disk.config  kernel  ramdisk  console.log
 *         rescue.json  disk.rescue  disk.config.rescue  kernel.rescue  ramdisk.rescue      while it is rescued
 *         before-resize/                                      what it was, until a resize is confirmed or reverted
 */
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isUuidLike } from '#core/ids/ids.ts'
import { readTextFile, removePath, writeFileAtomic } from '#core/host/files.ts'
import type { DiskSpec, RescueType, ServerSpecType } from '#services/compute/agent/compute-agent.contract.ts'
import type { ComputeDriver, DiskFile, ServerFiles } from './drivers/driver.ts'
import { ServerNotFound, UnsupportedSpec } from './errors.ts'

export class ServerFolders {
  readonly root: string

  constructor(stateDir: string) { this.root = join(stateDir, 'servers') }

  /** Ids come from outside and become paths: anything but a UUID is refused. */
  path(serverId: string): string {
    if (!isUuidLike(serverId)) throw new UnsupportedSpec(`${JSON.stringify(serverId)} is not a server id`)
    return join(this.root, serverId)
  }

  /** Where a server's files are, from its spec alone. */
  files(spec: ServerSpecType): ServerFiles {
    const folder = this.path(spec.serverId)
    return {
      folder,
      disks: spec.disks.map((disk) => diskFile(folder, disk)),
      configDrivePath: spec.configDrive === null ? null : join(folder, 'disk.config'),
      kernelPath: spec.directKernel === null ? null : join(folder, 'kernel'),
      ramdiskPath: (spec.directKernel?.ramdiskImageId ?? null) === null ? null : join(folder, 'ramdisk'),
      consoleLogPath: join(folder, 'console.log'),
    }
  }

  /** The same for a server known by its id; null for a driver without files. Throws `ServerNotFound`. */
  async filesOf(serverId: string, driver: Pick<ComputeDriver, 'capabilities'>): Promise<ServerFiles | null> {
    if (!driver.capabilities.localFiles) return null
    const spec = await this.loadSpec(serverId)
    if (spec === undefined) throw new ServerNotFound(`nothing of server ${serverId} is on this host`)
    return this.files(spec)
  }

  /** Where the files of a rescued server are: its own, and those of the rescue. `spec` is the rescued one (`rescue-server.ts`). */
  rescueFiles(spec: ServerSpecType): ServerFiles {
    const files = this.files(spec)
    const rescued = (path: string | null): string | null => (path === null ? null : `${path}.rescue`)
    return { ...files, configDrivePath: rescued(files.configDrivePath), kernelPath: rescued(files.kernelPath), ramdiskPath: rescued(files.ramdiskPath) }
  }

  /** Notes that the server is rescued, and by what. */
  async saveRescue(serverId: string, rescue: RescueType): Promise<void> {
    await writeFileAtomic(join(this.path(serverId), 'rescue.json'), `${JSON.stringify(rescue)}\n`, { mode: 0o600 })
  }

  async loadRescue(serverId: string): Promise<RescueType | undefined> {
    const text = await readTextFile(join(this.path(serverId), 'rescue.json'))
    return text === undefined ? undefined : JSON.parse(text) as RescueType
  }

  async removeRescue(serverId: string): Promise<void> {
    const names = ['rescue.json', 'disk.rescue', 'disk.config.rescue', 'kernel.rescue', 'ramdisk.rescue']
    for (const name of names) await removePath(join(this.path(serverId), name))
  }

  /** Where a resize keeps what the server was. */
  beforeResize(serverId: string): string { return join(this.path(serverId), 'before-resize') }

  async make(serverId: string): Promise<void> {
    await mkdir(this.path(serverId), { recursive: true })
  }

  async remove(serverId: string): Promise<void> {
    await removePath(this.path(serverId))
  }

  async saveSpec(spec: ServerSpecType): Promise<void> {
    await writeFileAtomic(join(this.path(spec.serverId), 'spec.json'), `${JSON.stringify(spec)}\n`, { mode: 0o600 })
  }

  /** Notes that the server was made whole: from now on its disks are a user's data. */
  async markSpawned(serverId: string): Promise<void> {
    await writeFileAtomic(join(this.path(serverId), 'spawned'), '')
  }

  async isSpawned(serverId: string): Promise<boolean> {
    return await readTextFile(join(this.path(serverId), 'spawned')) !== undefined
  }

  async loadSpec(serverId: string): Promise<ServerSpecType | undefined> {
    const text = await readTextFile(join(this.path(serverId), 'spec.json'))
    return text === undefined ? undefined : JSON.parse(text) as ServerSpecType
  }

  /** Rewrites the saved spec; nothing happens where there is none. */
  async changeSpec(serverId: string, change: (spec: ServerSpecType) => ServerSpecType): Promise<void> {
    const spec = await this.loadSpec(serverId)
    if (spec !== undefined) await this.saveSpec(change(spec))
  }

  /** Ids of all servers with a folder here. */
  async list(): Promise<string[]> {
    try {
      return (await readdir(this.root)).filter(isUuidLike)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  }
}

/** Overlays on an image are qcow2; blank disks are raw, whose format no guest can forge. */
function diskFile(folder: string, disk: DiskSpec): DiskFile {
  const name = disk.role === 'root' ? 'disk' : disk.role === 'ephemeral' ? `disk.eph${disk.index}` : `disk.${disk.role}`
  return { disk, path: join(folder, name), format: disk.source.kind === 'image' ? 'qcow2' : 'raw' }
}
