/**
 * One MariaDB and one RabbitMQ for a whole test run, started when the first test asks. The room lives in the main
 * process of vitest and is asked over a unix socket, which reaches workers that are threads and workers that are
 * processes alike. `engines.ts` is the side that tests see.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Pool, RowDataPacket } from 'mysql2/promise'
import { startMariaDb, type MariaDb } from './mariadb.ts'
import { startRabbitMq, type RabbitMq } from './rabbitmq.ts'

export interface EngineRoom { socket: string; close(): Promise<void> }

type Answer = Record<string, string>

/** Opens the room; nothing is started yet. */
export async function openEngineRoom(): Promise<EngineRoom> {
  const folder = await mkdtemp(join(tmpdir(), 'nacre-engines-'))
  const socket = join(folder, 'socket')
  const mariaDb = new SharedMariaDb()
  const rabbitMq = new SharedRabbitMq()
  const server = serve(socket, {
    '/mariadb/fresh': async () => ({ url: await mariaDb.fresh() }),
    '/mariadb/drop': async (name) => { await mariaDb.drop(name); return {} },
    '/rabbitmq/fresh': async () => ({ url: await rabbitMq.fresh() }),
  })
  await once(server, 'listening')
  return {
    socket,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await Promise.all([mariaDb.stop(), rabbitMq.stop()])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function serve(socket: string, routes: Record<string, (argument: string) => Promise<Answer>>): Server {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://engines')
    const route = routes[pathname]
    if (route === undefined) {
      response.writeHead(404).end()
      return
    }
    route(searchParams.get('name') ?? '').then(
      (answer) => { response.end(JSON.stringify(answer)) },
      (error: unknown) => { response.writeHead(500).end(error instanceof Error ? error.message : String(error)) },
    )
  })
  server.listen(socket)
  return server
}

class SharedMariaDb {
  #engine: Promise<{ db: MariaDb; pool: Pool }> | undefined

  async fresh(): Promise<string> {
    const { db, pool } = await (this.#engine ??= this.#start())
    const name = `t_${randomBytes(6).toString('hex')}`
    await pool.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`)
    return `${db.url}/${name}`
  }

  async drop(name: string): Promise<void> {
    if (!/^t_[0-9a-f]{12}$/.test(name)) throw new Error(`not a test database: ${name}`)
    const { pool } = (await this.#engine)!
    // A test may have made further databases whose names begin with the one it was given.
    const [rows] = await pool.query<RowDataPacket[]>('SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE ?', [`${name.replaceAll('_', '\\_')}%`])
    for (const row of rows) await pool.query(`DROP DATABASE IF EXISTS ${String(row['name'])}`)
  }

  async stop(): Promise<void> {
    const engine = await this.#engine?.catch(() => undefined)
    await engine?.pool.end()
    await engine?.db.stop()
  }

  async #start(): Promise<{ db: MariaDb; pool: Pool }> {
    const { createPool } = await import('mysql2/promise')
    const db = await startMariaDb()
    return { db, pool: createPool({ uri: db.url, connectionLimit: 2 }) }
  }
}

class SharedRabbitMq {
  #broker: Promise<RabbitMq> | undefined

  async fresh(): Promise<string> {
    const { url } = await (this.#broker ??= startRabbitMq())
    return `${url}?namespace=t-${randomBytes(6).toString('hex')}`
  }

  async stop(): Promise<void> {
    const broker = await this.#broker?.catch(() => undefined)
    await broker?.stop()
  }
}
