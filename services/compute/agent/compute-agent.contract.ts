/**
 * What a hypervisor host must do for compute. Every verb is idempotent: repeating it leaves the same state, and a
 * `spawn` that fails leaves nothing behind. The agent never sees a control database; it is told all it needs, and
 * answers what it observes. States are the hypervisor's own (`running`, `paused` …), never API statuses.
 */
import { Type, type Static } from '#core/schema/schema.ts'
import { defineAgentContract, verb } from '#core/agents/contract.ts'

const Uuid = Type.String({ minLength: 32, maxLength: 36 })
const Nothing = Type.Null()
const ServerRef = Type.Object({ serverId: Uuid })

/** One virtual NIC. The tap's name is `tap` + the first 11 characters of the port id, as OpenStack users know it. */
export const Nic = Type.Object({
  portId: Uuid,
  networkId: Uuid,
  macAddress: Type.String(),
  mtu: Type.Integer(),
  tapName: Type.String({ maxLength: 15 }),
  vifType: Type.String(),
})

export const DiskSource = Type.Union([
  Type.Object({ kind: Type.Literal('image'), imageId: Uuid, checksum: Type.Union([Type.String(), Type.Null()]), diskFormat: Type.String(), sizeBytes: Type.Integer() }),
  Type.Object({ kind: Type.Literal('blank'), fileSystem: Type.Optional(Type.String()), label: Type.Optional(Type.String()) }),
])

/** A local disk the agent makes. `vda` first; `bus` is `virtio`, `scsi`, `ide` … */
export const Disk = Type.Object({
  role: Type.Union([Type.Literal('root'), Type.Literal('ephemeral'), Type.Literal('swap'), Type.Literal('rescue')]),
  index: Type.Integer({ minimum: 0 }),
  /** 0 keeps the image's own virtual size. */
  sizeMiB: Type.Integer({ minimum: 0 }),
  bus: Type.String(),
  source: DiskSource,
  /** What it looks like to the guest; a disk when absent. */
  device: Type.Optional(Type.Union([Type.Literal('disk'), Type.Literal('cdrom')])),
  /** The guest boots from it, wherever it stands in the row. */
  bootFirst: Type.Optional(Type.Boolean()),
})

/** Kernel and ramdisk of an `ami` image, booted directly. */
export const DirectKernel = Type.Object({
  kernelImageId: Uuid,
  ramdiskImageId: Type.Union([Uuid, Type.Null()]),
  commandLine: Type.String(),
})

/** Everything a host needs to make a server. Text files of the config drive are given whole. */
export const ServerSpec = Type.Object({
  serverId: Uuid,
  /** `instance-0000000b`: the domain's name. */
  domainName: Type.String(),
  /** The user's name for it: a comment for people who look at the domain. */
  displayName: Type.String(),
  projectId: Type.String(),
  hostname: Type.String(),
  vcpus: Type.Integer({ minimum: 1 }),
  memoryMiB: Type.Integer({ minimum: 1 }),
  disks: Type.Array(Disk),
  directKernel: Type.Union([DirectKernel, Type.Null()]),
  nics: Type.Array(Nic),
  /** path → text (base64 for bytes); null makes no config drive. */
  configDrive: Type.Union([Type.Null(), Type.Array(Type.Object({ path: Type.String(), contentBase64: Type.String() }))]),
  /** Image properties and flavor extra specs that shape the domain (`hw_disk_bus`, `hw:cpu_policy` …). */
  properties: Type.Record(Type.String(), Type.String()),
  /** Written into the guest's SMBIOS; the guest tools read it. */
  smbiosUuid: Uuid,
})

/** What a server boots from while it is rescued. */
export const Rescue = Type.Object({
  /** Of role `rescue`, from an image. */
  disk: Disk,
  /**
   * False puts the rescue disk first and leaves only the server's root disk beside it, second; true keeps all the
   * server's disks where they are and adds the rescue disk as the last, to boot from.
   */
  stable: Type.Boolean(),
  directKernel: Type.Union([DirectKernel, Type.Null()]),
  /** With the password of the rescue; null makes none. */
  configDrive: ServerSpec.properties.configDrive,
})

