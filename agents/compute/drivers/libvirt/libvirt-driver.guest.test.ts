/** The libvirt driver under the suite of all drivers, with real guests. */
import { describe, it } from 'vitest'
import { removePath } from '#core/host/files.ts'
import { systemClock } from '#core/time/clock.ts'
import type { ServerSpecType } from '#services/compute/agent/compute-agent.contract.ts'
import { ImageCache } from '../../disks/image-cache.ts'
import { makeOverlayDisk } from '../../disks/disk-files.ts'
import { openGuestBench, whyNoGuests } from '../../guest-bench.ts'
import { ServerFolders } from '../../server-folder.ts'
import { createDriver } from '../driver.ts'
import { driverConformance } from '../driver-conformance.ts'

const reason = whyNoGuests()

if (reason !== undefined) describe.skip(`libvirt: a compute driver (skipped: ${reason})`, () => { it('needs a host', () => {}) })
else driverConformance('libvirt', async () => {
  const bench = await openGuestBench()
  const folders = new ServerFolders(bench.stateDir)
  const cache = new ImageCache(bench.stateDir, bench.transfer, bench.log)
  const { id: imageId, checksum, diskFormat, sizeBytes } = bench.images.disk
  return {
    open: () => createDriver('libvirt', { host: 'host1', stateDir: bench.stateDir, log: bench.log, clock: systemClock, libvirt: { acceleration: 'qemu', detachWithinMs: 600_000 } }),
    plan: async (given: ServerSpecType) => {
      const spec = { ...given, disks: [{ ...given.disks[0]!, source: { kind: 'image' as const, imageId, checksum, diskFormat, sizeBytes } }] }
      await folders.make(spec.serverId)
      const files = folders.files(spec)
      await makeOverlayDisk(files.disks[0]!, await cache.get({ imageId, checksum, diskFormat }))
      return { spec, files }
    },
    rescuePlan: async (spec: ServerSpecType) => {
      const files = folders.rescueFiles(spec)
      const rescue = files.disks.find((file) => file.disk.role === 'rescue')!
      await removePath(rescue.path)
      await makeOverlayDisk(rescue, await cache.get({ imageId, checksum, diskFormat }))
      return { spec, files }
    },
    bootedText: 'login:', guestAgent: false, timeoutMs: 600_000, close: () => bench.close(),
  }
})
