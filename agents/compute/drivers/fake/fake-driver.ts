/**
 * A hypervisor in memory. It behaves like a real one, answers in microseconds, has a size of its own choosing, can
 * remember across restarts (`stateFile`), and goes wrong on demand (`faults`). Guests obey the power button at once.
 */
import { writeFile } from 'node:fs/promises'
import { UnsupportedSpec, ConsoleTypeUnavailable, NoGuestAgent, ServerNotFound, WrongPowerState } from '../../errors.ts'
import type { ComputeDriver, DriverCapabilities, DriverOptions, Guest, GuestPlan, HostFacts, PowerChange, ServerFiles } from '../driver.ts'
import type { ConsoleType, NicSpec, PowerStateType } from '#services/compute/agent/compute-agent.contract.ts'
import type { Clock } from '#core/time/clock.ts'
import { SECTOR_BYTES, textOfBootSector } from './boot-sector.ts'
import { FakeMemory, type FakeGuest } from './fake-memory.ts'
import { FaultPlan, faultError } from './fault-plan.ts'
import { fakeConsoleText } from './fake-console.ts'
import { FakeConsoles } from './fake-console-server.ts'

export interface FakeOptions {
  vcpus?: number
  memoryMiB?: number
  localDiskGiB?: number
  /** Journal that lets a restarted driver find its guests. Absent: they are gone with the process. */
  stateFile?: string
  /** Reads the first bytes of an image, for the words of guests that are all of its first sector. Absent: nobody asks. */
  imageHead?: (imageId: string, bytes: number) => Promise<Buffer>
  /** Whether guests run a guest agent. Default: those whose image says `hw_qemu_guest_agent=yes`. */
  guestAgent?: boolean
}

const CAPABILITIES: DriverCapabilities = {
  localFiles: false, hotPlugNic: true, liveSnapshot: true, suspendToDisk: true, nmi: true,
  consoleTypes: ['novnc', 'serial'],
  diskBuses: ['virtio', 'scsi', 'ide', 'sata', 'usb'],
  traits: ['COMPUTE_NODE', 'COMPUTE_NET_ATTACH_INTERFACE', 'COMPUTE_NET_VIF_MODEL_VIRTIO', 'COMPUTE_STORAGE_BUS_VIRTIO'],
}

export class FakeDriver implements ComputeDriver {
  readonly name = 'fake'
  readonly capabilities = CAPABILITIES
  readonly faults = new FaultPlan()
  readonly #memory: FakeMemory
  readonly #options: FakeOptions
  readonly #clock: Clock
  readonly #listeners = new Set<(change: PowerChange) => void>()
  readonly #consoles = new FakeConsoles()

  constructor(clock: Clock, options: FakeOptions = {}) {
    this.#clock = clock
    this.#options = options
    this.#memory = new FakeMemory(options.stateFile)
  }

  create(plan: GuestPlan, options: { paused: boolean }): Promise<void> {
    return this.#verb('create', plan.spec.serverId, () => {
      const existing = this.#memory.guests.get(plan.spec.serverId)
      if (existing !== undefined && existing.powerState !== 'shutdown') return
      this.#boot(plan, options.paused ? 'paused' : 'running', existing)
    }, () => { this.#boot(plan, 'shutdown') })
  }

  define(plan: GuestPlan): Promise<void> {
    return this.#verb('define', plan.spec.serverId, () => { if (!this.#memory.guests.has(plan.spec.serverId)) this.#boot(plan, 'shutdown') })
  }

