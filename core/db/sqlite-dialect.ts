/**
 * Kysely over better-sqlite3, with two things its own dialect lacks: prepared statements are kept (preparing costs
 * more than running a small query), and a query that would wait for the very transaction it is called in fails with
 * a sentence instead of hanging. SQLite here has one connection; transactions take turns on it.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import SqliteDatabase from 'better-sqlite3'
import {
  CompiledQuery, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler,
  type DatabaseConnection, type Dialect, type Driver, type QueryResult, type TransactionSettings,
} from 'kysely'
import { LRUCache } from 'lru-cache'

type Statement = SqliteDatabase.Statement<unknown[]>

/** The transaction that the current code runs in: whose it is, whether it is still open, what waits for its commit. */
export interface TransactionScope { key: object; open: boolean; afterCommit: (() => void)[] }
export const insideTransaction = new AsyncLocalStorage<TransactionScope>()

/** Runs `task` when the current transaction has committed, or soon when there is none. A rollback drops it. */
export function afterCommit(task: () => void): void {
  const scope = insideTransaction.getStore()
  if (scope?.open === true) scope.afterCommit.push(task)
  else setImmediate(task)
}

const QUOTED_OR_PLACEHOLDER = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\?/g

/**
 * SQLite looks at the values bound to `limit ?`, `like ?` and flags (`= ?` with 0 or 1) when it plans, and therefore
 * plans such a statement anew at every call: ten times the cost of a small query. It does not look behind a unary
 * plus, which changes nothing else. https://www.sqlite.org/c3ref/c_dbconfig_defensive.html (ENABLE_QPSG)
 */
function steady(text: string): string {
  return text.replace(QUOTED_OR_PLACEHOLDER, (found) => (found === '?' ? '+?' : found))
}

class Connection implements DatabaseConnection {
  readonly database: SqliteDatabase.Database
  readonly #statements = new LRUCache<string, Statement>({ max: 1000 })

  constructor(database: SqliteDatabase.Database) { this.database = database }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    let statement = this.#statements.get(query.sql)
    if (statement === undefined) {
      statement = this.database.prepare(steady(query.sql)) as Statement
      this.#statements.set(query.sql, statement)
    }
    if (statement.reader) return { rows: statement.all(...query.parameters) as R[] }
    const { changes, lastInsertRowid } = statement.run(...query.parameters)
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    const statement = this.database.prepare(query.sql)
    for (const row of statement.iterate(...query.parameters)) yield { rows: [row as R] }
  }
}

class SqliteDriver implements Driver {
  readonly #open: () => SqliteDatabase.Database
  readonly #key: object
  #connection: Connection | undefined
  #busy = false
  readonly #queue: (() => void)[] = []

  constructor(open: () => SqliteDatabase.Database, key: object) {
    this.#open = open
    this.#key = key
  }

  async init(): Promise<void> { this.#connection = new Connection(this.#open()) }

  async acquireConnection(): Promise<DatabaseConnection> {
    if (this.#busy) {
      const scope = insideTransaction.getStore()
      if (scope?.open === true && scope.key === this.#key) {
        throw new Error('this query runs inside a transaction but not on it: use the context that inTransaction hands over')
      }
      await new Promise<void>((resolve) => this.#queue.push(resolve))
    }
    this.#busy = true
    return this.#connection!
  }

  async releaseConnection(): Promise<void> {
    this.#busy = false
    this.#queue.shift()?.()
  }

  async beginTransaction(connection: DatabaseConnection, _settings: TransactionSettings): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'))
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#connection!.database.inTransaction) await connection.executeQuery(CompiledQuery.raw('rollback'))
  }

  async destroy(): Promise<void> { this.#connection?.database.close() }
}

/** `path` may be `:memory:`. `key` names the database to the in-transaction guard. */
export function sqliteDialect(path: string, key: object): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createDriver: () => new SqliteDriver(() => openFile(path), key),
  }
}

function openFile(path: string): SqliteDatabase.Database {
  const database = new SqliteDatabase(path)
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  database.pragma('foreign_keys = ON')
  database.pragma('busy_timeout = 10000')
  database.pragma('cache_size = -4000')
  // Sorting a page of a list opens a temporary table: in memory it costs a third.
  database.pragma('temp_store = MEMORY')
  return database
}
