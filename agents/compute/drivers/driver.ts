/**
 * What a hypervisor must be able to do, and nothing more. A driver makes guests out of a plan (the server's spec and
 * the files the agent has laid out for it), changes their power, and says what it observes. It knows neither the bus
 * nor a database nor the other drivers. All verbs are idempotent; one that cannot be done throws an error of
 * `agents/compute/errors.ts`. A guest is known by its server's id everywhere.
 *
 *     const driver = await createDriver('fake', { host: 'host1', stateDir, log, clock })
 *     await driver.create({ spec, files: null }, { paused: false })
 *
 * `driver-conformance.ts` is the suite that every driver passes.
 */
import type { Clock } from '#core/time/clock.ts'
import type { Log } from '#core/log/log.ts'
import type { ConsoleType, DiskSpec, NicSpec, PowerStateType, ServerSpecType } from '#services/compute/agent/compute-agent.contract.ts'
import type { FakeOptions } from './fake/fake-driver.ts'
import type { LibvirtOptions } from './libvirt/libvirt-driver.ts'

/** What a driver offers, as data: the agent and the host report read it, nobody asks for a driver's name. */
export interface DriverCapabilities {
  /** Guests run from files on this host, which the agent makes: image cache, disks, config drive. */
  localFiles: boolean
  hotPlugNic: boolean
  liveSnapshot: boolean
  suspendToDisk: boolean
  nmi: boolean
  consoleTypes: ConsoleType['type'][]
  diskBuses: string[]
  traits: string[]
}

/** A disk the agent has made, ready to be given to a guest. */
export interface DiskFile { disk: DiskSpec; path: string; format: 'qcow2' | 'raw' }

/** Absolute paths of what belongs to a server on this host. */
export interface ServerFiles {
  folder: string
  disks: DiskFile[]
  configDrivePath: string | null
  kernelPath: string | null
  ramdiskPath: string | null
  consoleLogPath: string
}

/** `files` is null for a driver without `localFiles`. */
export interface GuestPlan { spec: ServerSpecType; files: ServerFiles | null }

export interface Guest { serverId: string; name: string; powerState: PowerStateType }

/** What the hypervisor says about the host. Sizes in MiB and GiB. */
export interface HostFacts {
  hypervisorType: string
  hypervisorVersion: number
  acceleration: string
  vcpus: number
  memoryMiB: number
  memoryUsedMiB: number
  localDiskGiB: number
  localDiskFreeGiB: number
  cpuInfo: Record<string, unknown>
  uptimeText: string
}

export interface PowerChange { serverId: string; powerState: PowerStateType }

export interface ComputeDriver {
  readonly name: string
  readonly capabilities: DriverCapabilities

  /** Makes the guest and starts it, paused when asked. A guest that exists and runs is success. */
  create(plan: GuestPlan, options: { paused: boolean }): Promise<void>
  /** Makes a missing guest known, without starting it. One that is there stays as it is. */
  define(plan: GuestPlan): Promise<void>
  /** Ends the guest and forgets it, with saved memory; never touches the files of the plan. Absent is success. */
  destroy(serverId: string): Promise<void>
  /** Starts a guest that is off, restoring saved memory; makes it again when missing. `fresh` makes it again from the plan in any case, like pulling the plug and rebuilding the machine. */
  powerOn(plan: GuestPlan, options?: { fresh?: boolean }): Promise<void>
  /** Asks the guest to end itself; answers at once. */
  pressPowerButton(serverId: string): Promise<void>
  /** Pulls the plug. */
  powerOff(serverId: string): Promise<void>
  pause(serverId: string): Promise<void>
  unpause(serverId: string): Promise<void>
  /** Memory to disk; the guest stops running. */
  suspend(serverId: string): Promise<void>

  /** `absent` when there is no such guest. */
  powerState(serverId: string): Promise<PowerStateType>
  guests(): Promise<Guest[]>
  /** Hears every change of power from now on, whoever caused it. */
  onPowerChange(listener: (change: PowerChange) => void): () => void

  /** All of the serial console kept so far. */
  consoleOutput(serverId: string, files: ServerFiles | null): Promise<string>
  console(serverId: string, type: string): Promise<ConsoleType>
  /** Writes the root disk, flattened and consistent, to `toPath` in `diskFormat` (raw or qcow2). */
  snapshot(serverId: string, files: ServerFiles | null, toPath: string, diskFormat: string): Promise<void>
  attachNic(serverId: string, nic: NicSpec): Promise<void>
  detachNic(serverId: string, nic: NicSpec): Promise<void>
  /** Pulls a running guest's NIC out and plugs it in again, with a new device on the host. Throws when the guest keeps it. */
  replugNic(serverId: string, nic: NicSpec): Promise<void>
  setAdminPassword(serverId: string, user: string, password: string): Promise<void>
  /** The shape of compute's standard diagnostics (API 2.48). */
  diagnostics(serverId: string): Promise<Record<string, unknown>>
  injectNmi(serverId: string): Promise<void>
  facts(): Promise<HostFacts>
  /** Lets go of the hypervisor. Guests go on. */
  close(): Promise<void>
}

export interface DriverOptions {
  /** The compute host's name. */
  host: string
  /** Where the driver keeps what must survive a restart. */
  stateDir: string
  log: Log
  clock: Clock
  fake?: FakeOptions
  libvirt?: LibvirtOptions
}

/** The map of drivers. Each is loaded only when chosen. */
const drivers = {
  fake: async (options: DriverOptions): Promise<ComputeDriver> => (await import('./fake/fake-driver.ts')).createFakeDriver(options),
  libvirt: async (options: DriverOptions): Promise<ComputeDriver> => (await import('./libvirt/libvirt-driver.ts')).createLibvirtDriver(options),
}

export type DriverName = keyof typeof drivers

/** Opens a driver by name. Throws when the host cannot run it, saying what is missing. */
export async function createDriver(name: DriverName, options: DriverOptions): Promise<ComputeDriver> {
  return await drivers[name](options)
}
