/**
 * Compute among real neighbours, in one process: placement and network as they are, compute agents with the fake
 * hypervisor, image as a map. Everything goes through the front doors.
 *
 *     const cloud = await startComputeCloud({ hosts: ['host1', 'host2'] })
 *     const server = await cloud.boot(cloud.member, { name: 'one' })
 *     … await cloud.settled(); await cloud.stop()
 */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startComputeAgent, type ComputeAgent } from '#agents/compute/agent.ts'
import { FakeDriver, type FakeOptions } from '#agents/compute/drivers/fake/fake-driver.ts'
import { serviceIdentity } from '#core/auth/identity.ts'
import type { Handler, Stop } from '#core/bus/bus.ts'
import { InProcessBus } from '#core/bus/in-process-bus.ts'
import { localNeighbour } from '#core/clients/neighbour.ts'
import type { DatabaseLocation, Kysely } from '#core/db/database.ts'
import { silentLog, type Log } from '#core/log/log.ts'
import { nowIso, systemClock, type Clock } from '#core/time/clock.ts'
import type { NetworkTables } from '#services/network/database.ts'
import { network } from '#services/network/service.ts'
import { placement } from '#services/placement/service.ts'
import { client, type TestClient } from '#testkit/http.ts'
import { startBench, type Bench } from '#testkit/service-bench.ts'
import { ADMIN, MEMBER, OTHER, READER } from '#testkit/tokens.ts'
import { heartbeatTopic, powerStateTopic, type HeartbeatType } from '../agent/compute-agent.contract.ts'
import type { ComputeContext } from '../context.ts'
import { compute } from '../service.ts'
import { standInImage, type StandInImage } from './stand-in-image.ts'

export interface ComputeCloudOptions {
  /** Changes the list of operations (checkOperation). */
  swap?: (operations: readonly unknown[]) => unknown[]
  hosts?: string[]
  fake?: FakeOptions
  config?: Record<string, unknown>
  database?: DatabaseLocation
  log?: Log
  clock?: Clock
}

export interface Server { id: string; name: string; status: string; [key: string]: unknown }
type Body = Record<string, unknown>

export interface ComputeCloud {
  compute: Bench<ComputeContext>
  bus: InProcessBus
  image: StandInImage
  imageId: string
  networkId: string
  drivers: Map<string, FakeDriver>
  admin: TestClient
  member: TestClient
  other: TestClient
  reader: TestClient
  /** Clients of network and placement, as administrator. */
  networkAdmin: TestClient
  placementAdmin: TestClient
  addHost(host: string, fake?: FakeOptions): Promise<FakeDriver>
  stopHost(host: string): Promise<void>
  /** Where the agent of a host keeps its files. */
  stateDirOf(host: string): string
  /** Makes a server and waits until its work has come to rest. */
  boot(who: TestClient, fields?: Body, extra?: Body): Promise<Server>
  show(who: TestClient, id: string): Promise<Server>
  settled(): Promise<void>
  stop(): Promise<void>
}

export const LATEST = { 'openstack-api-version': 'compute 2.93' }

export async function startComputeCloud(options: ComputeCloudOptions = {}): Promise<ComputeCloud> {
  const log = options.log ?? silentLog
  const clock = options.clock ?? systemClock
  const { bus, image, placementBench, networkBench, computeBench } = await startServices(options, log, clock)
  const stateDir = await mkdtemp(join(tmpdir(), 'nacre-compute-cloud-'))
  const agents = new Map<string, ComputeAgent>()
  const drivers = new Map<string, FakeDriver>()
  const as = (token: string): TestClient => client(computeBench.pipeline, token)

  async function settled(): Promise<void> {
    const benches = [computeBench, networkBench, placementBench]
    do {
      await new Promise((resolve) => { setImmediate(resolve) })
      await bus.heard()
      for (const bench of benches) await bench.settled()
      // Work of one service may have given work to another that had come to rest before.
    } while (!benches.every((bench) => bench.isIdle()))
  }
  async function addHost(host: string, fake: FakeOptions = options.fake ?? {}): Promise<FakeDriver> {
    const driver = drivers.get(host) ?? new FakeDriver(clock, fake)
    drivers.set(host, driver)
    const images = { download: async () => {}, upload: async (id: string) => { Object.assign(image.images.get(id) ?? {}, { status: 'active', size: 1 }) } }
    await plantNetworkAgent(networkBench.context().db as never, host, clock)
    const alive = firstSignOfLife(bus, host)
    agents.set(host, await startComputeAgent({ bus, host, driver, stateDir: join(stateDir, host), images, log, clock, heartbeatMs: 0 }))
    await alive
    await settled()
    await settled()
    return driver
  }
  async function show(who: TestClient, id: string): Promise<Server> {
    return (await who.get<{ server: Server }>(`/v2.1/servers/${id}`, LATEST)).body.server
  }

  const cloud: ComputeCloud = {
    compute: computeBench, bus, image, imageId: image.add(), networkId: '', drivers,
    admin: as(ADMIN), member: as(MEMBER), other: as(OTHER), reader: as(READER),
    networkAdmin: client(networkBench.pipeline, ADMIN), placementAdmin: client(placementBench.pipeline, ADMIN, { 'openstack-api-version': 'placement 1.39' }),
    addHost, settled, show,
    stateDirOf: (host) => join(stateDir, host),
    async stopHost(host) { await agents.get(host)?.stop(); agents.delete(host) },
    async boot(who, fields = {}, extra = {}) {
      const body = { server: { name: 'server', imageRef: cloud.imageId, flavorRef: 'tiny', networks: [{ uuid: cloud.networkId }], ...fields }, ...extra }
      const made = await who.post<{ server: Server; badRequest?: unknown }>('/v2.1/servers', body, LATEST)
      if (made.status !== 202) throw new Error(`not accepted: ${made.status} ${made.text}`)
      await settled()
      return await show(who, made.body.server.id)
    },
    async stop() {
      for (const agent of agents.values()) await agent.stop()
      for (const bench of [computeBench, networkBench, placementBench]) await bench.stop()
      await bus.close()
      await rm(stateDir, { recursive: true, force: true })
    },
  }
  for (const host of options.hosts ?? ['host1']) await addHost(host)
  await furnish(cloud)
  return cloud
}

