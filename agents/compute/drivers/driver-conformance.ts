/**
 * What every driver must do, as a suite. A driver's test calls it with a bench: how to open the driver (twice, to
 * prove that guests outlive it), how to lay out a guest, and how long a guest may take to boot.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NicSpec, PowerStateType, ServerSpecType } from '#services/compute/agent/compute-agent.contract.ts'
import type { ComputeDriver, GuestPlan, PowerChange } from './driver.ts'

export interface DriverBench {
  open(): Promise<ComputeDriver>
  /** Lays out what a guest of this spec needs. */
  plan(spec: ServerSpecType): Promise<GuestPlan>
  /** Lays out the rescue disk of a server that is laid out already. */
  rescuePlan(spec: ServerSpecType): Promise<GuestPlan>
  /** A line the console shows once the guest is up. */
  bootedText: string
  /** Whether the guest has an agent that can set passwords. */
  guestAgent: boolean
  timeoutMs: number
  close(): Promise<void>
}

/** A small server as the control plane would describe it. */
export function sampleSpec(change: Partial<ServerSpecType> = {}): ServerSpecType {
  const serverId = change.serverId ?? randomUUID()
  return {
    serverId, domainName: `instance-${serverId.slice(0, 8)}`, displayName: 'sample <&> server', projectId: randomUUID().replaceAll('-', ''), hostname: 'sample',
    vcpus: 1, memoryMiB: 128, directKernel: null, nics: [], configDrive: null, properties: {}, smbiosUuid: serverId,
    disks: [{ role: 'root', index: 0, sizeMiB: 1024, bus: 'virtio', source: { kind: 'blank' } }],
    ...change,
  }
}

export function sampleNic(): NicSpec {
  const portId = randomUUID()
  return { portId, networkId: randomUUID(), macAddress: `fa:16:3e:${portId.slice(0, 2)}:${portId.slice(2, 4)}:${portId.slice(4, 6)}`, mtu: 1450, tapName: `tap${portId.slice(0, 11)}`, vifType: 'bridge' }
}

/** Asks again until the answer pleases, for things a guest does in its own time. */
export async function eventually<T>(ask: () => Promise<T>, pleases: (answer: T) => boolean, timeoutMs: number): Promise<T> {
  const end = Date.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (pleases(answer) || Date.now() > end) return answer
    await new Promise((resolve) => { setTimeout(resolve, 100) })
  }
}

interface Subject { driver: ComputeDriver; plan: GuestPlan; serverId: string; heard: PowerChange[]; folder: string }

