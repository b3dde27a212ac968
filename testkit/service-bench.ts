/**
 * One service on the bench: real pipeline, real database, real operations; neighbours are what the test gives
 * (another bench, or a scripted stand-in). For whole clouds use `test-cloud.ts`.
 *
 *     const bench = await startBench(placement)
 *     const admin = client(bench.pipeline, ADMIN)
 *     … await bench.settled(); await bench.stop()
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Identity } from '#core/auth/identity.ts'
import type { Options } from '#core/config/config.ts'
import type { Bus } from '#core/bus/bus.ts'
import { InProcessBus } from '#core/bus/in-process-bus.ts'
import { NeighbourError, type Neighbour } from '#core/clients/neighbour.ts'
import type { DatabaseLocation } from '#core/db/database.ts'
import { randomIds } from '#core/ids/ids.ts'
import { silentLog, type Log } from '#core/log/log.ts'
import { startService, type Role, type RunningService, type ServiceDefinition, type ServiceEnv } from '#core/service/service.ts'
import { systemClock, type Clock } from '#core/time/clock.ts'
import { chosenBus, chosenDatabase } from './engines/chosen.ts'
import { testAuthenticator } from './tokens.ts'

export interface BenchOptions {
  database?: DatabaseLocation
  bus?: Bus
  clock?: Clock
  log?: Log
  roles?: Role[]
  config?: Record<string, Record<string, unknown>>
  neighbours?: Record<string, Neighbour>
}

export interface Bench<C> extends Omit<RunningService, 'context'> {
  context: (who?: { identity: Identity; requestId: string }) => C
  bus: Bus
  stateDir: string
}

export async function startBench<T, N, O extends Options>(definition: ServiceDefinition<T, N, O>, options: BenchOptions = {}): Promise<Bench<import('#core/http/context.ts').Context<T, N, import('#core/config/config.ts').ConfigOf<O>>>> {
  const stateDir = await mkdtemp(join(tmpdir(), 'nacre-bench-'))
  const bus = options.bus ?? await chosenBus()
  const database = options.database === undefined ? await chosenDatabase() : { location: options.database, drop: async () => {} }
  const env: ServiceEnv = {
    database: database.location, bus, clock: options.clock ?? systemClock, ids: randomIds,
    log: options.log ?? silentLog, configFile: options.config ?? {}, processEnv: {}, roles: new Set(options.roles ?? ['api', 'operations', 'reconcilers', 'scheduler']),
    exclusive: true, authenticator: testAuthenticator, authUrl: 'http://cloud.test:5000', stateDir, policyOverrides: {}, endpoints: [],
    secret: (name) => `bench-secret-${name}`,
    neighbour: (type) => options.neighbours?.[type] ?? absentNeighbour(type),
  }
  const service = await startService(definition, env)
  return {
    ...service, bus, stateDir,
    async settled() {
      do {
        await service.settled()
        // What was fanned out in this process has been heard then; over a broker, wait for the event itself.
        if (bus instanceof InProcessBus) await bus.heard()
      } while (!service.isIdle())
    },
    async stop() {
      await service.stop()
      if (options.bus === undefined) await bus.close()
      await database.drop()
      await rm(stateDir, { recursive: true, force: true })
    },
  }
}

function absentNeighbour(type: string): Neighbour {
  return { type, request: async (_ctx, _as, request) => { throw new NeighbourError(type, request, 503, { message: `no ${type} on this bench` }) } }
}