/** Nobody waits for an answer to what a host tells of its guests; here `heard` does. */
class AttentiveBus extends InProcessBus {
  readonly #hearing = new Set<Promise<unknown>>()

  override async serve(topic: string, handler: Handler): Promise<Stop> {
    if (topic !== powerStateTopic) return await super.serve(topic, handler)
    return await super.serve(topic, async (message) => {
      const work = Promise.resolve(handler(message)).finally(() => { this.#hearing.delete(work) })
      this.#hearing.add(work)
      return await work
    })
  }

  override async heard(): Promise<void> {
    do {
      await Promise.allSettled(this.#hearing)
      await super.heard()
    } while (this.#hearing.size > 0)
  }
}

/** The agents of these hosts beat once: however slow the machine, a host is silent only when a test says so. */
const FOREVER_S = 86_400

/** The services of the cloud, on one bus. */
async function startServices(options: ComputeCloudOptions, log: Log, clock: Clock) {
  const bus = new AttentiveBus()
  const { database } = options
  const placementBench = await startBench(placement, { bus, log, clock, database })
  const networkBench = await startBench(network, { bus, log, clock, database, config: { network: { agentDownSeconds: FOREVER_S } } })
  const image = standInImage()
  const own = serviceIdentity('compute')
  const computeBench = await startBench(options.swap === undefined ? compute : { ...compute, operations: options.swap(compute.operations ?? []) }, {
    bus, log, clock, database, config: { compute: { vifPluggingTimeoutS: 0, hostDownAfterS: FOREVER_S, ...options.config } },
    neighbours: {
      image, placement: localNeighbour('placement', (r) => placementBench.pipeline.handle(r), own, 'http://cloud.test'),
      network: localNeighbour('network', (r) => networkBench.pipeline.handle(r), own, 'http://cloud.test'),
    },
  })
  return { bus, image, placementBench, networkBench, computeBench }
}

/** Resolves once the host has said that it lives; `settled` then waits until the service has written it down. */
async function firstSignOfLife(bus: InProcessBus, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    bus.subscribe(heartbeatTopic, (message) => { if ((message as HeartbeatType).host === host) resolve() }).catch(reject)
  })
}

/** A network agent that is alive and wires nothing: ports bind to its host, and stay down. */
async function plantNetworkAgent(db: Kysely<NetworkTables>, host: string, clock: Clock): Promise<void> {
  const now = nowIso(clock)
  const known = await db.updateTable('agents').set({ heartbeat_at: now }).where('host', '=', host).executeTakeFirst()
  if (known.numUpdatedRows > 0n) return
  await db.insertInto('agents').values({
    id: randomUUID(), agent_type: 'Linux bridge agent', binary: 'neutron-linuxbridge-agent', topic: 'N/A', host, admin_state_up: 1, description: null,
    configurations: JSON.stringify({ tunnel_types: ['vxlan'], bridge_mappings: {} }), availability_zone: null, created_at: now, started_at: now, heartbeat_at: now, tunnel_ip: '127.0.0.1',
  }).execute()
}

/** A flavor, a shared network with a subnet. */
async function furnish(cloud: ComputeCloud): Promise<void> {
  await cloud.admin.post('/v2.1/flavors', { flavor: { id: 'tiny', name: 'm1.tiny', ram: 64, vcpus: 1, disk: 1 } })
  const made = await cloud.networkAdmin.post<{ network: { id: string } }>('/v2.0/networks', { network: { name: 'net', shared: true } })
  cloud.networkId = made.body.network.id
  await cloud.networkAdmin.post('/v2.0/subnets', { subnet: { network_id: cloud.networkId, ip_version: 4, cidr: '10.0.0.0/16' } })
}
