/**
 * The compute agent: what turns a hypervisor host into a place where servers run. It serves the compute agent
 * contract on the bus, one verb at a time per server, over whichever driver it is given; it tells the control plane
 * when a guest's power changes by itself, and gives a sign of life with the host's capacity.
 *
 *     bus ──► verbs ──► spawn · power · snapshot ──► driver ──► guests
 *                            └► image cache, disks, config drive (for drivers that run from files)
 *
 * Stopping the agent leaves every guest running; a started agent finds them again.
 */
import { hostname } from 'node:os'
import { serveAgent, type VerbsOf } from '#core/agents/contract.ts'
import type { Bus, Stop } from '#core/bus/bus.ts'
import type { Log } from '#core/log/log.ts'
import { nowIso, systemClock, type Clock } from '#core/time/clock.ts'
import { computeAgentContract, heartbeatTopic, powerStateTopic, type PowerStateType, type ServerSpecType } from '#services/compute/agent/compute-agent.contract.ts'
import { ImageCache } from './disks/image-cache.ts'
import type { ComputeDriver, PowerChange } from './drivers/driver.ts'
import { hostReport, type HostIdentity } from './host-report.ts'
import { pruneImages } from './image-pruning.ts'
import type { ImageTransfer } from './images.ts'
import { findLostParts } from './lost-parts.ts'
import { findOrphans } from './orphans.ts'
import { PowerWatch } from './power-watch.ts'
import { rebootServer, stopServer } from './power-server.ts'
import { currentPlan, rescueServer, unrescueServer } from './rescue-server.ts'
import { confirmResize, resizeServer, revertResize } from './resize-server.ts'
import { ServerFolders } from './server-folder.ts'
import { ServerQueue } from './server-queue.ts'
import { snapshotServer } from './snapshot-server.ts'
import { spawnServer } from './spawn-server.ts'

export interface ComputeAgentOptions {
  bus: Bus
  /** The compute host's name: the bus topic, and `OS-EXT-SRV-ATTR:host`. */
  host: string
  driver: ComputeDriver
  /** Server folders and the image cache live here. */
  stateDir: string
  images: ImageTransfer
  log: Log
  clock?: Clock
  /** Default: `host`. */
  hypervisorHostname?: string
  /** Address others reach this host under. Default 127.0.0.1. */
  hostIp?: string
  /** Default 10 s; 0 beats only once. */
  heartbeatMs?: number
}

export interface ComputeAgent {
  /** Answers no more verbs, finishes those under way, leaves the guests running. The driver stays its owner's to close. */
  stop(): Promise<void>
}

/** All parts of a running agent. */
interface Parts {
  bus: Bus
  driver: ComputeDriver
  folders: ServerFolders
  cache: ImageCache
  queue: ServerQueue
  watch: PowerWatch
  images: ImageTransfer
  stateDir: string
  log: Log
  clock: Clock
  identity: HostIdentity
}

type Verbs = VerbsOf<typeof computeAgentContract>

export async function startComputeAgent(options: ComputeAgentOptions): Promise<ComputeAgent> {
  const { bus, host, driver, stateDir, images } = options
  const clock = options.clock ?? systemClock
  const log = options.log.child({ agent: 'compute', host })
  const tell = (change: PowerChange): void => {
    log.info({ resourceId: change.serverId, powerState: change.powerState }, 'power changed by itself')
    bus.cast(powerStateTopic, { ...change, host }).catch((error: unknown) => { log.warn({ err: error }, 'a power change was not told; the next comparison finds it') })
  }
  const queue = new ServerQueue()
  const parts: Parts = {
    bus, driver, images, stateDir, log, clock,
    folders: new ServerFolders(stateDir), cache: new ImageCache(stateDir, images, log), queue,
    watch: new PowerWatch({ driver, queue, clock, report: tell }),
    identity: { host, hypervisorHostname: options.hypervisorHostname ?? host ?? hostname(), hostIp: options.hostIp ?? '127.0.0.1' },
  }
  for (const guest of await driver.guests()) parts.watch.learn(guest.serverId, guest.powerState)
  const stopServing = await serveAgent(bus, computeAgentContract, host, verbsOf(parts))
  const stopBeating = beat(parts, options.heartbeatMs ?? 10_000)
  return { stop: () => stopAgent(parts, [stopBeating, stopServing]) }
}

