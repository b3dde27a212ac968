/**
 * libvirt's procedures that the driver uses, as functions. Numbers and shapes are those of libvirt's
 * `remote_protocol.x`; flags those of its public headers.
 */
import { LibvirtError, type LibvirtConnection } from './libvirt-connection.ts'
import { XdrWriter, type XdrReader } from './xdr.ts'

/** A domain as the wire names it. `id` is -1 when it does not run. */
export interface Domain { name: string; uuid: string; id: number }

export const domainState = { running: 1, blocked: 2, paused: 3, shuttingDown: 4, shutOff: 5, crashed: 6, pmSuspended: 7 } as const
export const shutOffReason = { crashed: 3 } as const
export const errorCode = { noDomain: 42, operationInvalid: 55, argumentUnsupported: 74, operationUnsupported: 84, agentUnresponsive: 86, deviceMissing: 99 } as const
/** Where a device change takes effect. */
export const affect = { live: 1, config: 2 } as const

const procedure = {
  open: 1, getVersion: 4, getXml: 14, lookupByUuid: 24, resume: 28, suspend: 34, attachDevice: 160, detachDevice: 161, managedSave: 182,
  hasManagedSave: 183, createWithFlags: 196, injectNmi: 210, getState: 212, undefine: 231, destroy: 234, blockJobAbort: 237,
  shutdown: 258, listAll: 273, registerEvent: 316, fsFreeze: 335, fsThaw: 336, allStats: 344, blockCopy: 345, define: 350, setUserPassword: 357,
} as const

export const lifecycleEvent = 318

const LIST_MANAGED_SAVE = 1 << 8

export async function openSystem(connection: LibvirtConnection): Promise<void> {
  await connection.call(procedure.open, new XdrWriter().optionalString('qemu:///system').int(0))
}

/** `major * 1000000 + minor * 1000 + micro` of the emulator. The first call after an install probes it, which takes seconds. */
export async function hypervisorVersion(connection: LibvirtConnection): Promise<number> {
  return Number((await connection.call(procedure.getVersion, undefined, 180_000)).hyper())
}

export async function listenToLifecycle(connection: LibvirtConnection): Promise<void> {
  await connection.call(procedure.registerEvent, new XdrWriter().int(0).int(0))
}

/** The domain a lifecycle event is about. */
export function readLifecycleEvent(body: XdrReader): Domain {
  body.int()
  return readDomain(body)
}

/** The domain, or undefined when there is none. */
export async function findDomain(connection: LibvirtConnection, uuid: string): Promise<Domain | undefined> {
  try {
    return readDomain(await connection.call(procedure.lookupByUuid, new XdrWriter().opaque(uuidBytes(uuid))))
  } catch (error) {
    if (error instanceof LibvirtError && error.code === errorCode.noDomain) return undefined
    throw error
  }
}

export async function listDomains(connection: LibvirtConnection, which: 'all' | 'managed-save' = 'all'): Promise<Domain[]> {
  const reply = await connection.call(procedure.listAll, new XdrWriter().int(1).int(which === 'all' ? 0 : LIST_MANAGED_SAVE))
  return reply.list(readDomain)
}

export async function defineDomain(connection: LibvirtConnection, xml: string): Promise<Domain> {
  return readDomain(await connection.call(procedure.define, new XdrWriter().string(xml).int(0), 180_000))
}

export async function startDomain(connection: LibvirtConnection, domain: Domain, options: { paused: boolean }): Promise<void> {
  await connection.call(procedure.createWithFlags, onDomain(domain).int(options.paused ? 1 : 0), 300_000)
}

/** Pulls the plug; the emulator's own log goes with it when `removeLogs`. */
export async function destroyDomain(connection: LibvirtConnection, domain: Domain, options: { removeLogs: boolean }): Promise<void> {
  await connection.call(procedure.destroy, onDomain(domain).int(options.removeLogs ? 2 : 0), 90_000)
}

/** Forgets the definition with saved memory, snapshot and checkpoint records and firmware variables. */
export async function undefineDomain(connection: LibvirtConnection, domain: Domain): Promise<void> {
  await connection.call(procedure.undefine, onDomain(domain).int(1 | 2 | 4 | 16))
}

export async function domainStateOf(connection: LibvirtConnection, domain: Domain): Promise<{ state: number; reason: number }> {
  const reply = await connection.call(procedure.getState, onDomain(domain).int(0))
  return { state: reply.int(), reason: reply.int() }
}

export async function hasManagedSave(connection: LibvirtConnection, domain: Domain): Promise<boolean> {
  return (await connection.call(procedure.hasManagedSave, onDomain(domain).int(0))).int() === 1
}