  destroy(serverId: string): Promise<void> {
    return this.#verb('destroy', serverId, () => {
      if (!this.#memory.guests.has(serverId)) return
      this.#memory.delete(serverId)
      this.#tell(serverId, 'absent')
    })
  }

  powerOn(plan: GuestPlan, options: { fresh?: boolean } = {}): Promise<void> {
    return this.#verb('powerOn', plan.spec.serverId, () => {
      const existing = this.#memory.guests.get(plan.spec.serverId)
      if (existing === undefined || options.fresh === true) this.#boot(plan, 'running', existing)
      else if (existing.powerState === 'suspended') this.#set(plan.spec.serverId, 'running')
      else if (existing.powerState !== 'running' && existing.powerState !== 'paused') this.#boot(plan, 'running', existing)
    })
  }

  pressPowerButton(serverId: string): Promise<void> {
    return this.#verb('pressPowerButton', serverId, () => {
      if (this.#guest(serverId).powerState === 'running') queueMicrotask(() => { if (this.#memory.guests.has(serverId)) this.#set(serverId, 'shutdown') })
    })
  }

  powerOff(serverId: string): Promise<void> {
    return this.#verb('powerOff', serverId, () => { this.#guest(serverId); this.#set(serverId, 'shutdown') })
  }

  pause(serverId: string): Promise<void> { return this.#move('pause', serverId, ['running'], 'paused') }
  unpause(serverId: string): Promise<void> { return this.#move('unpause', serverId, ['paused'], 'running') }
  suspend(serverId: string): Promise<void> { return this.#move('suspend', serverId, ['running', 'paused'], 'suspended') }

  async powerState(serverId: string): Promise<PowerStateType> {
    return this.#memory.guests.get(serverId)?.powerState ?? 'absent'
  }

  guests(): Promise<Guest[]> {
    return this.#verb('guests', undefined, () => [...this.#memory.guests].map(([serverId, guest]) => ({ serverId, name: guest.spec.domainName, powerState: guest.powerState })))
  }

  onPowerChange(listener: (change: PowerChange) => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  /** For tests: the guest changes by itself (a kernel panic, `poweroff` typed inside). */
  simulate(serverId: string, powerState: PowerStateType): void {
    this.#guest(serverId)
    this.#set(serverId, powerState)
  }

  consoleOutput(serverId: string, _files: ServerFiles | null): Promise<string> {
    return this.#verb('consoleOutput', serverId, async () => fakeConsoleText(this.#guest(serverId), await this.#sectorText(serverId)))
  }

  /** Asked when a console is, not at each boot; remembered with the guest, whose image may go before it. */
  async #sectorText(serverId: string): Promise<string | undefined> {
    const { spec: { disks }, sectorText } = this.#guest(serverId)
    const source = (disks.find((disk) => disk.bootFirst === true) ?? disks[0])?.source
    if (sectorText !== undefined || source?.kind !== 'image' || this.#options.imageHead === undefined) return sectorText ?? undefined
    const found = await this.#options.imageHead(source.imageId, SECTOR_BYTES).then(textOfBootSector, () => undefined)
    const guest = this.#guest(serverId)
    this.#memory.put(serverId, { ...guest, sectorText: found ?? null })
    return found
  }

  console(serverId: string, type: string): Promise<ConsoleType> {
    return this.#verb('console', serverId, async () => {
      const guest = this.#guest(serverId)
      if (type !== 'novnc' && type !== 'serial') throw new ConsoleTypeUnavailable(`this hypervisor has no ${type} console; it has ${CAPABILITIES.consoleTypes.join(', ')}`)
      if (guest.powerState !== 'running' && guest.powerState !== 'paused') throw new WrongPowerState(`the guest is ${guest.powerState}; start it first`)
      return { type, host: '127.0.0.1', port: await this.#consoles.listen(guest, type) }
    })
  }

  snapshot(serverId: string, _files: ServerFiles | null, toPath: string, diskFormat: string): Promise<void> {
    return this.#verb('snapshot', serverId, async () => {
      const { spec } = this.#guest(serverId)
      if (diskFormat !== 'raw' && diskFormat !== 'qcow2') throw new UnsupportedSpec(`cannot write a snapshot as ${diskFormat}; use raw or qcow2`)
      await writeFile(toPath, diskFormat === 'raw' ? Buffer.alloc(4096) : emptyQcow2((spec.disks[0]?.sizeMiB ?? 1) || 1))
    })
  }

  attachNic(serverId: string, nic: NicSpec): Promise<void> {
    return this.#verb('attachNic', serverId, () => {
      const guest = this.#guest(serverId)
      if (!guest.nics.some((one) => one.portId === nic.portId)) this.#memory.put(serverId, { ...guest, nics: [...guest.nics, nic] })
    })
  }

  detachNic(serverId: string, nic: NicSpec): Promise<void> {
    return this.#verb('detachNic', serverId, () => {
      const guest = this.#guest(serverId)
      if (guest.nics.some((one) => one.portId === nic.portId)) this.#memory.put(serverId, { ...guest, nics: guest.nics.filter((one) => one.portId !== nic.portId) })
    })
  }

  replugNic(serverId: string, nic: NicSpec): Promise<void> {
    return this.#verb('replugNic', serverId, () => {
      const guest = this.#guest(serverId)
      if (guest.powerState !== 'running') throw new WrongPowerState(`the guest is ${guest.powerState}; plugging a NIC in again needs it running`)
      this.#memory.put(serverId, { ...guest, nics: [...guest.nics.filter((one) => one.portId !== nic.portId), nic] })
    })
  }

  /** For tests: the NICs a guest has now. */
  nicsOf(serverId: string): NicSpec[] { return this.#guest(serverId).nics }

  setAdminPassword(serverId: string, user: string, _password: string): Promise<void> {
    return this.#verb('setAdminPassword', serverId, () => {
      const guest = this.#guest(serverId)
      if (!(this.#options.guestAgent ?? guest.spec.properties['hw_qemu_guest_agent'] === 'yes')) throw new NoGuestAgent('the guest runs no guest agent; use an image with hw_qemu_guest_agent=yes')
      if (guest.powerState !== 'running') throw new WrongPowerState(`the guest is ${guest.powerState}; start it first`)
      this.#memory.put(serverId, { ...guest, adminPasswordSetFor: user })
    })
  }

  diagnostics(serverId: string): Promise<Record<string, unknown>> {
    return this.#verb('diagnostics', serverId, () => {
      const { spec, powerState, nics, startedAt } = this.#guest(serverId)
      return {
        state: powerState, driver: 'fake', hypervisor: 'fake', hypervisor_os: 'fake', config_drive: spec.configDrive !== null,
        uptime: Math.floor((this.#clock.now() - startedAt) / 1000), num_cpus: spec.vcpus, num_nics: nics.length, num_disks: spec.disks.length,
        memory_details: { maximum: spec.memoryMiB, used: spec.memoryMiB },
        cpu_details: Array.from({ length: spec.vcpus }, (_, id) => ({ id, time: 17_300_000_000, utilisation: 15 })),
        nic_details: nics.map((nic) => ({ mac_address: nic.macAddress, rx_octets: 2070139, rx_errors: 0, rx_drop: 0, rx_packets: 26701, rx_rate: null, tx_octets: 140208, tx_errors: 0, tx_drop: 0, tx_packets: 662, tx_rate: null })),
        disk_details: spec.disks.map(() => ({ read_bytes: 262144, read_requests: 112, write_bytes: 5778432, write_requests: 488, errors_count: 0 })),
      }
    })
  }

  injectNmi(serverId: string): Promise<void> {
    return this.#verb('injectNmi', serverId, () => {
      const { powerState } = this.#guest(serverId)
      if (powerState !== 'running' && powerState !== 'paused') throw new WrongPowerState(`the guest is ${powerState}; start it first`)
    })
  }

  facts(): Promise<HostFacts> {
    return this.#verb('facts', undefined, () => {
      const used = [...this.#memory.guests.values()]
      const diskGiB = used.flatMap((guest) => guest.spec.disks).reduce((sum, disk) => sum + disk.sizeMiB, 0) / 1024
      const localDiskGiB = this.#options.localDiskGiB ?? 10_000
      const memoryMiB = this.#options.memoryMiB ?? 1_048_576
      return {
        hypervisorType: 'fake', hypervisorVersion: 1_000_000, acceleration: 'qemu', vcpus: this.#options.vcpus ?? 1000, memoryMiB, localDiskGiB,
        memoryUsedMiB: Math.min(memoryMiB, 512 + used.reduce((sum, guest) => sum + guest.spec.memoryMiB, 0)),
        localDiskFreeGiB: Math.max(0, Math.floor(localDiskGiB - diskGiB)),
        cpuInfo: { arch: 'x86_64', model: 'fake', vendor: 'fake', topology: { cores: 1, threads: 1, sockets: 1 }, features: ['sse', 'sse2'] },
        uptimeText: ' 00:00:00 up 1 day,  0:00,  0 users,  load average: 0.00, 0.00, 0.00',
      }
    })
  }

  async close(): Promise<void> {
    this.#consoles.close()
    this.#memory.close()
  }

  #boot(plan: GuestPlan, powerState: PowerStateType, existing?: FakeGuest): void {
    const { spec } = plan
    this.#memory.put(spec.serverId, { spec, powerState, nics: spec.nics, boots: (existing?.boots ?? 0) + (powerState === 'shutdown' ? 0 : 1), startedAt: this.#clock.now() })
    if (existing?.powerState !== powerState) this.#tell(spec.serverId, powerState)
  }

  #move(verb: string, serverId: string, from: PowerStateType[], to: PowerStateType): Promise<void> {
    return this.#verb(verb, serverId, () => {
      const { powerState } = this.#guest(serverId)
      if (powerState === to) return
      if (!from.includes(powerState)) throw new WrongPowerState(`the guest is ${powerState}; ${verb} needs it ${from.join(' or ')}`)
      this.#set(serverId, to)
    })
  }

  #guest(serverId: string): FakeGuest {
    const guest = this.#memory.guests.get(serverId)
    if (guest === undefined) throw new ServerNotFound(`no guest of server ${serverId} on this host; it may have been removed by hand`)
    return guest
  }

  #set(serverId: string, powerState: PowerStateType): void {
    const guest = this.#guest(serverId)
    if (guest.powerState === powerState) return
    this.#memory.put(serverId, { ...guest, powerState })
    this.#tell(serverId, powerState)
  }

  #tell(serverId: string, powerState: PowerStateType): void {
    if (powerState !== 'running' && powerState !== 'paused') this.#consoles.end(serverId)
    for (const listener of this.#listeners) listener({ serverId, powerState })
  }

  /** Runs a verb through the fault plan. `halfway` is the effect of one that breaks off; default the whole. */
  async #verb<T>(verb: string, serverId: string | undefined, effect: () => T | Promise<T>, halfway: () => unknown = effect): Promise<T> {
    const fault = this.faults.take(verb, serverId)
    if (fault === undefined) return await effect()
    if (fault.kind === 'late') await new Promise<void>((resolve) => { this.#clock.after(fault.delayMs ?? 100, resolve) })
    if (fault.kind === 'ignore') return undefined as T
    if (fault.kind === 'half') await halfway()
    if (fault.kind === 'fail' || fault.kind === 'half') throw faultError(fault)
    return await effect()
  }
}

/** The header of an empty version 2 image: enough for a reader that looks before it believes. */
function emptyQcow2(sizeMiB: number): Buffer {
  const file = Buffer.alloc(4 * 65536)
  file.write('QFI\xfb', 0, 'latin1')
  file.writeUInt32BE(2, 4)
  file.writeUInt32BE(16, 20)
  file.writeBigUInt64BE(BigInt(sizeMiB) * 1048576n, 24)
  file.writeUInt32BE(Math.max(1, Math.ceil(sizeMiB / 512)), 36)
  file.writeBigUInt64BE(3n * 65536n, 40)
  file.writeBigUInt64BE(65536n, 48)
  file.writeUInt32BE(1, 56)
  file.writeBigUInt64BE(2n * 65536n, 65536)
  for (let cluster = 0; cluster < 4; cluster++) file.writeUInt16BE(1, 2 * 65536 + cluster * 2)
  return file
}

export function createFakeDriver(options: DriverOptions): FakeDriver {
  return new FakeDriver(options.clock, options.fake)
}