export const PowerState = Type.Union([Type.Literal('running'), Type.Literal('paused'), Type.Literal('shutdown'),
  Type.Literal('crashed'), Type.Literal('suspended'), Type.Literal('absent')])

export const CacheOutcome = Type.Union([Type.Literal('cached'), Type.Literal('existing'), Type.Literal('unsupported')])

/** Capacity and capabilities, reported at start and with every heartbeat. */
export const HostReport = Type.Object({
  hypervisorType: Type.String(),
  hypervisorVersion: Type.Integer(),
  hypervisorHostname: Type.String(),
  hostIp: Type.String(),
  vcpus: Type.Integer(),
  memoryMiB: Type.Integer(),
  localDiskGiB: Type.Integer(),
  memoryUsedMiB: Type.Integer(),
  localDiskFreeGiB: Type.Integer(),
  cpuInfo: Type.Record(Type.String(), Type.Unknown()),
  /** `kvm` or `qemu`: measured, not assumed. */
  acceleration: Type.String(),
  supportedDiskBuses: Type.Array(Type.String()),
  /** Standard traits (`COMPUTE_NODE`, `HW_CPU_X86_SSE` …) this host offers. */
  traits: Type.Array(Type.String()),
  uptimeText: Type.String(),
  runningServers: Type.Integer(),
})

export const Console = Type.Object({
  type: Type.Union([Type.Literal('novnc'), Type.Literal('serial'), Type.Literal('spice-html5')]),
  host: Type.String(),
  port: Type.Integer(),
  /** Path of a unix socket where the console is one; then host and port are empty. */
  socketPath: Type.Optional(Type.String()),
  password: Type.Optional(Type.String()),
})

/** `name`: a path, or that of a device. `image`: how to fetch it again, where that is known. */
const LostPart = Type.Object({ serverId: Uuid, kind: Type.Union([Type.Literal('file'), Type.Literal('image'), Type.Literal('device')]), name: Type.String(), image: Type.Union([Type.Object({ imageId: Uuid, checksum: Type.Union([Type.String(), Type.Null()]), diskFormat: Type.String() }), Type.Null()]) })