/** Memory to disk; what was paused wakes running. */
export async function managedSave(connection: LibvirtConnection, domain: Domain): Promise<void> {
  await connection.call(procedure.managedSave, onDomain(domain).int(2), 600_000)
}

export async function suspendDomain(connection: LibvirtConnection, domain: Domain): Promise<void> {
  await connection.call(procedure.suspend, onDomain(domain))
}

export async function resumeDomain(connection: LibvirtConnection, domain: Domain): Promise<void> {
  await connection.call(procedure.resume, onDomain(domain))
}

/** The ACPI power button. */
export async function pressPower(connection: LibvirtConnection, domain: Domain): Promise<void> {
  await connection.call(procedure.shutdown, onDomain(domain).int(1))
}

export async function injectNmi(connection: LibvirtConnection, domain: Domain): Promise<void> {
  await connection.call(procedure.injectNmi, onDomain(domain).int(0))
}

/** The domain as it runs, or as it is defined when `inactive`. */
export async function domainXmlOf(connection: LibvirtConnection, domain: Domain, options: { inactive?: boolean } = {}): Promise<string> {
  return (await connection.call(procedure.getXml, onDomain(domain).int(options.inactive === true ? 2 : 0))).string()
}

export async function attachDevice(connection: LibvirtConnection, domain: Domain, xml: string, where: number): Promise<void> {
  await connection.call(procedure.attachDevice, onDomain(domain).string(xml).int(where))
}

export async function detachDevice(connection: LibvirtConnection, domain: Domain, xml: string, where: number): Promise<void> {
  await connection.call(procedure.detachDevice, onDomain(domain).string(xml).int(where))
}

export async function setUserPassword(connection: LibvirtConnection, domain: Domain, user: string, password: string): Promise<void> {
  await connection.call(procedure.setUserPassword, onDomain(domain).optionalString(user).optionalString(password).int(0))
}

/** Freezes or thaws all file systems through the guest agent. */
export async function freezeFileSystems(connection: LibvirtConnection, domain: Domain, frozen: boolean): Promise<void> {
  await connection.call(frozen ? procedure.fsFreeze : procedure.fsThaw, onDomain(domain).int(0).int(0))
}

/** Starts mirroring a disk into a file that exists; the job does not survive the guest. */
export async function startBlockCopy(connection: LibvirtConnection, domain: Domain, disk: string, destinationXml: string): Promise<void> {
  const REUSE_FILE = 2
  const TRANSIENT_JOB = 4
  await connection.call(procedure.blockCopy, onDomain(domain).string(disk).string(destinationXml).int(0).int(REUSE_FILE | TRANSIENT_JOB), 120_000)
}

/** Ends a mirror; a ready one leaves a copy of this instant. */
export async function endBlockCopy(connection: LibvirtConnection, domain: Domain, disk: string): Promise<void> {
  await connection.call(procedure.blockJobAbort, onDomain(domain).string(disk).int(0), 120_000)
}

export type DomainStats = Record<string, number | string>

/** Raw figures, of one domain or of all, by name such as `net.0.rx.bytes`. */
export async function domainStats(connection: LibvirtConnection, domains: Domain[], groups: number): Promise<{ domain: Domain; stats: DomainStats }[]> {
  const args = new XdrWriter().int(domains.length)
  for (const domain of domains) writeDomain(args, domain)
  const reply = await connection.call(procedure.allStats, args.int(groups).int(0))
  return reply.list((reader) => ({ domain: readDomain(reader), stats: Object.fromEntries(reader.list(readTypedParam)) }))
}

function readTypedParam(reader: XdrReader): [string, number | string] {
  const field = reader.string()
  const type = reader.int()
  switch (type) {
    case 1: case 6: return [field, reader.int()]
    case 2: return [field, reader.unsigned()]
    case 3: return [field, Number(reader.hyper())]
    case 4: return [field, Number(BigInt.asUintN(64, reader.hyper()))]
    case 5: return [field, reader.double()]
    default: return [field, reader.string()]
  }
}

function readDomain(reader: XdrReader): Domain {
  return { name: reader.string(), uuid: uuidText(reader.opaque(16)), id: reader.int() }
}

function writeDomain(writer: XdrWriter, domain: Domain): XdrWriter {
  return writer.string(domain.name).opaque(uuidBytes(domain.uuid)).int(domain.id)
}

function onDomain(domain: Domain): XdrWriter { return writeDomain(new XdrWriter(), domain) }

function uuidBytes(uuid: string): Buffer { return Buffer.from(uuid.replaceAll('-', ''), 'hex') }

function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