export function driverConformance(name: string, makeBench: () => Promise<DriverBench>): void {
  describe(`${name}: a compute driver`, () => {
    let bench: DriverBench
    const subject = {} as Subject
    beforeAll(async () => {
      bench = await makeBench()
      subject.driver = await bench.open()
      subject.heard = []
      subject.driver.onPowerChange((change) => { subject.heard.push(change) })
      subject.plan = await bench.plan(sampleSpec({ nics: [sampleNic()] }))
      subject.serverId = subject.plan.spec.serverId
      subject.folder = await mkdtemp(join(tmpdir(), 'conformance-'))
    }, 900_000)
    afterAll(async () => {
      await subject.driver?.destroy(subject.serverId)
      await subject.driver?.close()
      await bench?.close()
      await rm(subject.folder, { recursive: true, force: true })
    }, 120_000)
    const patience = { timeout: 1_800_000 }
    const state = (): Promise<PowerStateType> => subject.driver.powerState(subject.serverId)
    const becomes = (wanted: PowerStateType): Promise<PowerStateType> => eventually(state, (found) => found === wanted, bench.timeoutMs)

    it('does not know a guest it never made', patience, async () => {
      const { driver, serverId } = subject
      expect(await driver.powerState(serverId)).toBe('absent')
      await driver.destroy(serverId)
      await expect(driver.pause(serverId)).rejects.toMatchObject({ name: 'ServerNotFound' })
      await expect(driver.powerOff(serverId)).rejects.toMatchObject({ name: 'ServerNotFound' })
    })

    it('makes a guest that runs, and making it again changes nothing', patience, async () => {
      await subject.driver.create(subject.plan, { paused: false })
      expect(await state()).toBe('running')
      await subject.driver.create(subject.plan, { paused: false })
      expect(await subject.driver.guests()).toContainEqual({ serverId: subject.serverId, name: subject.plan.spec.domainName, powerState: 'running' })
    })

    it('tells of the start', patience, async () => {
      const heard = await eventually(async () => subject.heard, (all) => all.some((change) => change.powerState === 'running'), bench.timeoutMs)
      expect(heard).toContainEqual({ serverId: subject.serverId, powerState: 'running' })
    })

    it('keeps what the console says', patience, async () => {
      const text = await eventually(() => subject.driver.consoleOutput(subject.serverId, subject.plan.files), (all) => all.includes(bench.bootedText), bench.timeoutMs)
      expect(text).toContain(bench.bootedText)
    })

    it('pauses and unpauses, twice without harm', patience, async () => {
      for (let time = 0; time < 2; time++) await subject.driver.pause(subject.serverId)
      expect(await state()).toBe('paused')
      for (let time = 0; time < 2; time++) await subject.driver.unpause(subject.serverId)
      expect(await state()).toBe('running')
    })

    it('snapshots a running guest in both formats', patience, async () => {
      for (const format of ['qcow2', 'raw']) {
        const path = join(subject.folder, `snapshot.${format}`)
        await subject.driver.snapshot(subject.serverId, subject.plan.files, path, format)
        expect((await stat(path)).size).toBeGreaterThan(0)
      }
      await expect(subject.driver.snapshot(subject.serverId, subject.plan.files, join(subject.folder, 'x'), 'vmdk')).rejects.toMatchObject({ name: 'UnsupportedSpec' })
      expect(await state()).toBe('running')
    })

    it('attaches and detaches a NIC', patience, async () => {
      const nic = sampleNic()
      await subject.driver.attachNic(subject.serverId, nic)
      await subject.driver.attachNic(subject.serverId, nic)
      expect((await subject.driver.diagnostics(subject.serverId))['num_nics']).toBe(2)
      await subject.driver.detachNic(subject.serverId, nic)
      await subject.driver.detachNic(subject.serverId, nic)
      expect((await subject.driver.diagnostics(subject.serverId))['num_nics']).toBe(1)
    })

    it('plugs a NIC of a running guest in again', patience, async () => {
      const [nic] = subject.plan.spec.nics
      await subject.driver.replugNic(subject.serverId, nic!)
      expect(await subject.driver.diagnostics(subject.serverId)).toMatchObject({ num_nics: 1, nic_details: [{ mac_address: nic!.macAddress }] })
    })

    it('describes the guest in the standard diagnostics', patience, async () => {
      const found = await subject.driver.diagnostics(subject.serverId)
      expect(found).toMatchObject({ state: 'running', num_cpus: 1, num_disks: 1, config_drive: false, memory_details: { maximum: 128 } })
      expect(found['uptime']).toBeTypeOf('number')
      expect((found['nic_details'] as { mac_address: string }[])[0]).toMatchObject({ mac_address: subject.plan.spec.nics[0]!.macAddress })
    })

    it('opens consoles it has and refuses others', patience, async () => {
      for (const type of subject.driver.capabilities.consoleTypes) {
        expect(await subject.driver.console(subject.serverId, type)).toMatchObject({ type })
      }
      await expect(subject.driver.console(subject.serverId, 'tarot')).rejects.toMatchObject({ name: 'ConsoleTypeUnavailable' })
    })

    it('says when a guest has no agent', patience, async () => {
      if (bench.guestAgent) await subject.driver.setAdminPassword(subject.serverId, 'root', 'a new one')
      else await expect(subject.driver.setAdminPassword(subject.serverId, 'root', 'a new one')).rejects.toMatchObject({ name: 'NoGuestAgent' })
    })

    it('suspends to disk and comes back', patience, async () => {
      if (!subject.driver.capabilities.suspendToDisk) return
      for (let time = 0; time < 2; time++) await subject.driver.suspend(subject.serverId)
      expect(await state()).toBe('suspended')
      await subject.driver.powerOn(subject.plan)
      expect(await state()).toBe('running')
    })

    it('obeys the power button in the guest', patience, async () => {
      await eventually(async () => { await subject.driver.pressPowerButton(subject.serverId); return await eventually(state, (found) => found === 'shutdown', 10_000) }, (found) => found === 'shutdown', bench.timeoutMs)
      expect(await state()).toBe('shutdown')
      const heard = await eventually(async () => subject.heard.at(-1), (last) => last?.powerState === 'shutdown', bench.timeoutMs)
      expect(heard).toEqual({ serverId: subject.serverId, powerState: 'shutdown' })
      await expect(subject.driver.pause(subject.serverId)).rejects.toMatchObject({ name: 'WrongPowerState' })
      await expect(subject.driver.console(subject.serverId, 'novnc')).rejects.toMatchObject({ name: 'WrongPowerState' })
      await expect(subject.driver.replugNic(subject.serverId, subject.plan.spec.nics[0]!)).rejects.toMatchObject({ name: 'WrongPowerState' })
    })

    it('snapshots a guest that is off, and starts it', patience, async () => {
      const path = join(subject.folder, 'off.qcow2')
      await subject.driver.snapshot(subject.serverId, subject.plan.files, path, 'qcow2')
      expect((await stat(path)).size).toBeGreaterThan(0)
      await subject.driver.powerOn(subject.plan)
      await subject.driver.powerOn(subject.plan)
      expect(await state()).toBe('running')
    })

    it('leaves guests running when it goes, and finds them when it comes back', patience, async () => {
      await subject.driver.close()
      subject.driver = await bench.open()
      subject.driver.onPowerChange((change) => { subject.heard.push(change) })
      expect(await state()).toBe('running')
    })

    it('remakes a guest from its plan', patience, async () => {
      const nic = sampleNic()
      subject.plan = { ...subject.plan, spec: { ...subject.plan.spec, nics: [...subject.plan.spec.nics, nic] } }
      await subject.driver.powerOn(subject.plan, { fresh: true })
      expect(await state()).toBe('running')
      expect((await subject.driver.diagnostics(subject.serverId))['num_nics']).toBe(2)
      await subject.driver.destroy(subject.serverId)
      await subject.driver.powerOn(subject.plan)
      expect(await state()).toBe('running')
    })

    it('makes a lost guest known again, and leaves one that is there as it is', patience, async () => {
      await subject.driver.define(subject.plan)
      expect(await state()).toBe('running')
      await subject.driver.destroy(subject.serverId)
      for (let time = 0; time < 2; time++) await subject.driver.define(subject.plan)
      expect(await state()).toBe('shutdown')
      expect(await subject.driver.guests()).toContainEqual({ serverId: subject.serverId, name: subject.plan.spec.domainName, powerState: 'shutdown' })
      await subject.driver.powerOn(subject.plan)
      expect(await state()).toBe('running')
    })

    it('boots what was off as its plan says now: more processors, more memory', patience, async () => {
      await subject.driver.powerOff(subject.serverId)
      subject.plan = { ...subject.plan, spec: { ...subject.plan.spec, vcpus: 2, memoryMiB: 160 } }
      await subject.driver.powerOn(subject.plan)
      expect(await subject.driver.diagnostics(subject.serverId)).toMatchObject({ state: 'running', num_cpus: 2, memory_details: { maximum: 160 } })
    })

    it('boots from a rescue disk, first in the row or named as the first, and back from its own', patience, async () => {
      const root = subject.plan.spec.disks[0]!
      const disk = { ...root, role: 'rescue' as const, sizeMiB: 0 }
      for (const disks of [[disk, root], [root, { ...disk, bootFirst: true }]]) {
        const plan = await bench.rescuePlan({ ...subject.plan.spec, disks })
        await subject.driver.powerOn(plan, { fresh: true })
        expect(await subject.driver.diagnostics(subject.serverId)).toMatchObject({ state: 'running', num_disks: 2 })
      }
      await subject.driver.powerOn(subject.plan, { fresh: true })
      expect(await subject.driver.diagnostics(subject.serverId)).toMatchObject({ state: 'running', num_disks: 1 })
    })

    it('pulls the plug and forgets', patience, async () => {
      for (let time = 0; time < 2; time++) await subject.driver.powerOff(subject.serverId)
      expect(await becomes('shutdown')).toBe('shutdown')
      for (let time = 0; time < 2; time++) await subject.driver.destroy(subject.serverId)
      expect(await state()).toBe('absent')
      expect((await subject.driver.guests()).map((guest) => guest.serverId)).not.toContain(subject.serverId)
    })

    it('starts a guest paused', patience, async () => {
      await subject.driver.create(subject.plan, { paused: true })
      expect(await state()).toBe('paused')
      await subject.driver.destroy(subject.serverId)
    })

    it('tells the facts of the host', patience, async () => {
      const facts = await subject.driver.facts()
      expect(facts.vcpus).toBeGreaterThan(0)
      expect(facts.memoryMiB).toBeGreaterThan(0)
      expect(facts.memoryUsedMiB).toBeLessThanOrEqual(facts.memoryMiB)
      expect(facts.localDiskGiB).toBeGreaterThanOrEqual(facts.localDiskFreeGiB)
      expect(['kvm', 'qemu']).toContain(facts.acceleration)
    })
  })
}
