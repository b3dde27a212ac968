import { readdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { agentClient, type VerbsOf } from '#core/agents/contract.ts'
import { InProcessBus } from '#core/bus/in-process-bus.ts'
import { silentLog } from '#core/log/log.ts'
import { systemClock } from '#core/time/clock.ts'
import { computeAgentContract, Heartbeat, heartbeatTopic, PowerStateReport, powerStateTopic } from '#services/compute/agent/compute-agent.contract.ts'
import { isValid } from '#core/schema/schema.ts'
import { startComputeAgent, type ComputeAgent } from './agent.ts'
import { eventually, sampleNic, sampleSpec } from './drivers/driver-conformance.ts'
import { FakeDriver } from './drivers/fake/fake-driver.ts'

interface Bench { bus: InProcessBus; driver: FakeDriver; agent: ComputeAgent; host: VerbsOf<typeof computeAgentContract>; told: unknown[]; uploads: [string, string, number][]; stateDir: string }

async function openBench(): Promise<Bench> {
  const stateDir = await mkdtemp(join(tmpdir(), 'compute-agent-'))
  const bus = new InProcessBus()
  const driver = new FakeDriver(systemClock)
  const told: unknown[] = []
  const uploads: [string, string, number][] = []
  await bus.serve(powerStateTopic, async (message) => { told.push(message); return null })
  const images = {
    download: async () => { throw new Error('a fake guest needs no image') },
    upload: async (imageId: string, path: string, format: string) => { uploads.push([imageId, format, (await readFile(path)).length]) },
  }
  const agent = await startComputeAgent({ bus, host: 'host1', driver, stateDir, images, log: silentLog, heartbeatMs: 0 })
  return { bus, driver, agent, host: agentClient(bus, computeAgentContract, 'host1'), told, uploads, stateDir }
}

describe('the compute agent', () => {
  let bench: Bench
  beforeEach(async () => { bench = await openBench() })
  afterEach(async () => {
    await bench.agent.stop()
    await rm(bench.stateDir, { recursive: true, force: true })
  })

  it('spawns, and spawning again is success', async () => {
    const spec = sampleSpec()
    expect(await bench.host.spawn({ spec, paused: false })).toEqual({ powerState: 'running' })
    expect(await bench.host.spawn({ spec, paused: false })).toEqual({ powerState: 'running' })
    expect(await bench.host.powerStates({})).toEqual([{ serverId: spec.serverId, powerState: 'running' }])
    const unknown = randomUUID()
    expect(await bench.host.powerStates({ serverIds: [unknown] })).toEqual([{ serverId: unknown, powerState: 'absent' }])
  })

  it('fetches no image ahead for a driver that runs from none', async () => {
    expect(await bench.host.cacheImage({ imageId: randomUUID(), checksum: null, diskFormat: 'qcow2' })).toEqual({ outcome: 'unsupported' })
  })

  it('leaves nothing of a spawn that fails at the start or half-way', async () => {
    for (const kind of ['fail', 'half'] as const) {
      bench.driver.faults.add({ verb: 'create', kind })
      await expect(bench.host.spawn({ spec: sampleSpec(), paused: false })).rejects.toMatchObject({ kind: 'HypervisorFault' })
    }
    expect(await bench.driver.guests()).toEqual([])
    expect(await readdir(bench.stateDir)).toEqual([])
  })

  it('walks through the power states', async () => {
    const spec = sampleSpec()
    const { serverId } = spec
    const { host, driver } = bench
    await host.spawn({ spec, paused: true })
    expect(await driver.powerState(serverId)).toBe('paused')
    const walk: [() => Promise<null>, string][] = [
      [() => host.unpause({ serverId }), 'running'], [() => host.suspend({ serverId }), 'suspended'], [() => host.resume({ spec }), 'running'],
      [() => host.stop({ serverId, timeoutS: 5 }), 'shutdown'], [() => host.start({ spec }), 'running'],
      [() => host.reboot({ spec, type: 'soft', timeoutS: 5 }), 'running'], [() => host.reboot({ spec, type: 'hard', timeoutS: 0 }), 'running'],
      [() => host.pause({ serverId }), 'paused'], [() => host.stop({ serverId, timeoutS: 0 }), 'shutdown'], [() => host.destroy({ serverId }), 'absent'],
    ]
    for (const [step, state] of walk) {
      await step()
      expect(await driver.powerState(serverId)).toBe(state)
    }
    expect(bench.told).toEqual([])
  })

  it('rescues, resizes, and takes both back', async () => {
    const { host, driver } = bench
    const spec = sampleSpec()
    const { serverId } = spec
    const shows = async (): Promise<unknown> => {
      const { num_cpus: cpus, num_disks: disks } = await host.diagnostics({ serverId })
      return [await driver.powerState(serverId), cpus, disks]
    }
    await host.spawn({ spec, paused: false })
    const disk = { role: 'rescue' as const, index: 0, sizeMiB: 0, bus: 'virtio', source: spec.disks[0]!.source }
    for (const stable of [false, true]) {
      await host.rescue({ spec, rescue: { disk, stable, directKernel: null, configDrive: null }, timeoutS: 1 })
      expect(await shows()).toEqual(['running', 1, 2])
      await host.unrescue({ spec })
      expect(await shows()).toEqual(['running', 1, 1])
    }
    await host.resize({ spec: { ...spec, vcpus: 2 }, timeoutS: 1 })
    expect(await driver.powerState(serverId)).toBe('shutdown')
    await host.start({ spec: { ...spec, vcpus: 2 } })
    expect(await shows()).toEqual(['running', 2, 1])
    await host.revertResize({ spec })
    await host.start({ spec })
    await host.confirmResize({ serverId })
    expect(await shows()).toEqual(['running', 1, 1])
    expect(bench.told).toEqual([])
  })

  it('boots a server from its own disks again when its rescue fails', async () => {
    const { host, driver } = bench
    const spec = sampleSpec()
    await host.spawn({ spec, paused: false })
    driver.faults.add({ verb: 'powerOn', kind: 'fail' })
    const disk = { role: 'rescue' as const, index: 0, sizeMiB: 0, bus: 'virtio', source: spec.disks[0]!.source }
    await expect(host.rescue({ spec, rescue: { disk, stable: false, directKernel: null, configDrive: null }, timeoutS: 1 })).rejects.toMatchObject({ kind: 'HypervisorFault' })
    expect(await host.diagnostics({ serverId: spec.serverId })).toMatchObject({ state: 'running', num_disks: 1 })
  })

  it('pulls the plug on a guest that ignores the button', async () => {
    const spec = sampleSpec()
    await bench.host.spawn({ spec, paused: false })
    bench.driver.faults.add({ verb: 'pressPowerButton', kind: 'ignore', times: Infinity })
    await bench.host.stop({ serverId: spec.serverId, timeoutS: 1 })
    expect(await bench.driver.powerState(spec.serverId)).toBe('shutdown')
  })

  it('destroys at once, even while a polite stop waits', async () => {
    const spec = sampleSpec()
    await bench.host.spawn({ spec, paused: false })
    bench.driver.faults.add({ verb: 'pressPowerButton', kind: 'ignore', times: Infinity })
    const [stopped, destroyed] = await Promise.allSettled([bench.host.stop({ serverId: spec.serverId, timeoutS: 60 }), bench.host.destroy({ serverId: spec.serverId })])
    expect(stopped).toMatchObject({ status: 'rejected', reason: { kind: 'Interrupted' } })
    expect(destroyed.status).toBe('fulfilled')
    expect(await bench.driver.powerState(spec.serverId)).toBe('absent')
  })

  it('tells of changes nobody asked for, once', async () => {
    const spec = sampleSpec()
    await bench.host.spawn({ spec, paused: false })
    bench.driver.simulate(spec.serverId, 'crashed')
    bench.driver.simulate(spec.serverId, 'crashed')
    await eventually(async () => bench.told.length, (count) => count > 0, 60_000)
    expect(bench.told).toEqual([{ serverId: spec.serverId, powerState: 'crashed', host: 'host1' }])
    expect(isValid(PowerStateReport, bench.told[0])).toBe(true)
  })

  it('uploads a snapshot and keeps no copy', async () => {
    const spec = sampleSpec()
    const imageId = randomUUID()
    await bench.host.spawn({ spec, paused: false })
    const { sizeBytes } = await bench.host.snapshot({ serverId: spec.serverId, imageId, diskFormat: 'qcow2' })
    expect(bench.uploads).toEqual([[imageId, 'qcow2', sizeBytes]])
    expect(await readdir(join(bench.stateDir, 'snapshots'))).toEqual([])
  })

  it('attaches and detaches NICs', async () => {
    const spec = sampleSpec()
    const nic = sampleNic()
    await bench.host.spawn({ spec, paused: false })
    await bench.host.attachNic({ serverId: spec.serverId, nic })
    expect(bench.driver.nicsOf(spec.serverId)).toEqual([nic])
    await bench.host.detachNic({ serverId: spec.serverId, nic })
    expect(bench.driver.nicsOf(spec.serverId)).toEqual([])
  })

  it('shows the last lines of the console', async () => {
    const spec = sampleSpec()
    await bench.host.spawn({ spec, paused: false })
    expect((await bench.host.consoleOutput({ serverId: spec.serverId, lines: 1 })).text).toBe('sample login: \n')
    expect((await bench.host.consoleOutput({ serverId: spec.serverId, lines: null })).text.split('\n').length).toBeGreaterThan(5)
    expect((await bench.host.consoleOutput({ serverId: spec.serverId, lines: 0 })).text).toBe('')
  })

  it('finds and removes what nobody knows', async () => {
    const kept = sampleSpec()
    const lost = sampleSpec()
    for (const spec of [kept, lost]) await bench.host.spawn({ spec, paused: false })
    const orphans = [{ kind: 'domain', id: lost.serverId, path: lost.domainName }]
    expect(await bench.host.orphans({ known: [kept.serverId], remove: false })).toEqual(orphans)
    expect(await bench.host.orphans({ known: [kept.serverId], remove: true })).toEqual(orphans)
    expect(await bench.host.orphans({ known: [kept.serverId], remove: true })).toEqual([])
    expect((await bench.host.report({})).runningServers).toBe(1)
  })

  it('refuses an id that is no id', async () => {
    await expect(bench.host.snapshot({ serverId: randomUUID(), imageId: '../../../../../../../../../../etc/passwd'.slice(-36), diskFormat: 'raw' })).rejects.toThrow('not an image id')
  })

  it('gives a sign of life with the report of the host', async () => {
    const beats: unknown[] = []
    await bench.bus.subscribe(heartbeatTopic, (beat) => { beats.push(beat) })
    const second = await startComputeAgent({ bus: bench.bus, host: 'host2', driver: bench.driver, stateDir: bench.stateDir, images: { download: async () => {}, upload: async () => {} }, log: silentLog, heartbeatMs: 5 })
    await expect.poll(() => beats.length, { interval: 5 }).toBeGreaterThanOrEqual(2)
    await second.stop()
    expect(isValid(Heartbeat, beats[0])).toBe(true)
    expect(beats[0]).toMatchObject({ host: 'host2', report: { hypervisorType: 'fake', hypervisorHostname: 'host2' } })
  })
})
