/**
 * Resize on this host. What the server was is copied into `before-resize/` (its spec last: then the copy is whole),
 * its disks are made as the new spec says, and the guest is left off. Confirming removes the copy, reverting moves it
 * back (the spec last again), so a crash anywhere is carried on by the same verb. Disks grow and never shrink; swap
 * holds nothing and is made anew.
 */
import { mkdir, readdir, rename, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { readTextFile, removePath, writeFileAtomic } from '#core/host/files.ts'
import { run } from '#core/host/run.ts'
import type { ServerSpecType } from '#services/compute/agent/compute-agent.contract.ts'
import { makeBlankDisk } from './disks/disk-files.ts'
import { growImage } from './disks/qemu-img.ts'
import type { DiskFile } from './drivers/driver.ts'
import { ServerNotFound, UnsupportedSpec } from './errors.ts'
import { stopServer, type PowerContext } from './power-server.ts'
import type { ServerFolders } from './server-folder.ts'

const MIB = 1024 * 1024

/** Throws `UnsupportedSpec` when a disk would shrink, before anything is touched. */
export async function resizeServer(context: PowerContext, spec: ServerSpecType, options: { timeoutS: number; signal: AbortSignal }): Promise<void> {
  const { driver, folders } = context
  if (!driver.capabilities.localFiles) return await stopServer(context, spec.serverId, options.timeoutS, options.signal)
  const old = await keptSpec(folders, spec.serverId) ?? await folders.loadSpec(spec.serverId)
  if (old === undefined) throw new ServerNotFound(`nothing of server ${spec.serverId} is on this host`)
  refuseToShrink(old, spec)
  await stopServer(context, spec.serverId, options.timeoutS, options.signal)
  await keep(folders, old)
  await changeDisks(folders, old, spec)
  await folders.saveSpec(spec)
}

export async function confirmResize({ driver, folders }: PowerContext, serverId: string): Promise<void> {
  if (driver.capabilities.localFiles) await removePath(folders.beforeResize(serverId))
}

export async function revertResize(context: PowerContext, spec: ServerSpecType, signal: AbortSignal): Promise<void> {
  const { driver, folders } = context
  if (!driver.capabilities.localFiles) return await stopServer(context, spec.serverId, 0, signal)
  const old = await keptSpec(folders, spec.serverId)
  // A resize that was refused before it touched anything leaves the guest as it is.
  if (old !== undefined) await stopServer(context, spec.serverId, 0, signal)
  const present = await folders.loadSpec(spec.serverId)
  const folder = folders.beforeResize(spec.serverId)
  if (old !== undefined && present !== undefined) {
    const wanted = new Set(folders.files(old).disks.map((file) => file.path))
    for (const { path } of folders.files(present).disks) if (!wanted.has(path)) await removePath(path)
    for (const name of (await readdir(folder)).filter((name) => name !== SPEC)) await rename(join(folder, name), join(folders.path(spec.serverId), name))
    for (const file of folders.files(old).disks.filter(isSwap)) await ensureSwap(file)
    await rename(join(folder, SPEC), join(folders.path(spec.serverId), SPEC))
  }
  await removePath(folder)
}

const SPEC = 'spec.json'

/** What the server was, when a whole copy of it is kept. */
async function keptSpec(folders: ServerFolders, serverId: string): Promise<ServerSpecType | undefined> {
  const text = await readTextFile(join(folders.beforeResize(serverId), SPEC))
  return text === undefined ? undefined : JSON.parse(text) as ServerSpecType
}

function isSwap({ disk }: DiskFile): boolean { return disk.role === 'swap' }

function sameDisk(old: DiskFile[], file: DiskFile): DiskFile | undefined {
  return old.find((other) => other.path === file.path)
}

function refuseToShrink(old: ServerSpecType, spec: ServerSpecType): void {
  for (const disk of old.disks.filter((disk) => disk.role !== 'swap')) {
    const next = spec.disks.find((other) => other.role === disk.role && other.index === disk.index)
    // A root disk of size 0 is as large as its image.
    if (next === undefined || next.sizeMiB < disk.sizeMiB) throw new UnsupportedSpec(`the ${disk.role} disk cannot be made smaller than its ${disk.sizeMiB} MiB; choose a flavor with at least as much disk`)
  }
}

async function keep(folders: ServerFolders, old: ServerSpecType): Promise<void> {
  if (await keptSpec(folders, old.serverId) !== undefined) return
  const folder = folders.beforeResize(old.serverId)
  await removePath(folder)
  await mkdir(folder)
  for (const { path } of folders.files(old).disks.filter((file) => !isSwap(file))) {
    await run('cp', ['--sparse=always', '--reflink=auto', '--preserve=mode,ownership', '--', path, join(folder, basename(path))], { timeoutMs: 840_000 })
  }
  await writeFileAtomic(join(folder, SPEC), `${JSON.stringify(old)}\n`, { mode: 0o600 })
}

async function changeDisks(folders: ServerFolders, old: ServerSpecType, spec: ServerSpecType): Promise<void> {
  const [before, after] = [folders.files(old).disks, folders.files(spec).disks]
  for (const { path } of before) if (!after.some((file) => file.path === path)) await removePath(path)
  for (const file of after) {
    if (isSwap(file)) await ensureSwap(file)
    else if (sameDisk(before, file) !== undefined) { if (file.disk.sizeMiB > 0) await growImage(file.path, file.format, file.disk.sizeMiB * MIB) }
    else {
      await removePath(file.path)
      await makeBlankDisk(file)
    }
  }
}

async function ensureSwap(file: DiskFile): Promise<void> {
  const found = await stat(file.path).catch(() => undefined)
  if (found?.size === file.disk.sizeMiB * MIB) return
  await removePath(file.path)
  await makeBlankDisk(file)
}
