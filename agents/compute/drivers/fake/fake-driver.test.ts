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
    bootedText: 'sample login:', guestAgent: false, timeoutMs: 2000,
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

  it('is cheap: a thousand guests in well under a second', async () => {
    const driver = new FakeDriver(systemClock)
    const started = performance.now()
    for (let at = 0; at < 1000; at++) await driver.create({ spec: sampleSpec(), files: null }, { paused: false })
    expect(performance.now() - started).toBeLessThan(500)
    expect(await driver.guests()).toHaveLength(1000)
  })
})