export const computeAgentContract = defineAgentContract({
  name: 'compute',
  version: 1,
  verbs: {
    /** Image cache → disks → config drive → domain, started paused when `paused`. Existing and running is success. */
    spawn: verb(Type.Object({ spec: ServerSpec, paused: Type.Boolean() }), Type.Object({ powerState: PowerState }), 600_000),
    /** Ends the domain and removes all it had on this host. Absent is success. */
    destroy: verb(Type.Object({ serverId: Uuid, keepDisks: Type.Optional(Type.Boolean()) }), Nothing, 120_000),
    /** Remakes a missing domain from the spec over disks that exist (host reboot, a domain undefined by hand). */
    start: verb(Type.Object({ spec: ServerSpec }), Nothing, 120_000),
    /** Makes a missing domain known again, off, over disks that exist. One that is there stays as it is. */
    define: verb(Type.Object({ spec: ServerSpec }), Nothing),
    /** ACPI power button, again every 10 s; after `timeoutS` the plug is pulled. 0 pulls it at once. */
    stop: verb(Type.Object({ serverId: Uuid, timeoutS: Type.Integer({ minimum: 0 }) }), Nothing, 300_000),
    /** soft: asks the guest, falls back to hard. hard: remakes the domain from the spec. */
    reboot: verb(Type.Object({ spec: ServerSpec, type: Type.Union([Type.Literal('soft'), Type.Literal('hard')]), timeoutS: Type.Integer() }), Nothing, 300_000),
    pause: verb(ServerRef, Nothing),
    unpause: verb(ServerRef, Nothing),
    /** Memory to disk; the guest stops running. */
    suspend: verb(ServerRef, Nothing, 300_000),
    resume: verb(Type.Object({ spec: ServerSpec }), Nothing, 300_000),
    /** Observed state of one or of all servers of this host. */
    powerStates: verb(Type.Object({ serverIds: Type.Optional(Type.Array(Uuid)) }), Type.Array(Type.Object({ serverId: Uuid, powerState: PowerState }))),
    /** Last `lines` of the serial console (all when null). */
    consoleOutput: verb(Type.Object({ serverId: Uuid, lines: Type.Union([Type.Integer(), Type.Null()]) }), Type.Object({ text: Type.String() })),
    console: verb(Type.Object({ serverId: Uuid, type: Type.String() }), Console),
    /** Uploads the root disk, flattened, into an image that exists and is `queued`. */
    snapshot: verb(Type.Object({ serverId: Uuid, imageId: Uuid, diskFormat: Type.String() }), Type.Object({ sizeBytes: Type.Integer() }), 1_800_000),
    /** Ends the guest and boots it from the rescue image, its own disks beside. Powering it on later boots the same. */
    rescue: verb(Type.Object({ spec: ServerSpec, rescue: Rescue, timeoutS: Type.Integer({ minimum: 0 }) }), Nothing, 600_000),
    /** Boots the server from its own disks again. One that is not rescued is started. */
    unrescue: verb(Type.Object({ spec: ServerSpec }), Nothing, 300_000),
    /** Ends the guest, keeps what it was made of, and makes its disks as the new spec says. The guest stays off; `start` boots the new one. */
    resize: verb(Type.Object({ spec: ServerSpec, timeoutS: Type.Integer({ minimum: 0 }) }), Nothing, 900_000),
    /** Forgets what `resize` kept. */
    confirmResize: verb(ServerRef, Nothing),
    /** Ends the guest and puts back what `resize` kept; `spec` is the one before. The guest stays off. Nothing kept is success, and leaves the guest as it is. */
    revertResize: verb(Type.Object({ spec: ServerSpec }), Nothing, 300_000),
    attachNic: verb(Type.Object({ serverId: Uuid, nic: Nic }), Nothing),
    /** Live where the guest lets go, else from the next start. */
    detachNic: verb(Type.Object({ serverId: Uuid, nic: Nic }), Nothing, 120_000),
    /** Gives a running guest a NIC back whose device was taken from the host: pulled out, and plugged in again. Refuses with kind `HypervisorFault` where the guest does not let go. */
    replugNic: verb(Type.Object({ serverId: Uuid, nic: Nic }), Nothing, 120_000),
    /** Through the guest agent; refuses with kind `NoGuestAgent` where there is none. */
    setAdminPassword: verb(Type.Object({ serverId: Uuid, password: Type.String(), user: Type.String() }), Nothing),
    /** Raw figures for the diagnostics call, in the shape of the standard diagnostics of 2.48. */
    diagnostics: verb(ServerRef, Type.Record(Type.String(), Type.Unknown())),
    injectNmi: verb(ServerRef, Nothing),
    /** Fetches an image ahead of the servers that will boot from it. `unsupported` where guests do not run from files of the host. */
    cacheImage: verb(Type.Object({ imageId: Uuid, checksum: Type.Union([Type.String(), Type.Null()]), diskFormat: Type.String() }), Type.Object({ outcome: CacheOutcome }), 1_800_000),
    report: verb(Type.Object({}), HostReport),
    /** Files and domains on this host with no server in `known`; removed when `remove`. */
    orphans: verb(Type.Object({ known: Type.Array(Uuid), remove: Type.Boolean() }), Type.Array(Type.Object({ kind: Type.String(), id: Type.String(), path: Type.String() })), 120_000),
    /** What servers here stand on and what is missing: files, images under them, devices of running guests. */
    lostParts: verb(Type.Object({}), Type.Array(LostPart), 120_000),
  },
})

/** Cast by a host when a guest's power changes without a verb asking for it. `absent`: removed behind our back. */
export const powerStateTopic = 'compute.power-state'
export const PowerStateReport = Type.Object({ serverId: Uuid, powerState: PowerState, host: Type.String() })

/** Fanned out by a host when its agent starts, and again with every beat. */
export const heartbeatTopic = 'compute.heartbeat'
export const Heartbeat = Type.Object({ host: Type.String(), startedAt: Type.String(), report: HostReport })

export type HeartbeatType = Static<typeof Heartbeat>
export type NicSpec = Static<typeof Nic>
export type DiskSpec = Static<typeof Disk>
export type ServerSpecType = Static<typeof ServerSpec>
export type RescueType = Static<typeof Rescue>
export type PowerStateType = Static<typeof PowerState>
export type HostReportType = Static<typeof HostReport>
export type ConsoleType = Static<typeof Console>
export type LostPartType = Static<typeof LostPart>
