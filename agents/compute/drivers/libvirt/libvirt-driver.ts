/**
 * Guests by libvirt: QEMU under a libvirtd of our own (libvirt-daemon.ts), spoken to over its socket
 * (libvirt-connection.ts). A server's id is its domain's UUID, so nothing has to be remembered beside libvirt.
 */
import { join } from 'node:path'
import { readTextFile, removePath } from '#core/host/files.ts'
import type { Log } from '#core/log/log.ts'
import type { ConsoleType, NicSpec, PowerStateType } from '#services/compute/agent/compute-agent.contract.ts'
import { ConsoleTypeUnavailable, HypervisorFault, NoGuestAgent, ServerNotFound, WrongPowerState } from '../../errors.ts'
import type { ComputeDriver, DriverCapabilities, DriverOptions, Guest, GuestPlan, HostFacts, PowerChange, ServerFiles } from '../driver.ts'
import { measureAcceleration, type Acceleration } from './acceleration.ts'
import { bandwidthOf } from './domain-limits.ts'
import { domainXml, hasNic, nicModel, nicXml, vncSocketPath } from './domain-xml.ts'
import * as calls from './libvirt-calls.ts'
import { LibvirtError, type LibvirtConnection } from './libvirt-connection.ts'
import { checkLibvirtHost, libvirtPaths, type LibvirtPaths } from './libvirt-daemon.ts'
import { diagnosticsGroups, emulatorUptimeS, standardDiagnostics } from './libvirt-diagnostics.ts'
import { hostFacts, hostTraits } from './libvirt-facts.ts'
import { LibvirtSession } from './libvirt-session.ts'
import { assertSnapshotFormat, snapshotLive, snapshotOffline } from './libvirt-snapshot.ts'

export interface LibvirtOptions {
  /** Network namespace of the host, where several hosts share a machine. */
  netns?: string
  qemuUser?: 'libvirt-qemu' | 'root'
  /** Skips the measurement. */
  acceleration?: Acceleration
  /** How long a guest gets to let go of a device. Default 60 s. */
  detachWithinMs?: number
}

interface Found { connection: LibvirtConnection; domain: calls.Domain; powerState: PowerStateType }

export class LibvirtDriver implements ComputeDriver {
  readonly name = 'libvirt'
  #capabilities: DriverCapabilities | undefined
  readonly #options: DriverOptions
  readonly #paths: LibvirtPaths
  readonly #log: Log
  readonly #session: LibvirtSession
  readonly #listeners = new Set<(change: PowerChange) => void>()
  /** What listeners were last told, to tell only changes. */
  readonly #told = new Map<string, PowerStateType>()
  /** Servers being looked at; true when something happened since. */
  readonly #observing = new Map<string, boolean>()
  #version = 0
  #acceleration: Acceleration = 'qemu'

