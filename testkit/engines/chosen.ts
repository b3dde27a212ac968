/**
 * The database and the bus a test stands on when it does not care which. `nacre test` runs such tests twice: on
 * SQLite and the in-process bus, and again on MariaDB and RabbitMQ with
 *
 *     NACRE_TEST_DATABASE=mariadb NACRE_TEST_BUS=rabbitmq
 */
import type { Bus } from '#core/bus/bus.ts'
import { openBus } from '#core/bus/open-bus.ts'
import type { DatabaseLocation } from '#core/db/database.ts'

export interface ChosenDatabase {
  location: DatabaseLocation
  /** Throws its tables away. */
  drop(): Promise<void>
}

/** An empty database of the chosen engine. */
export async function chosenDatabase(): Promise<ChosenDatabase> {
  const engine = process.env['NACRE_TEST_DATABASE'] ?? 'sqlite'
  if (engine === 'sqlite') return { location: { engine, memory: true }, drop: async () => {} }
  if (engine !== 'mariadb') throw new Error(`NACRE_TEST_DATABASE is 'sqlite' or 'mariadb', not '${engine}'`)
  const { freshMariaDb } = await import('./engines.ts')
  const { url, drop } = await freshMariaDb()
  // Each service makes its own schema; all of this test's start with the fresh one's name.
  return { location: { engine, url, prefix: `${new URL(url).pathname.slice(1)}_` }, drop }
}

/** A bus of the chosen kind that nobody else is on. The caller closes it. */
export async function chosenBus(): Promise<Bus> {
  const kind = process.env['NACRE_TEST_BUS'] ?? 'memory'
  if (kind === 'memory') return await openBus(undefined)
  if (kind !== 'rabbitmq') throw new Error(`NACRE_TEST_BUS is 'memory' or 'rabbitmq', not '${kind}'`)
  const { freshRabbitMq } = await import('./engines.ts')
  return await openBus((await freshRabbitMq()).url)
}
