/**
 * A service is data: what it is called, its routes, policies, tables, operations and reconcilers. `startService`
 * makes it run: opens and migrates its database, builds the pipeline, starts what the roles ask for. Everything
 * started is returned as its own stop.
 */
import type { Authenticator, Identity } from '#core/auth/identity.ts'
import { serviceIdentity } from '#core/auth/identity.ts'
import type { Bus } from '#core/bus/bus.ts'
import { loadConfig, type ConfigFile, type ConfigOf, type Options } from '#core/config/config.ts'
import { openDatabase, type Database, type DatabaseLocation, type NamedMigration } from '#core/db/database.ts'
import { outboxMigration, relayOutbox } from '#core/db/outbox.ts'
import { forbiddenByDefault, type Context, type ContextBase } from '#core/http/context.ts'
import type { ApiError } from '#core/errors/errors.ts'
import { createPipeline, type Pipeline, type PipelineOptions } from '#core/http/pipeline.ts'
import type { Route } from '#core/http/route.ts'
import type { Dialect } from '#core/http/dialect.ts'
import type { Listener, ListenOptions } from '#core/http/socket.ts'
import type { IdSource } from '#core/ids/ids.ts'
import type { Log } from '#core/log/log.ts'
import type { Metrics } from '#core/metrics/metrics.ts'
import type { Neighbour } from '#core/clients/neighbour.ts'
import { operationsMigration } from '#core/operations/store.ts'
import { OperationRunner } from '#core/operations/runner.ts'
import { Policy, type PolicyRule } from '#core/policy/policy.ts'
import { ReconcilerLoop, type Reconciler } from '#core/reconcile/reconcile.ts'
import type { Clock } from '#core/time/clock.ts'
import type { Check, Explanation } from './explain.ts'
import type { VersionRange } from '#core/versions/versions.ts'

export type Role = 'api' | 'operations' | 'reconcilers' | 'scheduler'

/** What a cloud gives every service. */
export interface ServiceEnv {
  database: DatabaseLocation
  bus: Bus
  clock: Clock
  ids: IdSource
  log: Log
  metrics?: Metrics
  configFile: ConfigFile
  processEnv: NodeJS.ProcessEnv
  roles: ReadonlySet<Role>
  /** True when this is the only process on this database. */
  exclusive: boolean
  authenticator: Authenticator
  /** Neighbours by catalog type. Resolved when first used, so services may start in any order. */
  neighbour: (type: string, own: Identity) => Neighbour
  /** Public address of identity, for `WWW-Authenticate`. */
  authUrl: string
  /** Folder for files of the services (image data, fernet keys). */
  stateDir: string
  policyOverrides: Record<string, string>
  /** What the identity catalog should say; identity writes it at start. */
  endpoints: { type: string; name: string; url: string }[]
  /** Secrets by name, minted at first start (`metadata-proxy` …). */
  secret: (name: string) => string
}

export interface ServiceDefinition<Tables = unknown, Clients = unknown, O extends Options = Options> {
  name: string
  /** Catalog type: `compute`. */
  type: string
  port: number
  /** What links start with, after scheme and host: `/v2.1`. */
  path: string
  config: O
  routes: readonly Route[]
  policies: readonly PolicyRule[]
  versions?: VersionRange
  dialect: Dialect
  order: PipelineOptions['order']
  migrations: readonly NamedMigration[]
  operations?: readonly unknown[]
  reconcilers?: readonly Reconciler<never>[]
  forbidden?: (rule: string) => ApiError
  rewrite?: (path: string) => string
  wrongMethod?: PipelineOptions['wrongMethod']
  ownHead?: PipelineOptions['ownHead']
  schemaFault?: PipelineOptions['schemaFault']
  admit?: PipelineOptions['admit']
  replyHeaders?: PipelineOptions['replyHeaders']
  /** Typed functions over the neighbours this service calls. */
  clients: (neighbour: (type: string) => Neighbour) => Clients
  /** Another listener than the plain one (image bytes go through a worker thread). */
  listen?: (options: ListenOptions) => Promise<Listener>
  /** Work of its own besides requests and operations (bus servers, caches). Called after migrations; answers its stop. */
  start?: (ctx: Context<Tables, Clients, ConfigOf<O>>, env: ServiceEnv) => Promise<() => Promise<void>>
  /** What `nacre why <id>` tells of a resource; undefined when the id is not this service's. */
  explain?: (ctx: Context<Tables, Clients, ConfigOf<O>>, id: string) => Promise<Explanation | undefined>
  /** Invariants that `nacre doctor` proves, and mends. */
  checks?: readonly Check<Context<Tables, Clients, ConfigOf<O>>>[]
  /** Puts what must exist into an empty database (default project, flavors …). Idempotent. */
  seed?: (ctx: Context<Tables, Clients, ConfigOf<O>>, env: ServiceEnv) => Promise<void>
}

export function defineService<Tables, Clients, O extends Options>(definition: ServiceDefinition<Tables, Clients, O>): ServiceDefinition<Tables, Clients, O> {
  return definition
}

