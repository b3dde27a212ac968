/**
 * How a cloud is put together in one process: a bus, a database per service, the services with one another as
 * neighbours, listeners. Which parts run is a selection by role; nothing below knows the difference.
 */
import { cachedAuthenticator } from '#core/auth/cache.ts'
import type { Authenticator, Identity } from '#core/auth/identity.ts'
import type { Bus } from '#core/bus/bus.ts'
import { httpNeighbour, localNeighbour, type Neighbour } from '#core/clients/neighbour.ts'
import type { ConfigFile } from '#core/config/config.ts'
import type { DatabaseLocation } from '#core/db/database.ts'
import { listen, type Listener } from '#core/http/socket.ts'
import { randomIds, type IdSource } from '#core/ids/ids.ts'
import type { Log } from '#core/log/log.ts'
import type { Metrics } from '#core/metrics/metrics.ts'
import { startService, type Role, type RunningService, type ServiceEnv } from '#core/service/service.ts'
import { systemClock, type Clock } from '#core/time/clock.ts'
import { SERVICES, portsFor, type ServiceName } from './catalog.ts'
import type { Secrets } from './secrets.ts'

export interface AssembleOptions {
  stateDir: string
  database: DatabaseLocation
  bus: Bus
  log: Log
  metrics?: Metrics
  clock?: Clock
  ids?: IdSource
  configFile?: ConfigFile
  processEnv?: NodeJS.ProcessEnv
  roles?: Role[]
  services?: ServiceName[]
  exclusive?: boolean
  /** Where listeners listen; absent opens none (tests use the pipelines). */
  listenHost?: string
  /** Host name or address that clients use. */
  publicHost: string
  /** First port of a row of ports; absent takes upstream's; 0 any free ones. */
  portBase?: number
  secrets: Secrets
  policyOverrides?: Record<string, string>
  /** Endpoints of services that run elsewhere: their type → address. */
  remote?: Record<string, string>
  /** A token of the service account, for remote neighbours. */
  serviceToken?: () => Promise<string>
  /** Replaces identity's own validation (tests without identity). */
  authenticator?: Authenticator
}

export interface AssembledCloud {
  services: ReadonlyMap<ServiceName, RunningService>
  listeners: Listener[]
  ports: Record<string, number>
  endpoints: { type: string; name: string; url: string }[]
  settled(): Promise<void>
  stop(): Promise<void>
}

export async function assemble(options: AssembleOptions): Promise<AssembledCloud> {
  const ports = portsFor(options.portBase)
  const chosen = SERVICES.filter((s) => options.services?.includes(s.name) ?? true)
  const running = new Map<ServiceName, RunningService>()
  const urlOf = (s: { name: ServiceName; endpointPath: string }): string => `http://${options.publicHost}:${ports[s.name]}${s.endpointPath}`
  const endpoints = chosen.map((s) => ({ type: s.type as string, name: s.catalogName as string, url: urlOf(s) }))
  const auth = lateAuthenticator(options)
  const env: ServiceEnv = {
    database: options.database, bus: options.bus, clock: options.clock ?? systemClock, ids: options.ids ?? randomIds, log: options.log, metrics: options.metrics,
    configFile: options.configFile ?? {}, processEnv: options.processEnv ?? {}, roles: new Set(options.roles ?? ['api', 'operations', 'reconcilers', 'scheduler']),
    exclusive: options.exclusive ?? options.database.engine === 'sqlite', authenticator: auth.authenticator, authUrl: `http://${options.publicHost}:${ports.identity}`,
    stateDir: options.stateDir, policyOverrides: options.policyOverrides ?? {}, endpoints, secret: (name) => options.secrets.get(name),
    neighbour: (type, own) => lateNeighbour(type, own, options, running),
  }
  const door = new Door()
  const opening: Promise<Listener>[] = []
  for (const entry of chosen) {
    const service = await startService(await entry.load(), env) as unknown as RunningService
    running.set(entry.name, service)
    if (entry.name === 'identity') await auth.bind(service)
    if (options.listenHost !== undefined) opening.push(door.listen(service, options.listenHost, ports[entry.name]))
  }
  const listeners = await Promise.all(opening)
  door.open()
  return {
    services: running, listeners, ports, endpoints,
    async settled() { for (const service of running.values()) await service.settled() },
    async stop() {
      for (const listener of listeners) await listener.close()
      for (const service of [...running.values()].reverse()) await service.stop()
      await auth.stop()
    },
  }
}

/**
 * Listeners are made while later services still start (one of them takes a thread, which takes its time); a request
 * that comes meanwhile waits until all are there.
 */
class Door {
  readonly #opened = Promise.withResolvers<void>()
  #isOpen = false

  open(): void {
    this.#isOpen = true
    this.#opened.resolve()
  }

  listen({ pipeline, definition }: RunningService, host: string, port: number): Promise<Listener> {
    const listener = (definition.listen ?? listen)({
      handle: (request) => (this.#isOpen ? pipeline.handle(request) : this.#opened.promise.then(() => pipeline.handle(request))),
      streams: pipeline.streams, host, port, dialect: definition.dialect,
    })
    // Whoever waits for all of them hears of it; until then nobody listens.
    listener.catch(() => {})
    return listener
  }
}

/** Services start before identity can answer; the first question waits for `bind`. */
function lateAuthenticator(options: AssembleOptions): { authenticator: Authenticator; bind: (identity: RunningService) => Promise<void>; stop: () => Promise<void> } {
  let source: Authenticator | undefined = options.authenticator
  let stop = async (): Promise<void> => {}
  const cached = cachedAuthenticator({ identify: async (token) => await source?.identify(token) }, options.clock ?? systemClock)
  return {
    authenticator: cached,
    async bind(identity) {
      if (options.authenticator === undefined) {
        const { authenticatorOf } = await import('#services/identity/authenticator.ts')
        const here = authenticatorOf(identity.context() as never)
        // At once, before whoever revoked has the answer: the bus may be slower than the next request.
        here.onForget(() => cached.forget())
        source = here
      } else {
        stop = await options.bus.subscribe('identity.revoked', () => cached.forget())
      }
    },
    stop: () => stop(),
  }
}

/** A neighbour that is looked for when first called: in this process, else where `remote` says. */
function lateNeighbour(type: string, own: Identity, options: AssembleOptions, running: ReadonlyMap<ServiceName, RunningService>): Neighbour {
  let found: Neighbour | undefined
  return {
    type,
    request(ctx, as, request) {
      found ??= findNeighbour(type, own, options, running)
      return found.request(ctx, as, request)
    },
  }
}

function findNeighbour(type: string, own: Identity, options: AssembleOptions, running: ReadonlyMap<ServiceName, RunningService>): Neighbour {
  const entry = SERVICES.find((s) => s.type === type)
  const local = entry === undefined ? undefined : running.get(entry.name)
  if (local !== undefined) return localNeighbour(type, (request) => local.pipeline.handle(request), own, `http://${options.publicHost}`)
  const address = options.remote?.[type]
  if (address === undefined || options.serviceToken === undefined) throw new Error(`no ${type} service here, and none is configured elsewhere`)
  return httpNeighbour(type, address, options.serviceToken)
}
