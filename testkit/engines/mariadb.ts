/**
 * A private MariaDB: system tables made from Debian's own SQL files (0.3 s), then the server on a loopback port
 * (0.1 s). Durability is off, for its data lives only as long as the test run.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { which } from '#core/host/run.ts'
import { freePort, giveToDaemon, startDaemon, withFreshPorts, type Daemon } from './private-daemon.ts'

/** What Debian calls it. */
export const mariaDbPackages = [{ name: 'mariadb-server-core', reason: 'the tests run on MariaDB as well as on SQLite' }]

const SQL_FOLDER = '/usr/share/mysql'
const SYSTEM_SQL = ['mysql_system_tables.sql', 'mysql_performance_tables.sql', 'mysql_system_tables_data.sql']
const COMMON_ARGS = ['--no-defaults', '--innodb-log-file-size=8M', '--skip-log-bin']
const SERVER_ARGS = ['--bind-address=127.0.0.1', '--skip-name-resolve', '--performance-schema=OFF', '--innodb-buffer-pool-size=64M',
  '--innodb-flush-log-at-trx-commit=0', '--innodb-doublewrite=OFF', '--sync-binlog=0', '--max-connections=500', '--table-open-cache=2000']

export interface MariaDb {
  /** `mysql://user:password@127.0.0.1:port`, without a database; the user may do everything. */
  url: string
  stop(): Promise<void>
}

/** Why there can be no MariaDB here; undefined when there can. */
export async function missingMariaDb(): Promise<string | undefined> {
  const present = await which('mariadbd') !== undefined && await which('setpriv') !== undefined
  return present ? undefined : 'mariadb-server-core is not installed (`./nacre test` as root installs it)'
}

/** Starts a private MariaDB. Throws `DaemonFailed`. */
export async function startMariaDb(): Promise<MariaDb> {
  return await withFreshPorts('mariadb', async (folder) => {
    await makeSystemTables(folder)
    const port = await freePort()
    const password = randomBytes(12).toString('hex')
    const daemon = await startServer(folder, port, password)
    return {
      url: `mysql://nacre:${password}@127.0.0.1:${port}`,
      stop: async () => {
        await daemon.stop()
        await rm(folder, { recursive: true, force: true })
      },
    }
  })
}

async function makeSystemTables(folder: string): Promise<void> {
  const data = join(folder, 'data')
  await mkdir(data)
  await giveToDaemon(data)
  const files = await Promise.all(SYSTEM_SQL.map(async (name) => await readFile(join(SQL_FOLDER, name), 'utf8')))
  // In this mode the server reads one statement a line.
  const sql = ['CREATE DATABASE IF NOT EXISTS mysql;', 'USE mysql;', 'SET @auth_root_socket=NULL;', ...files].join('\n')
  await startDaemon({
    program: 'mariadbd', folder, input: sql,
    args: [...COMMON_ARGS, '--bootstrap', `--datadir=${data}`, '--log-warnings=0', '--enforce-storage-engine=', '--max-allowed-packet=8M'],
  })
}

async function startServer(folder: string, port: number, password: string): Promise<Daemon> {
  const init = join(folder, 'init.sql')
  await writeFile(init, `CREATE USER 'nacre'@'%' IDENTIFIED BY '${password}';\nGRANT ALL ON *.* TO 'nacre'@'%' WITH GRANT OPTION;\n`, { mode: 0o600 })
  await giveToDaemon(init)
  return await startDaemon({
    program: 'mariadbd', folder, readyText: 'ready for connections',
    args: [...COMMON_ARGS, ...SERVER_ARGS, `--datadir=${join(folder, 'data')}`, `--socket=${join(folder, 'socket')}`,
      `--pid-file=${join(folder, 'pid')}`, `--port=${port}`, `--init-file=${init}`, `--tmpdir=${folder}`],
  })
}
