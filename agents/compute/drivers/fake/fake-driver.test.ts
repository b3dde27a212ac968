import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { silentLog } from '#core/log/log.ts'
import { systemClock } from '#core/time/clock.ts'
import { createDriver } from '../driver.ts'
import { driverConformance, sampleSpec } from '../driver-conformance.ts'
import { FakeDriver } from './fake-driver.ts'

driverConformance('fake', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'fake-driver-'))
  return {
    open: () => createDriver('fake', { host: 'host1', stateDir, log: silentLog, clock: systemClock, fake: { stateFile: join(stateDir, 'guests.journal') } }),
    plan: async (spec) => ({ spec, files: null }),
    rescuePlan: async (spec) => ({ spec, files: null }),
    bootedText: 'sample login:', guestAgent: false, timeoutMs: 60_000,
    close: () => rm(stateDir, { recursive: true, force: true }),
  }
})

describe('the fake driver', () => {
  it('counts guests against its size', async () => {
    const driver = new FakeDriver(systemClock, { vcpus: 4, memoryMiB: 2048, localDiskGiB: 10 })
    await driver.create({ spec: sampleSpec({ memoryMiB: 256 }), files: null }, { paused: false })
    expect(await driver.facts()).toMatchObject({ vcpus: 4, memoryMiB: 2048, memoryUsedMiB: 768, localDiskGiB: 10, localDiskFreeGiB: 9 })
  })

  it('fails, breaks off half-way, comes late and ignores on demand', async () => {
    const driver = new FakeDriver(systemClock)
    const plan = { spec: sampleSpec(), files: null }
    driver.faults.add({ verb: 'create', kind: 'fail' })
    await expect(driver.create(plan, { paused: false })).rejects.toMatchObject({ name: 'HypervisorFault' })
    expect(await driver.powerState(plan.spec.serverId)).toBe('absent')
    driver.faults.add({ verb: 'create', kind: 'half', error: new Error('the plug fell out') })
    await expect(driver.create(plan, { paused: false })).rejects.toThrow('the plug fell out')
    expect(await driver.powerState(plan.spec.serverId)).toBe('shutdown')
    driver.faults.add({ verb: 'create', kind: 'late', delayMs: 20 })
    const started = performance.now()
    await driver.create(plan, { paused: false })
    expect(performance.now() - started).toBeGreaterThan(15)
    driver.faults.add({ verb: 'pressPowerButton', kind: 'ignore', serverId: plan.spec.serverId, times: 2 })
    for (let time = 0; time < 2; time++) await driver.pressPowerButton(plan.spec.serverId)
    expect(await driver.powerState(plan.spec.serverId)).toBe('running')
  })

  it('says on the console what a guest of one sector says, once for each boot, and goes on saying it when its image is gone', async () => {
    const images = new Map([['one-sector', bootSector('Hello from the guest\r\n')], ['partitioned', bootSector('GRUB', { partitioned: true })], ['no-signature', Buffer.alloc(512)]])
    const imageHead = async (imageId: string, bytes: number): Promise<Buffer> => images.get(imageId)?.subarray(0, bytes) ?? Promise.reject(new Error('404'))
    const driver = new FakeDriver(systemClock, { imageHead })
    const boot = async (imageId: string): Promise<string> => {
      const spec = sampleSpec()
      await driver.create({ spec: { ...spec, disks: [{ ...spec.disks[0]!, source: { kind: 'image', imageId, checksum: null, diskFormat: 'raw', sizeBytes: 4096 } }] }, files: null }, { paused: false })
      return spec.serverId
    }
    const serverId = await boot('one-sector')
    expect(await driver.consoleOutput(serverId, null)).toMatch(/Booting from Hard Disk...\nHello from the guest\n$/)
    images.delete('one-sector')
    expect((await driver.consoleOutput(serverId, null)).match(/Hello from the guest/g)).toHaveLength(1)
    for (const other of ['partitioned', 'no-signature', 'gone']) expect(await driver.consoleOutput(await boot(other), null), other).toContain('sample login:')
  })

  it('is cheap: a thousand guests in well under a second of this thread’s CPU, whoever else has the machine', async () => {
    const driver = new FakeDriver(systemClock)
    const before = process.threadCpuUsage()
    for (let at = 0; at < 1000; at++) await driver.create({ spec: sampleSpec(), files: null }, { paused: false })
    const { user, system } = process.threadCpuUsage(before)
    expect((user + system) / 1000).toBeLessThan(500)
    expect(await driver.guests()).toHaveLength(1000)
  })
})

/** Some instructions, a text, and what makes a sector bootable. */
function bootSector(text: string, { partitioned = false } = {}): Buffer {
  const sector = Buffer.alloc(4096)
  sector.write(`\x31\xc0\x8e\xd8\xbe\x22\x7c\xfc\xf4\xeb\xfd${text}\0`, 0, 'latin1')
  if (partitioned) sector.writeUInt8(0x80, 446)
  sector.writeUInt16BE(0x55aa, 510)
  return sector
}
