/**
 * A MariaDB server by its address: `mysql://user:password@host:port`, or `…?socket=/path`. Services have a database each
 * on it, which is made when it is first opened.
 */
import type { Pool } from 'mysql2'
import type { Connection, RowDataPacket } from 'mysql2/promise'

/** Opens the database of this name, and makes it when there is none. */
export async function mariaPool(url: string, database: string): Promise<Pool> {
  await onServer(url, async (server) => { await server.query(`create database if not exists ${quoted(database)} character set utf8mb4 collate utf8mb4_bin`) })
  // Loaded where it is used: a one-machine cloud on SQLite does not carry it.
  const { createPool } = await import('mysql2')
  const pool = createPool({ ...addressOf(url), database, timezone: 'Z', dateStrings: true, supportBigNumbers: true, connectionLimit: 12, charset: 'utf8mb4_bin', flags: ['+FOUND_ROWS'] })
  pool.on('connection', (connection) => {
    connection.query("set session tx_isolation = 'READ-COMMITTED', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'")
  })
  return pool
}

/** Names of the databases on the server that begin so. */
export async function mariaDatabases(url: string, prefix: string): Promise<string[]> {
  return await onServer(url, async (server) => await namesIn(server, prefix))
}

/** Drops the databases whose names begin so, with all that is in them; answers their names. */
export async function dropMariaDatabases(url: string, prefix: string): Promise<string[]> {
  return await onServer(url, async (server) => {
    const names = await namesIn(server, prefix)
    for (const name of names) await server.query(`drop database if exists ${quoted(name)}`)
    return names
  })
}

async function namesIn(server: Connection, prefix: string): Promise<string[]> {
  const [rows] = await server.query<(RowDataPacket & { name: string })[]>('select schema_name as name from information_schema.schemata where left(schema_name, ?) = ? order by schema_name', [prefix.length, prefix])
  return rows.map(({ name }) => name)
}

async function onServer<T>(url: string, work: (server: Connection) => Promise<T>): Promise<T> {
  const { createConnection } = await import('mysql2/promise')
  const server = await createConnection(addressOf(url))
  try {
    return await work(server)
  } finally {
    await server.end()
  }
}

function addressOf(url: string) {
  const at = new URL(url)
  const socketPath = at.searchParams.get('socket') ?? undefined
  return {
    ...(socketPath === undefined ? { host: at.hostname, port: Number(at.port || 3306) } : { socketPath }),
    user: decodeURIComponent(at.username), password: decodeURIComponent(at.password),
  }
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}