async function stopAgent(parts: Parts, stops: Stop[]): Promise<void> {
  for (const stop of stops) await stop()
  await parts.queue.idle()
  parts.watch.stop()
}

/** A sign of life now and with every beat. A beat that fails is logged; the silence says the rest. */
function beat(parts: Parts, everyMs: number): Stop {
  const startedAt = nowIso(parts.clock)
  let cancel = (): void => {}
  let stopped = false
  const once = async (): Promise<void> => {
    try {
      await parts.bus.fanout(heartbeatTopic, { host: parts.identity.host, startedAt, report: await hostReport(parts.driver, parts.identity) })
    } catch (error) {
      parts.log.warn({ err: error }, 'no sign of life could be given')
    }
    if (!stopped && everyMs > 0) cancel = parts.clock.after(everyMs, () => { running = once() })
  }
  let running = once()
  return async () => { stopped = true; cancel(); await running; cancel() }
}

function verbsOf(parts: Parts): Verbs {
  return { ...lifeVerbs(parts), ...powerVerbs(parts), ...changeVerbs(parts), ...deviceVerbs(parts), ...imageVerbs(parts), ...lookVerbs(parts) }
}

/** Runs a verb in the server's queue; `goal` is the power state it ends in. */
async function work(parts: Parts, serverId: string, goal: PowerStateType | null, doIt: (signal: AbortSignal) => Promise<unknown>): Promise<null> {
  await parts.queue.run(serverId, async (signal) => {
    await doIt(signal)
    if (goal !== null) parts.watch.learn(serverId, goal)
  })
  return null
}

function lifeVerbs(parts: Parts): Pick<Verbs, 'spawn' | 'destroy' | 'snapshot'> {
  const { driver, folders } = parts
  return {
    spawn: async ({ spec, paused }) => {
      await work(parts, spec.serverId, paused ? 'paused' : 'running', (signal) => spawnServer(parts, spec, { paused, signal }))
      return { powerState: await driver.powerState(spec.serverId) }
    },
    destroy: async ({ serverId, keepDisks }) => {
      parts.queue.interrupt(serverId)
      return await work(parts, serverId, 'absent', async () => {
        await driver.destroy(serverId)
        if (driver.capabilities.localFiles && keepDisks !== true) await folders.remove(serverId)
      })
    },
    snapshot: async ({ serverId, imageId, diskFormat }) => await parts.queue.run(serverId, () => snapshotServer(parts, serverId, imageId, diskFormat)),
  }
}

function powerVerbs(parts: Parts): Pick<Verbs, 'start' | 'define' | 'stop' | 'reboot' | 'pause' | 'unpause' | 'suspend' | 'resume'> {
  const { driver } = parts
  const powerOn = async (spec: ServerSpecType): Promise<void> => {
    await driver.powerOn(await currentPlan(parts, spec))
    await parts.folders.changeSpec(spec.serverId, () => spec)
  }
  return {
    start: async ({ spec }) => await work(parts, spec.serverId, 'running', () => powerOn(spec)),
    define: async ({ spec }) => await work(parts, spec.serverId, null, async () => {
      // Nothing is made of a server that left this host meanwhile.
      await parts.folders.filesOf(spec.serverId, driver)
      await driver.define(await currentPlan(parts, spec))
      parts.watch.learn(spec.serverId, await driver.powerState(spec.serverId))
    }),
    stop: async ({ serverId, timeoutS }) => await work(parts, serverId, 'shutdown', (signal) => stopServer(parts, serverId, timeoutS, signal)),
    reboot: async ({ spec, type, timeoutS }) => await work(parts, spec.serverId, 'running', (signal) => rebootServer(parts, spec, type, timeoutS, signal)),
    pause: async ({ serverId }) => await work(parts, serverId, 'paused', () => driver.pause(serverId)),
    unpause: async ({ serverId }) => await work(parts, serverId, 'running', () => driver.unpause(serverId)),
    suspend: async ({ serverId }) => await work(parts, serverId, 'suspended', () => driver.suspend(serverId)),
    resume: async ({ spec }) => await work(parts, spec.serverId, 'running', () => powerOn(spec)),
  }
}

