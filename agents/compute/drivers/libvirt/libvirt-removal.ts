/**
 * The end of a host: every guest is ended, the daemons stop, and what they kept is removed. Stopping a cloud does not
 * call this, since guests outlive it; removing one does.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readTextFile } from '#core/host/files.ts'
import type { Log } from '#core/log/log.ts'
import { destroyDomain, listDomains, openSystem, undefineDomain } from './libvirt-calls.ts'
import { LibvirtConnection } from './libvirt-connection.ts'
import { livingProgram } from './living-process.ts'
import { libvirtPaths, removeLibvirtDaemons } from './libvirt-daemon.ts'

export async function removeLibvirtHost(stateDir: string, log: Log): Promise<void> {
  const paths = libvirtPaths(stateDir)
  try {
    const connection = await LibvirtConnection.open(paths.socket, () => {})
    try {
      await openSystem(connection)
      for (const domain of await listDomains(connection)) {
        if (domain.id >= 0) await destroyDomain(connection, domain, { removeLogs: true })
        await undefineDomain(connection, domain)
      }
    } finally {
      connection.close()
    }
  } catch (error) {
    log.info({ err: error }, 'libvirtd does not answer; its guests are ended by their process ids')
  }
  await endEmulators(join(paths.run, 'libvirt/qemu'))
  await removeLibvirtDaemons(stateDir)
}

/** Emulators whose daemon is gone: their process ids lie beside their state. */
async function endEmulators(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [] as string[])) {
    if (!name.endsWith('.pid')) continue
    const pid = Number.parseInt(await readTextFile(join(folder, name)) ?? '', 10)
    if ((await livingProgram(pid))?.startsWith('qemu-system') === true) process.kill(pid, 'SIGKILL')
  }
}
