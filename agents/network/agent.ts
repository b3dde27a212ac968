/**
 * The network agent: START HERE. It keeps one host equal to what the control plane wants of it.
 *
 *     nudge (`changed`) ─┐                    ┌─ reportPorts / reportRouters
 *     timer, start ──────┼─> pull ─> merge ─> apply (driver)
 *     driver: disturbed ─┘   wantedState      └─ failures: again after a while
 *
 * Nudges gather while a round runs, so a burst of a hundred costs a handful of rounds. Rounds never overlap. A lost
 * nudge costs one timer period; a restarted agent begins with a complete round and repairs anything. Stopping the
 * agent touches no device: guests keep talking.
 */
import { agentClient, serveAgent } from '#core/agents/contract.ts'
import type { Bus } from '#core/bus/bus.ts'
import type { Log } from '#core/log/log.ts'
import { nowIso, systemClock, type Clock } from '#core/time/clock.ts'
import { NETWORK_HOST_API, networkAgentContract, networkHostContract } from '#services/network/agent/network-agent.contract.ts'
import { Converger } from './converger.ts'
import { createNetworkDriver, type DriverOptions, type ExternalNetwork, type NetworkDriver } from './drivers/driver.ts'
import { agentReports } from './heartbeat.ts'
import { MetadataProxy } from './metadata/metadata-proxy.ts'
import { Reporter } from './reporter.ts'

export interface NetworkAgentOptions {
  bus: Bus
  host: string
  /** A name from `NETWORK_DRIVERS`, or a driver (tests). */
  driver: string | NetworkDriver
  stateDir: string
  /** Names what belongs to this cloud on the host: `[a-z0-9]`, at most 8 characters. Default `nacre`. */
  cloudTag?: string
  /** Network namespace that plays the host; absent is the machine itself. */
  netns?: string
  /** Local VXLAN address; null keeps tenant networks on this host. */
  tunnelIp: string | null
  vxlanPort?: number
  bridgeMappings: Record<string, string>
  /** External networks whose gateway is this host itself. */
  externalNetworks?: ExternalNetwork[]
  dnsServers?: string[]
  /** Absent: guests get no metadata service from this host. */
  metadata?: { sharedSecret: string; upstreamUrl: string }
  log: Log
  clock?: Clock
  /** Default 30 s, as upstream's agents. */
  heartbeatMs?: number
  /** How often everything is pulled and compared; default 60 s, for the fake 300 s. */
  completeEveryMs?: number
}

export interface RunningNetworkAgent {
  driver: NetworkDriver
  /** Waits for a complete round; answers how many differences it repaired. */
  sync(): Promise<number>
  stop(): Promise<void>
}

const HEARTBEAT_MS = 30_000
const COMPLETE_EVERY_MS = 60_000
const COMPLETE_EVERY_UNWIRED_MS = 300_000

/** Starts the agent of one host. Throws `HostUnable` when the host cannot do what the driver needs. */
export async function startNetworkAgent(options: NetworkAgentOptions): Promise<RunningNetworkAgent> {
  const clock = options.clock ?? systemClock
  const log = options.log.child({ agent: 'network', host: options.host })
  const control = agentClient(options.bus, networkHostContract, NETWORK_HOST_API)
  const metadata = options.metadata === undefined ? null : new MetadataProxy({ ...options.metadata, portByAddress: control.portByAddress, log })
  const driver = typeof options.driver === 'string' ? await createNetworkDriver(options.driver, driverOptions(options, metadata, clock, log)) : options.driver
  const reporter = new Reporter(options.host, control, clock, log)
  const converger = new Converger({
    host: options.host, pull: control.wantedState, driver, reporter, clock, log,
    completeEveryMs: options.completeEveryMs ?? (driver.capabilities.wiresPorts ? COMPLETE_EVERY_MS : COMPLETE_EVERY_UNWIRED_MS),
  })
  await driver.start({
    portsChanged: (up, down) => { converger.portsChanged(up, down) },
    disturbed: (scope) => { converger.disturbed(scope) },
  })
  const stopServing = await serveAgent(options.bus, networkAgentContract, options.host, {
    changed: async (nudge) => { converger.nudge(nudge); return null },
    sync: async () => ({ changed: await converger.sync() }),
    check: async ({ repair }) => await converger.check(repair),
  })
  const stopHeart = beat(options, clock, log, async (startedAt) => {
    await control.heartbeat({ host: options.host, agents: agentReports({ tunnelIp: options.tunnelIp, bridgeMappings: allMappings(options) }, converger.wanted(), options.metadata?.upstreamUrl), tunnelIp: options.tunnelIp, startedAt })
  })
  converger.start()
  return {
    driver,
    sync: async () => await converger.sync(),
    stop: async () => {
      stopHeart()
      await stopServing()
      await converger.stop()
      reporter.stop()
      await driver.stop()
      await metadata?.stop()
    },
  }
}

/** An external network's bridge is a mapping like any other: the control plane schedules by what the host reports. */
function allMappings(options: NetworkAgentOptions): Record<string, string> {
  return { ...Object.fromEntries((options.externalNetworks ?? []).map(({ physicalNetwork, bridge }) => [physicalNetwork, bridge])), ...options.bridgeMappings }
}

function driverOptions(options: NetworkAgentOptions, metadata: MetadataProxy | null, clock: Clock, log: Log): DriverOptions {
  const { host, stateDir, netns, tunnelIp, vxlanPort, dnsServers } = options
  const externalNetworks = options.externalNetworks ?? []
  return {
    host, stateDir, netns, tunnelIp, vxlanPort, dnsServers, cloudTag: options.cloudTag ?? 'nacre',
    bridgeMappings: allMappings(options), externalNetworks, metadata, log, clock,
  }
}

/** Beats at once and then at every period; a control plane that does not answer costs a log line. */
function beat(options: NetworkAgentOptions, clock: Clock, log: Log, send: (startedAt: string) => Promise<void>): () => void {
  const startedAt = nowIso(clock)
  let stopped = false
  let cancel = (): void => {}
  const once = (): void => {
    send(startedAt).catch((error: unknown) => { if (!stopped) log.warn({ err: error }, 'the control plane did not take a heartbeat') })
    if (!stopped) cancel = clock.after(options.heartbeatMs ?? HEARTBEAT_MS, once)
  }
  once()
  return () => { stopped = true; cancel() }
}