/** The server becomes another one for a while, or for good. */
function changeVerbs(parts: Parts): Pick<Verbs, 'rescue' | 'unrescue' | 'resize' | 'confirmResize' | 'revertResize'> {
  return {
    rescue: async ({ spec, rescue, timeoutS }) => await work(parts, spec.serverId, 'running', (signal) => rescueServer(parts, spec, rescue, { timeoutS, signal })),
    unrescue: async ({ spec }) => await work(parts, spec.serverId, 'running', () => unrescueServer(parts, spec)),
    resize: async ({ spec, timeoutS }) => await work(parts, spec.serverId, 'shutdown', (signal) => resizeServer(parts, spec, { timeoutS, signal })),
    confirmResize: async ({ serverId }) => await work(parts, serverId, null, () => confirmResize(parts, serverId)),
    revertResize: async ({ spec }) => await work(parts, spec.serverId, null, async (signal) => {
      await revertResize(parts, spec, signal)
      parts.watch.learn(spec.serverId, await parts.driver.powerState(spec.serverId))
    }),
  }
}

function deviceVerbs(parts: Parts): Pick<Verbs, 'attachNic' | 'detachNic' | 'replugNic' | 'setAdminPassword' | 'injectNmi'> {
  const { driver } = parts
  return {
    attachNic: async ({ serverId, nic }) => await work(parts, serverId, null, async () => {
      await driver.attachNic(serverId, nic)
      await parts.folders.changeSpec(serverId, (spec) => ({ ...spec, nics: [...spec.nics.filter((one) => one.portId !== nic.portId), nic] }))
    }),
    detachNic: async ({ serverId, nic }) => await work(parts, serverId, null, async () => {
      await driver.detachNic(serverId, nic)
      await parts.folders.changeSpec(serverId, (spec) => ({ ...spec, nics: spec.nics.filter((one) => one.portId !== nic.portId) }))
    }),
    replugNic: async ({ serverId, nic }) => await work(parts, serverId, null, () => driver.replugNic(serverId, nic)),
    setAdminPassword: async ({ serverId, user, password }) => await work(parts, serverId, null, () => driver.setAdminPassword(serverId, user, password)),
    injectNmi: async ({ serverId }) => await work(parts, serverId, null, () => driver.injectNmi(serverId)),
  }
}

function imageVerbs({ driver, cache }: Parts): Pick<Verbs, 'cacheImage'> {
  return {
    cacheImage: async (wanted) => {
      if (!driver.capabilities.localFiles) return { outcome: 'unsupported' }
      const known = await cache.has(wanted.imageId)
      await cache.get(wanted)
      return { outcome: known ? 'existing' : 'cached' }
    },
  }
}

/** Verbs that only look do not wait for their turn. */
function lookVerbs(parts: Parts): Pick<Verbs, 'powerStates' | 'consoleOutput' | 'console' | 'diagnostics' | 'report' | 'orphans' | 'lostParts'> {
  const { driver, folders } = parts
  return {
    powerStates: async ({ serverIds }) => {
      const found = new Map((await driver.guests()).map((guest) => [guest.serverId, guest.powerState]))
      return (serverIds ?? [...found.keys()]).map((serverId) => ({ serverId, powerState: found.get(serverId) ?? 'absent' as const }))
    },
    consoleOutput: async ({ serverId, lines }) => ({ text: lastLines(await driver.consoleOutput(serverId, await folders.filesOf(serverId, driver)), lines) }),
    console: async ({ serverId, type }) => await driver.console(serverId, type),
    diagnostics: async ({ serverId }) => await driver.diagnostics(serverId),
    report: async () => await hostReport(driver, parts.identity),
    orphans: async ({ known, remove }) => {
      const found = await findOrphans(parts, known, remove)
      if (remove && driver.capabilities.localFiles) await pruneImages(parts.cache, folders, parts.clock.now())
      return found
    },
    lostParts: async () => await findLostParts(parts),
  }
}

/** The last lines, without an empty one for the final newline; all when `lines` is null. */
function lastLines(text: string, lines: number | null): string {
  if (lines === null || lines < 0) return text
  if (lines === 0) return ''
  const all = text.split('\n')
  const ended = all.at(-1) === ''
  return all.slice(-(lines + (ended ? 1 : 0))).join('\n')
}
