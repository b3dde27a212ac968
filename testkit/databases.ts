/**
 * The same test on every database:
 *
 *     describe.each(databases)('things on %s', (name, locate) => {
 *       … bench = await startBench(service, { database: await locate() })
 *
 * MariaDB runs where its package is installed (`nacre test` installs it) and is skipped, with the reason, elsewhere.
 */
import type { DatabaseLocation } from '#core/db/database.ts'
import { freshMariaDb, noMariaDb } from '#testkit/engines/engines.ts'

export type Locate = () => Promise<DatabaseLocation>

export const databases: [name: string, locate: Locate][] = [
  ['sqlite', async () => ({ engine: 'sqlite', memory: true })],
  ...(noMariaDb() === undefined ? [['mariadb', locateMariaDb] as [string, Locate]] : []),
]

async function locateMariaDb(): Promise<DatabaseLocation> {
  const url = new URL((await freshMariaDb()).url)
  const prefix = `${url.pathname.slice(1)}_`
  url.pathname = ''
  return { engine: 'mariadb', url: url.toString(), prefix }
}