export interface RunningService<C extends ContextBase = ContextBase> {
  definition: ServiceDefinition
  pipeline: Pipeline
  /** A context on the service's own account, for bootstrap, commands and tests. */
  context: (who?: { identity: Identity; requestId: string }) => C
  runner: OperationRunner
  nudge: (reconciler: string) => void
  /** Resolves when operations and nudged reconcilers have come to rest. */
  settled(): Promise<void>
  /** Neither an operation nor a reconciler is at work or asked for. */
  isIdle(): boolean
  stop(): Promise<void>
}

export async function startService<T, N, O extends Options>(definition: ServiceDefinition<T, N, O>, env: ServiceEnv): Promise<RunningService<Context<T, N, ConfigOf<O>>>> {
  type C = Context<T, N, ConfigOf<O>>
  const own = serviceIdentity(definition.name)
  const config = loadConfig(definition.name, definition.config, env.configFile, env.processEnv)
  const database: Database<T> = await openDatabase<T>(env.database, definition.name, [outboxMigration, operationsMigration, ...definition.migrations])
  const log = env.log.child({ service: definition.name })
  const loops = new Map<string, ReconcilerLoop>()
  const nudge = (name: string): void => { loops.get(name)?.nudge() }
  const policy = new Policy(definition.policies, policyOptions(env))
  const base = {
    db: database.db, clients: definition.clients((type) => env.neighbour(type, own)), config, policy, bus: env.bus, clock: env.clock,
    ids: env.ids, log, nudge, forbidden: definition.forbidden ?? forbiddenByDefault,
  }
  const held: { runner?: OperationRunner } = {}
  const context = (who: { identity: Identity; requestId: string; token?: string; globalRequestId?: string } = { identity: own, requestId: `req-${env.ids.uuid()}` }): C =>
    ({ ...base, operations: held.runner!, ...who }) as unknown as C
  const runner = new OperationRunner({
    service: definition.name, operations: definition.operations ?? [], context: context as never, active: env.roles.has('operations'), exclusive: env.exclusive,
    observe: (s) => env.metrics?.stepSeconds.labels(s.operation, s.step, s.outcome).observe(s.seconds),
  }, own)
  held.runner = runner
  const pipeline = createPipeline(pipelineOptions(definition as never, env, context as never))
  const reconcilers: Reconciler<never>[] = [
    { name: 'outbox', everyMs: 10_000, run: async () => { await relayOutbox(database.db as never, env.bus, log) } },
    { name: 'operations', everyMs: 5000, run: async () => { await runner.poll() } },
    ...(definition.reconcilers ?? []),
  ]
  if (env.roles.has('reconcilers') || env.roles.has('operations')) {
    for (const r of reconcilers) loops.set(r.name, new ReconcilerLoop(r.name, r.everyMs, () => r.run(context() as never), env.clock, log))
  }
  const isIdle = (): boolean => runner.idle && [...loops.values()].every((loop) => loop.idle)
  await definition.seed?.(context(), env)
  const stopOwn = await definition.start?.(context(), env)
  await runner.start()
  for (const loop of loops.values()) loop.start()
  return {
    definition: definition as unknown as ServiceDefinition, pipeline, context: context as never, runner, nudge,
    async settled() {
      do {
        await runner.settled()
        for (const loop of loops.values()) await loop.settled()
      } while (!isIdle())
    },
    isIdle,
    async stop() {
      await runner.stop()
      for (const loop of loops.values()) await loop.stop()
      await stopOwn?.()
      await database.close()
    },
  }
}

function policyOptions(env: ServiceEnv): { enforceScope: boolean; enforceNewDefaults: boolean; overrides: Record<string, string> } {
  const given = env.configFile['policy'] ?? {}
  return { enforceScope: given['enforceScope'] === true, enforceNewDefaults: given['enforceNewDefaults'] === true, overrides: env.policyOverrides }
}

/** Nobody: what a public route sees when no token came. */
const ANONYMOUS: Identity = {
  user: { id: '', name: '', domain: { id: '', name: '' } }, roles: [], methods: [], auditIds: [], issuedAt: '', expiresAt: '',
}

function pipelineOptions(definition: ServiceDefinition, env: ServiceEnv, context: PipelineOptions['context']): PipelineOptions {
  return {
    name: definition.name, serviceType: definition.type, basePath: definition.path, routes: definition.routes, versions: definition.versions, dialect: definition.dialect,
    order: definition.order, authenticator: env.authenticator, authUrl: () => env.authUrl, context, rewrite: definition.rewrite, wrongMethod: definition.wrongMethod, ownHead: definition.ownHead,
    schemaFault: definition.schemaFault, admit: definition.admit, replyHeaders: definition.replyHeaders, anonymous: ANONYMOUS, log: env.log.child({ service: definition.name }),
    observe: env.metrics === undefined ? undefined : requestTimes(definition.name, env.metrics),
  }
}

/** Finding a labelled histogram hashes its labels; a service has few of them, so they are kept. */
function requestTimes(service: string, metrics: Metrics): PipelineOptions['observe'] {
  const kept = new Map<string, { observe(seconds: number): void }>()
  return ({ method, route, status, seconds }) => {
    const key = `${method} ${status} ${route}`
    let times = kept.get(key)
    if (times === undefined) kept.set(key, times = metrics.requestSeconds.labels(service, method, route, String(status)))
    times.observe(seconds)
  }
}