  constructor(options: DriverOptions) {
    this.#options = options
    this.#log = options.log.child({ driver: 'libvirt' })
    this.#paths = libvirtPaths(options.stateDir)
    this.#session = new LibvirtSession({
      daemon: { stateDir: options.stateDir, netns: options.libvirt?.netns, qemuUser: options.libvirt?.qemuUser, log: this.#log },
      clock: options.clock, log: this.#log,
      onLifecycle: (domain) => { void this.#observe(domain.uuid) },
      onReturn: () => { void this.#compare() },
    })
  }

  get capabilities(): DriverCapabilities {
    if (this.#capabilities === undefined) throw new HypervisorFault('the libvirt driver is not open yet')
    return this.#capabilities
  }

  async open(): Promise<void> {
    await checkLibvirtHost()
    this.#version = await calls.hypervisorVersion(await this.#session.connection())
    this.#acceleration = this.#options.libvirt?.acceleration ?? await measureAcceleration(this.#options.stateDir, this.#version, this.#log)
    this.#capabilities = {
      localFiles: true, hotPlugNic: true, liveSnapshot: true, suspendToDisk: true, nmi: true, consoleTypes: ['novnc', 'serial'],
      diskBuses: ['virtio', 'scsi', 'ide', 'sata', 'usb'], traits: await hostTraits(this.#acceleration),
    }
    for (const guest of await this.guests()) this.#told.set(guest.serverId, guest.powerState)
  }

  async create(plan: GuestPlan, options: { paused: boolean }): Promise<void> {
    const connection = await this.#session.connectionForStart()
    const existing = await this.#find(plan.spec.serverId)
    if (existing !== undefined && isActive(existing.powerState)) return
    await this.#defineAndStart(connection, plan, options.paused)
  }

  async define(plan: GuestPlan): Promise<void> {
    const connection = await this.#session.connectionForStart()
    if (await this.#find(plan.spec.serverId) === undefined) await this.#define(connection, plan)
  }

  async destroy(serverId: string): Promise<void> {
    const found = await this.#find(serverId)
    if (found === undefined) return
    const { connection, domain, powerState } = found
    if (isActive(powerState)) await tolerate([calls.errorCode.operationInvalid, calls.errorCode.noDomain], () => calls.destroyDomain(connection, domain, { removeLogs: true }))
    await tolerate([calls.errorCode.noDomain], () => calls.undefineDomain(connection, domain))
    await removePath(join(this.#paths.state, 'log/qemu', `${domain.name}.log`))
    await removePath(this.#serialSocket(serverId))
  }

  async powerOn(plan: GuestPlan, options: { fresh?: boolean } = {}): Promise<void> {
    const connection = await this.#session.connectionForStart()
    const { serverId } = plan.spec
    if (options.fresh === true) await this.destroy(serverId)
    const existing = await this.#find(serverId)
    if (existing === undefined || existing.powerState === 'shutdown' || existing.powerState === 'crashed') await this.#defineAndStart(connection, plan, false)
    else if (existing.powerState === 'suspended') await guarded(() => calls.startDomain(connection, existing.domain, { paused: false }), 'the guest could not be woken')
  }

  async pressPowerButton(serverId: string): Promise<void> {
    const { connection, domain, powerState } = await this.#get(serverId)
    if (powerState === 'running') await tolerate([calls.errorCode.operationInvalid], () => calls.pressPower(connection, domain))
  }

  async powerOff(serverId: string): Promise<void> {
    const { connection, domain, powerState } = await this.#get(serverId)
    if (isActive(powerState)) await tolerate([calls.errorCode.operationInvalid], () => calls.destroyDomain(connection, domain, { removeLogs: false }))
  }

  async pause(serverId: string): Promise<void> {
    const { connection, domain, powerState } = await this.#get(serverId)
    if (powerState === 'paused') return
    assertState(powerState, ['running'], 'pausing')
    await guarded(() => calls.suspendDomain(connection, domain), 'the guest could not be paused')
  }

  async unpause(serverId: string): Promise<void> {
    const { connection, domain, powerState } = await this.#get(serverId)
    if (powerState === 'running') return
    assertState(powerState, ['paused'], 'unpausing')
    await guarded(() => calls.resumeDomain(connection, domain), 'the guest could not be unpaused')
  }

  async suspend(serverId: string): Promise<void> {
    const { connection, domain, powerState } = await this.#get(serverId)
    if (powerState === 'suspended') return
    assertState(powerState, ['running', 'paused'], 'suspending')
    await guarded(() => calls.managedSave(connection, domain), 'the guest\'s memory could not be saved; the disk may be full')
  }

  async powerState(serverId: string): Promise<PowerStateType> {
    return (await this.#find(serverId))?.powerState ?? 'absent'
  }

  async guests(): Promise<Guest[]> {
    const connection = await this.#session.connection()
    const saved = new Set((await calls.listDomains(connection, 'managed-save')).map((domain) => domain.uuid))
    const STATE = 1
    return (await calls.domainStats(connection, [], STATE)).map(({ domain, stats }) => ({
      serverId: domain.uuid, name: domain.name,
      powerState: powerStateOf(Number(stats['state.state']), Number(stats['state.reason']), saved.has(domain.uuid)),
    }))
  }

  onPowerChange(listener: (change: PowerChange) => void): () => void {
    this.#listeners.add(listener)
    return () => { this.#listeners.delete(listener) }
  }

  async consoleOutput(serverId: string, files: ServerFiles | null): Promise<string> {
    await this.#get(serverId)
    const path = files?.consoleLogPath ?? ''
    return `${await readTextFile(`${path}.0`) ?? ''}${await readTextFile(path) ?? ''}`
  }

  async console(serverId: string, type: string): Promise<ConsoleType> {
    if (type !== 'novnc' && type !== 'serial') throw new ConsoleTypeUnavailable(`this hypervisor has no ${type} console; it has novnc and serial`)
    const { connection, domain, powerState } = await this.#get(serverId)
    assertState(powerState, ['running', 'paused'], 'a console')
    if (type === 'serial') return { type, host: '', port: 0, socketPath: this.#serialSocket(serverId) }
    const socket = vncSocketPath(await calls.domainXmlOf(connection, domain))
    if (socket === undefined) throw new HypervisorFault('the guest has no VNC socket; a hard reboot makes one')
    return { type, host: '', port: 0, socketPath: socket.replace('/var/lib/libvirt/qemu', this.#paths.domains) }
  }

  async snapshot(serverId: string, files: ServerFiles | null, toPath: string, diskFormat: string): Promise<void> {
    assertSnapshotFormat(diskFormat)
    const { connection, domain, powerState } = await this.#get(serverId)
    if (files === null) throw new HypervisorFault('the files of the server are unknown')
    if (isActive(powerState)) await guarded(() => snapshotLive({ connection, domain, files, toPath, diskFormat, log: this.#log }), 'the running guest\'s disk could not be copied')
    else await snapshotOffline(files, toPath, diskFormat)
  }

  async attachNic(serverId: string, nic: NicSpec): Promise<void> {
    const { connection, domain, powerState } = await this.#get(serverId)
    const defined = await calls.domainXmlOf(connection, domain, { inactive: true })
    const xml = nicXml(nic, nicModel(defined), bandwidthOf(defined))
    if (isActive(powerState) && !hasNic(await calls.domainXmlOf(connection, domain), nic)) await guarded(() => calls.attachDevice(connection, domain, xml, calls.affect.live), 'the NIC could not be plugged in')
    if (!hasNic(defined, nic)) await guarded(() => calls.attachDevice(connection, domain, xml, calls.affect.config), 'the NIC could not be added')
  }

  async detachNic(serverId: string, nic: NicSpec): Promise<void> {
    const { connection, domain, powerState } = await this.#get(serverId)
    const xml = nicXml(nic)
    if (hasNic(await calls.domainXmlOf(connection, domain, { inactive: true }), nic)) await guarded(() => calls.detachDevice(connection, domain, xml, calls.affect.config), 'the NIC could not be removed')
    if (isActive(powerState)) await this.#unplug(connection, domain, nic)
  }

  async replugNic(serverId: string, nic: NicSpec): Promise<void> {
    const { connection, domain, powerState } = await this.#get(serverId)
    assertState(powerState, ['running'], 'plugging a NIC in again')
    const before = await calls.domainXmlOf(connection, domain)
    await this.#unplug(connection, domain, nic)
    if (hasNic(await calls.domainXmlOf(connection, domain), nic)) throw new HypervisorFault('the guest does not let go of the NIC; a hard reboot plugs it in again')
    await guarded(() => calls.attachDevice(connection, domain, nicXml(nic, nicModel(before), bandwidthOf(before)), calls.affect.live), 'the NIC could not be plugged in')
  }

  async setAdminPassword(serverId: string, user: string, password: string): Promise<void> {
    const { connection, domain, powerState } = await this.#get(serverId)
    assertState(powerState, ['running'], 'setting a password')
    try {
      await calls.setUserPassword(connection, domain, user, password)
    } catch (error) {
      const without: number[] = [calls.errorCode.agentUnresponsive, calls.errorCode.argumentUnsupported, calls.errorCode.operationUnsupported]
      if (error instanceof LibvirtError && without.includes(error.code)) throw new NoGuestAgent('no guest agent answers; use an image with hw_qemu_guest_agent=yes and the agent installed', { cause: error })
      throw asFault(error, 'the password could not be set')
    }
  }

  async diagnostics(serverId: string): Promise<Record<string, unknown>> {
    const { connection, domain, powerState } = await this.#get(serverId)
    const [figures] = await calls.domainStats(connection, [domain], diagnosticsGroups)
    const xml = await calls.domainXmlOf(connection, domain)
    const uptimeS = await emulatorUptimeS(this.#paths.run, domain.name, this.#options.clock.now())
    return standardDiagnostics({ stats: figures?.stats ?? {}, xml, powerState, hasConfigDrive: xml.includes('/disk.config'), uptimeS })
  }

  async injectNmi(serverId: string): Promise<void> {
    const { connection, domain, powerState } = await this.#get(serverId)
    assertState(powerState, ['running', 'paused'], 'an NMI')
    await guarded(() => calls.injectNmi(connection, domain), 'the NMI could not be sent')
  }

  async facts(): Promise<HostFacts> {
    return await hostFacts(this.#options.stateDir, { version: this.#version, acceleration: this.#acceleration })
  }

  async close(): Promise<void> { this.#session.close() }

  async #define(connection: LibvirtConnection, plan: GuestPlan): Promise<calls.Domain> {
    const xml = domainXml(plan, { acceleration: this.#acceleration, serialSocketPath: this.#serialSocket(plan.spec.serverId) })
    return await guarded(() => calls.defineDomain(connection, xml), 'the hypervisor refused the description of the guest')
  }

  async #defineAndStart(connection: LibvirtConnection, plan: GuestPlan, paused: boolean): Promise<void> {
    const domain = await this.#define(connection, plan)
    await guarded(() => calls.startDomain(connection, domain, { paused }), 'the guest could not be started')
  }

  /** Asks the guest to let go, again every few seconds since one that boots does not listen. */
  async #unplug(connection: LibvirtConnection, domain: calls.Domain, nic: NicSpec): Promise<void> {
    const end = Date.now() + (this.#options.libvirt?.detachWithinMs ?? 60_000)
    let askAgainAt = 0
    while (hasNic(await calls.domainXmlOf(connection, domain), nic)) {
      if (Date.now() > end) {
        this.#log.warn({ resourceId: domain.uuid, portId: nic.portId }, 'the guest keeps the NIC; it is gone after the next start')
        return
      }
      if (Date.now() >= askAgainAt) {
        await tolerate([calls.errorCode.deviceMissing, calls.errorCode.operationInvalid], () => guardedUnplug(connection, domain, nic))
        askAgainAt = Date.now() + 5000
      } else {
        await new Promise((resolve) => { setTimeout(resolve, 100) })
      }
    }
  }

  async #find(serverId: string): Promise<Found | undefined> {
    const connection = await this.#session.connection()
    const domain = await calls.findDomain(connection, serverId)
    if (domain === undefined) return undefined
    try {
      const { state, reason } = await calls.domainStateOf(connection, domain)
      const saved = state === calls.domainState.shutOff && await calls.hasManagedSave(connection, domain)
      return { connection, domain, powerState: powerStateOf(state, reason, saved) }
    } catch (error) {
      if (error instanceof LibvirtError && error.code === calls.errorCode.noDomain) return undefined
      throw error
    }
  }

  async #get(serverId: string): Promise<Found> {
    const found = await this.#find(serverId)
    if (found === undefined) throw new ServerNotFound(`no guest of server ${serverId} on this host; it may have been removed by hand`)
    return found
  }

  #serialSocket(serverId: string): string { return join(this.#paths.serialSockets, `${serverId}.sock`) }

  /** An event says only that something happened; the state is looked up, one look at a time so that the last one counts. */
  async #observe(serverId: string): Promise<void> {
    const underWay = this.#observing.has(serverId)
    this.#observing.set(serverId, underWay)
    if (underWay) return
    try {
      do {
        this.#observing.set(serverId, false)
        this.#tell(serverId, await this.powerState(serverId))
      } while (this.#observing.get(serverId) === true)
    } catch (error) {
      this.#log.debug({ err: error, resourceId: serverId }, 'a change could not be looked up; the next comparison finds it')
    } finally {
      this.#observing.delete(serverId)
    }
  }

  #tell(serverId: string, powerState: PowerStateType): void {
    if ((this.#told.get(serverId) ?? 'absent') === powerState) return
    if (powerState === 'absent') this.#told.delete(serverId)
    else this.#told.set(serverId, powerState)
    for (const listener of this.#listeners) listener({ serverId, powerState })
  }

  /** After a silence: everything known and everything there is looked at. */
  async #compare(): Promise<void> {
    const there = await this.guests().catch(() => [])
    for (const serverId of new Set([...this.#told.keys(), ...there.map((guest) => guest.serverId)])) await this.#observe(serverId)
  }
}

function powerStateOf(state: number, reason: number, saved: boolean): PowerStateType {
  switch (state) {
    case calls.domainState.paused: case calls.domainState.pmSuspended: return 'paused'
    case calls.domainState.crashed: return 'crashed'
    case calls.domainState.shutOff: return saved ? 'suspended' : reason === calls.shutOffReason.crashed ? 'crashed' : 'shutdown'
    default: return 'running'
  }
}

function isActive(powerState: PowerStateType): boolean { return powerState === 'running' || powerState === 'paused' }

function assertState(found: PowerStateType, wanted: PowerStateType[], what: string): void {
  if (!wanted.includes(found)) throw new WrongPowerState(`the guest is ${found}; ${what} needs it ${wanted.join(' or ')}`)
}

function guardedUnplug(connection: LibvirtConnection, domain: calls.Domain, nic: NicSpec): Promise<void> {
  return calls.detachDevice(connection, domain, nicXml(nic), calls.affect.live)
}

function asFault(error: unknown, what: string): HypervisorFault {
  return new HypervisorFault(`${what}: ${(error as Error).message}`, { cause: error })
}

async function guarded<T>(work: () => Promise<T>, what: string): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof LibvirtError ? asFault(error, what) : error
  }
}

/** Runs `work`, taking some of libvirt's refusals for success. */
async function tolerate(codes: readonly number[], work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof LibvirtError)) throw error
    if (!codes.includes(error.code)) throw asFault(error, 'the hypervisor refused')
  }
}

export async function createLibvirtDriver(options: DriverOptions): Promise<LibvirtDriver> {
  const driver = new LibvirtDriver(options)
  try {
    await driver.open()
    return driver
  } catch (error) {
    await driver.close()
    throw error
  }
}
