/**
 * A service's own database: one SQLite file or one MariaDB schema, never shared. Tables are described in the
 * service's `database.ts` and made by its migrations. Only SQL that both engines run is written; the few places
 * where they differ (upsert, unique violations) have a helper here. Booleans are 0/1, instants ISO text, structures
 * JSON text.
 */
import type { Pool } from 'mysql2'
import { Kysely, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler, type Dialect, type Transaction } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { mariaPool } from './mariadb.ts'
import { DatabaseUnavailable, PatientDriver, TransactionLost } from './patient-driver.ts'
import { insideTransaction, sqliteDialect, type TransactionScope } from './sqlite-dialect.ts'

export { afterCommit } from './sqlite-dialect.ts'

export type Engine = 'sqlite' | 'mariadb'

export interface Database<Tables> {
  db: Kysely<Tables>
  engine: Engine
  close(): Promise<void>
}

export interface NamedMigration { name: string; up: Migration['up'] }

/** Where databases live: a folder of SQLite files, or the address of a MariaDB server. */
export type DatabaseLocation = { engine: 'sqlite'; folder: string } | { engine: 'sqlite'; memory: true } | { engine: 'mariadb'; url: string; prefix?: string }

const engines = new WeakMap<object, Engine>()
const guards = new WeakMap<object, object>()

/** Opens the database of one service and brings it up to date. */
export async function openDatabase<Tables>(location: DatabaseLocation, service: string, migrations: readonly NamedMigration[]): Promise<Database<Tables>> {
  const guard = {}
  const name = service.replaceAll('-', '_')
  const db = location.engine === 'sqlite'
    ? new Kysely<Tables>({ dialect: sqliteDialect(await sqlitePath(location, name), guard) })
    : new Kysely<Tables>({ dialect: mariaDialect(await mariaPool(location.url, `${location.prefix ?? 'nacre_'}${name}`)) })
  engines.set(db, location.engine)
  guards.set(db, guard)
  await migrate(db as Kysely<unknown>, migrations, location.engine)
  return { db, engine: location.engine, close: () => db.destroy() }
}

/** A database behind some other driver, with no tables made: a tool that looks at the SQL of this engine. */
export function databaseOver<Tables>(dialect: Dialect, engine: Engine): Kysely<Tables> {
  const db = new Kysely<Tables>({ dialect })
  engines.set(db, engine)
  return db
}

function mariaDialect(pool: Pool): Dialect {
  return { createAdapter: () => new MysqlAdapter(), createIntrospector: (db) => new MysqlIntrospector(db), createQueryCompiler: () => new MysqlQueryCompiler(), createDriver: () => new PatientDriver({ pool }) }
}

async function sqlitePath(location: Extract<DatabaseLocation, { engine: 'sqlite' }>, name: string): Promise<string> {
  if ('memory' in location) return ':memory:'
  const path = `${location.folder}/${name}.sqlite`
  await mkdir(dirname(path), { recursive: true })
  return path
}

async function migrate(db: Kysely<unknown>, migrations: readonly NamedMigration[], engine: Engine): Promise<void> {
  const provider = { getMigrations: async () => Object.fromEntries(migrations.map((m) => [m.name, { up: m.up }])) }
  const migrator = new Migrator({ db, provider, migrationTableName: 'migrations', migrationLockTableName: 'migrations_lock' })
  const { error, results } = await migrator.migrateToLatest()
  if (error !== undefined) {
    const failed = results?.find((r) => r.status === 'Error')?.migrationName ?? 'unknown'
    throw new Error(`migration ${failed} failed on ${engine}`, { cause: error })
  }
}

/** Any context that carries a database handle. */
interface HasDb { db: object }

/**
 * Runs `work` with a context on a transaction: all of it or nothing. Inside another transaction it joins that one.
 * Never await a neighbour, an agent or a file in it. Done again where MariaDB chose it to end a deadlock, or went away
 * before it was committed. Throws `DatabaseUnavailable`.
 */
export async function inTransaction<C extends HasDb, T>(ctx: C, work: (ctx: C) => Promise<T>): Promise<T> {
  const db = ctx.db as Kysely<unknown>
  if (db.isTransaction) return await work(ctx)
  for (let attempt = 1; ; attempt += 1) {
    const scope: TransactionScope = { key: guards.get(db) ?? db, open: true, afterCommit: [] }
    try {
      const result = await insideTransaction.run(scope, async () =>
        await db.transaction().execute(async (tx: Transaction<unknown>) => {
          engines.set(tx, engineOf(db))
          return await work({ ...ctx, db: tx })
        }))
      scope.open = false
      for (const task of scope.afterCommit) setImmediate(task)
      return result
    } catch (error) {
      scope.open = false
      const lost = error instanceof TransactionLost
      if (attempt >= 5 || !(lost || isDeadlock(error))) throw lost ? new DatabaseUnavailable('The database was lost again and again', error) : error
    }
  }
}

function engineOf(db: object): Engine {
  return engines.get(db) ?? 'sqlite'
}

function isDeadlock(error: unknown): boolean {
  const code = (error as { code?: string }).code
  return code === 'ER_LOCK_DEADLOCK' || code === 'ER_LOCK_WAIT_TIMEOUT'
}

/** True when a write was refused because a unique key is taken. */
export function isUniqueViolation(error: unknown): boolean {
  const code = (error as { code?: string }).code
  return code === 'ER_DUP_ENTRY' || code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY'
}

/** What `work` answers; undefined when a unique key it wants is taken. */
export async function unlessTaken<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (isUniqueViolation(error)) return undefined
    throw error
  }
}

/** Runs a write; false when a unique key is taken. */
export async function writeUnlessTaken(query: { execute(): Promise<unknown> }): Promise<boolean> {
  return await unlessTaken(async () => {
    await query.execute()
    return true
  }) === true
}

/** True when a write was refused because a row is referred to, or refers to one that is gone. */
export function isForeignKeyViolation(error: unknown): boolean {
  const code = (error as { code?: string }).code
  return code === 'SQLITE_CONSTRAINT_FOREIGNKEY' || code === 'ER_ROW_IS_REFERENCED_2' || code === 'ER_NO_REFERENCED_ROW_2'
}

/** Inserts, or updates the row that has the same key. */
export async function upsert(db: object, table: string, values: Record<string, unknown>, keys: string[]): Promise<void> {
  const handle = db as unknown as Kysely<Record<string, Record<string, unknown>>>
  const rest = Object.fromEntries(Object.entries(values).filter(([k]) => !keys.includes(k)))
  const insert = handle.insertInto(table).values(values as never)
  if (engineOf(db) === 'mariadb') {
    await insert.onDuplicateKeyUpdate((Object.keys(rest).length === 0 ? { [keys[0]!]: values[keys[0]!] } : rest) as never).execute()
    return
  }
  await insert.onConflict((c) => {
    const target = c.columns(keys as never[])
    return Object.keys(rest).length === 0 ? target.doNothing() : target.doUpdateSet(rest as never)
  }).execute()
}

export { Kysely }
export { sql, type ColumnType, type Insertable, type SelectQueryBuilder, type ExpressionBuilder } from 'kysely'
