/**
 * A copy of the root disk. A guest that is off is read straight. A running one is mirrored by libvirt until the copy
 * has caught up, and the mirror is let go at that instant: the guest's own chain of files is never touched, so a crash
 * half-way costs nothing but the copy. (An overlay committed back afterwards would do as well, but one wrong base and
 * it is committed into the image cache.)
 */
import { copyFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '#core/log/log.ts'
import { convertImage, createEmpty, imageInfo } from '../../disks/qemu-img.ts'
import { HypervisorFault, UnsupportedSpec } from '../../errors.ts'
import type { ServerFiles } from '../driver.ts'
import { rootTarget } from './domain-xml.ts'
import { domainXmlOf, endBlockCopy, freezeFileSystems, startBlockCopy, type Domain } from './libvirt-calls.ts'
import type { LibvirtConnection } from './libvirt-connection.ts'

const MIRROR_WITHIN_MS = 1_500_000

export function assertSnapshotFormat(diskFormat: string): asserts diskFormat is 'raw' | 'qcow2' {
  if (diskFormat !== 'raw' && diskFormat !== 'qcow2') throw new UnsupportedSpec(`cannot write a snapshot as ${diskFormat}; use raw or qcow2`)
}

export async function snapshotOffline(files: ServerFiles, toPath: string, diskFormat: 'raw' | 'qcow2'): Promise<void> {
  const root = files.disks[0]
  if (root === undefined) throw new UnsupportedSpec('the server has no root disk on this host')
  await convertImage({ path: root.path, format: root.format }, { path: toPath, format: diskFormat })
}

export interface LiveSnapshot { connection: LibvirtConnection; domain: Domain; files: ServerFiles; toPath: string; diskFormat: 'raw' | 'qcow2'; log: Log }

export async function snapshotLive(snapshot: LiveSnapshot): Promise<void> {
  const { files, toPath, diskFormat } = snapshot
  const root = files.disks[0]
  if (root === undefined) throw new UnsupportedSpec('the server has no root disk on this host')
  // Beside the disk, where the emulator may go; the target's folder may be closed to it.
  const copy = join(files.folder, 'disk.mirror')
  try {
    await createEmpty(copy, (await imageInfo(root.path, root.format)).virtualSizeBytes)
    await mirror(snapshot, copy)
    if (diskFormat === 'qcow2') await moveFile(copy, toPath)
    else await convertImage({ path: copy, format: 'qcow2' }, { path: toPath, format: diskFormat })
  } finally {
    await rm(copy, { force: true })
  }
}

/** Leaves in `copy` the disk as it was at one instant. */
async function mirror({ connection, domain, files, log }: LiveSnapshot, copy: string): Promise<void> {
  const disk = rootTarget(files)
  await startBlockCopy(connection, domain, disk, `<disk type='file'><driver type='qcow2'/><source file='${copy}'/></disk>`)
  try {
    await untilReady(connection, domain)
    const frozen = await freezeFileSystems(connection, domain, true).then(() => true, (error: unknown) => {
      log.debug({ err: error }, 'no guest agent: the snapshot is as after a power cut')
      return false
    })
    await endBlockCopy(connection, domain, disk).finally(() => frozen ? freezeFileSystems(connection, domain, false) : undefined)
  } catch (error) {
    await endBlockCopy(connection, domain, disk).catch(() => {})
    throw error
  }
}

async function moveFile(from: string, to: string): Promise<void> {
  await rename(from, to).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EXDEV') throw error
    await copyFile(from, to)
  })
}

/** The domain's XML says when a mirror has caught up; counting bytes does not (0 of 0 at the start). */
async function untilReady(connection: LibvirtConnection, domain: Domain): Promise<void> {
  const end = Date.now() + MIRROR_WITHIN_MS
  for (;;) {
    const mirror = /<mirror [^>]*>/.exec(await domainXmlOf(connection, domain))?.[0]
    if (mirror === undefined) throw new HypervisorFault('the mirror of the disk broke off; the disk may be full')
    if (mirror.includes("ready='yes'")) return
    if (Date.now() > end) throw new HypervisorFault('the copy of the disk did not catch up with the guest')
    await new Promise((resolve) => { setTimeout(resolve, 50) })
  }
}
