/**
 * MariaDB that goes away for a moment (a restart, a failover of Galera or its balancer) costs time instead of requests:
 * a new connection is waited for, a read is asked again, and so is a transaction that had not come to its commit
 * (`inTransaction`). Only where a write was sent and its answer lost, nobody can say what happened: that is a 503.
 */
import { MysqlDriver, type CompiledQuery, type DatabaseConnection, type Driver, type MysqlDialectConfig, type QueryResult, type TransactionSettings } from 'kysely'
import { setTimeout } from 'node:timers/promises'
import { ApiError, explainError } from '#core/errors/errors.ts'

/** Clients of an API wait longer than this. */
const PATIENCE_MS = 10_000
const LOOK_AGAIN_MS = 100
const ATTEMPTS = 5
/** Queries written by hand have no other mark. */
const READS = /^\s*select\b/i

/** The database cannot be reached, or was lost while it wrote. */
export class DatabaseUnavailable extends ApiError {
  constructor(what: string, cause: unknown) {
    super(503, 'Unavailable', `${what} (${explainError(cause)}). Try again in a moment; if it stays so, an administrator looks after the database server.`, { cause })
  }
}

/** The connection ended in the middle of a transaction, which the server has rolled back: it may be done again. */
export class TransactionLost extends Error {
  override readonly name = 'TransactionLost'
}

const GONE = new Set(['PROTOCOL_CONNECTION_LOST', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT', 'EHOSTUNREACH',
  'ER_SERVER_SHUTDOWN', 'ER_CONNECTION_KILLED', 'ER_NEW_ABORTING_CONNECTION', 'ER_CON_COUNT_ERROR', 'ER_UNKNOWN_COM_ERROR'])

/** Of an error of the library: true when the connection is no more. */
function isConnectionLost(error: unknown): boolean {
  const { code, fatal } = error as { code?: string; fatal?: boolean }
  return (fatal === true && code === undefined) || GONE.has(code ?? '')
}

/** The library's refusal to send anything over a connection that has ended; it carries no code. */
function wasNeverSent(error: unknown): boolean {
  return (error as { code?: string }).code === undefined
}

type Connection = Parameters<MysqlDriver['releaseConnection']>[0]

class PatientConnection implements DatabaseConnection {
  inner: Connection
  inTransaction = false
  readonly #another: (dead: Connection) => Promise<Connection>

  constructor(inner: Connection, another: (dead: Connection) => Promise<Connection>) {
    this.inner = inner
    this.#another = another
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.inner.executeQuery<R>(query)
      } catch (error) {
        if (!isConnectionLost(error)) throw error
        if (this.inTransaction) throw new TransactionLost('the database was lost in a transaction', { cause: error })
        if (!READS.test(query.sql) && !wasNeverSent(error)) throw new DatabaseUnavailable('The database was lost while it wrote', error)
        if (attempt >= ATTEMPTS) throw new DatabaseUnavailable('The database was lost again and again', error)
        this.inner = await this.#another(this.inner)
      }
    }
  }

  streamQuery<R>(query: CompiledQuery, chunkSize?: number): AsyncIterableIterator<QueryResult<R>> {
    return this.inner.streamQuery<R>(query, chunkSize ?? 100)
  }
}

/** Kysely's driver for MySQL, with patience. */
export class PatientDriver implements Driver {
  readonly #driver: MysqlDriver

  constructor(config: MysqlDialectConfig) { this.#driver = new MysqlDriver(config) }

  async init(): Promise<void> { await this.#driver.init() }

  async acquireConnection(): Promise<PatientConnection> {
    return new PatientConnection(await this.#connect(), async (dead) => {
      await this.#driver.releaseConnection(dead)
      return await this.#connect()
    })
  }

  async #connect(): Promise<Connection> {
    const deadline = performance.now() + PATIENCE_MS
    for (;;) {
      try {
        return await this.#driver.acquireConnection() as Connection
      } catch (error) {
        if (!isConnectionLost(error)) throw error
        if (performance.now() > deadline) throw new DatabaseUnavailable('The database does not answer', error)
        await setTimeout(LOOK_AGAIN_MS)
      }
    }
  }

  async beginTransaction(connection: PatientConnection, settings: TransactionSettings): Promise<void> {
    connection.inTransaction = true
    await this.#driver.beginTransaction(connection.inner, settings).catch((error: unknown) => { throw isConnectionLost(error) ? new TransactionLost('the database was lost before a transaction', { cause: error }) : error })
  }

  async commitTransaction(connection: PatientConnection): Promise<void> {
    try {
      await this.#driver.commitTransaction(connection.inner)
    } catch (error) {
      if (!isConnectionLost(error)) throw error
      throw wasNeverSent(error) ? new TransactionLost('the database was lost before a commit', { cause: error }) : new DatabaseUnavailable('The database was lost while it committed', error)
    }
    connection.inTransaction = false
  }

  /** The server has rolled back what a lost connection had begun. */
  async rollbackTransaction(connection: PatientConnection): Promise<void> {
    await this.#driver.rollbackTransaction(connection.inner).catch((error: unknown) => { if (!isConnectionLost(error)) throw error })
    connection.inTransaction = false
  }

  async releaseConnection(connection: PatientConnection): Promise<void> { await this.#driver.releaseConnection(connection.inner) }

  async destroy(): Promise<void> { await this.#driver.destroy() }
}
