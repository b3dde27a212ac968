/**
 * A copy of the root disk. A guest that is off is read straight. A running one is mirrored by libvirt until the copy
 * has caught up, and the mirror is let go at that instant: the guest's own chain of files is never touched, so a crash
 * half-way costs nothing but the copy. (An overlay committed back afterwards would do as well, but one wrong base and
 * it is committed into the image cache.)
 */
import { rename, rm } from 'node:fs/promises'
import type { Log } from '#core/log/log.ts'
import { convertImage } from '../../disks/qemu-img.ts'
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
  const { connection, domain, files, toPath, diskFormat, log } = snapshot
  const disk = rootTarget(files)
  const copy = diskFormat === 'qcow2' ? toPath : `${toPath}.mirror`
  await rm(copy, { force: true })
  try {
    await startBlockCopy(connection, domain, disk, `<disk type='file'><driver type='qcow2'/><source file='${copy}'/></disk>`)
    try {
      await untilReady(connection, domain)
      const frozen = await freezeFileSystems(connection, domain, true).then(() => true, (error: unknown) => { log.debug({ err: error }, 'no guest agent: the snapshot is as after a power cut'); return false })
      await endBlockCopy(connection, domain, disk).finally(() => frozen ? freezeFileSystems(connection, domain, false) : undefined)
    } catch (error) {
      await endBlockCopy(connection, domain, disk).catch(() => {})
      throw error
    }
    if (copy !== toPath) {
      await convertImage({ path: copy, format: 'qcow2' }, { path: `${toPath}.raw`, format: 'raw' })
      await rename(`${toPath}.raw`, toPath)
    }
  } finally {
    if (copy !== toPath) await rm(copy, { force: true })
  }
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
