/**
 * A database that writes down what it is asked. It has the adapter and the query compiler of its engine, so the text
 * is the one the engine would get; answers are made up. What a row looks like is asked of a scratch SQLite with the
 * service's tables, which refuses what is no SQL or names no column of them.
 */
import SqliteDatabase from 'better-sqlite3'
import {
  MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler,
  type CompiledQuery, type DatabaseConnection, type Dialect, type Driver, type Kysely, type QueryResult,
} from 'kysely'
import { databaseOver, openDatabase, type Engine, type NamedMigration } from '#core/db/database.ts'

/** What the tables hold: one of everything (its structures objects or lists), or nothing, or just what is about to be inserted. */
export type Answers = 'objects' | 'lists' | 'nothing' | 'taken'

/** What is asked of one call; `met` says which other answers could make a difference. */
export interface Recording { statements: string[]; answers: Answers; met: { insert: boolean; structure: boolean } }
export interface RecordingDatabase { db: Kysely<unknown>; engine: Engine; recording: Recording | undefined; refused: Map<string, string> }

/** A method that asks on and on (page by page) is cut off here. */
const MOST_STATEMENTS = 30

export class Enough extends Error {}

/** An empty SQLite with these tables. */
export async function scratchDatabase(migrations: readonly NamedMigration[]): Promise<SqliteDatabase.Database> {
  const { db, close } = await openDatabase<{ sqlite_master: { sql: string | null } }>({ engine: 'sqlite', memory: true }, 'scratch', migrations)
  const made = await db.selectFrom('sqlite_master').select('sql').where('sql', 'is not', null).execute()
  await close()
  const scratch = new SqliteDatabase(':memory:')
  for (const { sql } of made) if (!sql!.includes('sqlite_sequence')) scratch.exec(sql!)
  return scratch
}

export function recordingDatabase(engine: Engine, scratch: SqliteDatabase.Database): RecordingDatabase {
  const refused = new Map<string, string>()
  const shapes = new Map<string, Column[]>()
  const connection: DatabaseConnection = {
    executeQuery: async <R>(query: CompiledQuery): Promise<QueryResult<R>> => {
      const { recording } = recorder
      if (recording === undefined) throw new Enough()
      recording.statements.push(query.sql)
      if (recording.statements.length > MOST_STATEMENTS) throw new Enough()
      let shape = shapes.get(query.sql)
      if (shape === undefined) shapes.set(query.sql, shape = shapeOf(scratch, query.sql, (why) => { if (engine === 'sqlite') refused.set(query.sql, why) }))
      if (isInsert(query.sql)) recording.met.insert = true
      if (shape.some(isStructure)) recording.met.structure = true
      return answer(query.sql, shape, recording.answers) as QueryResult<R>
    },
    streamQuery: () => { throw new Enough() },
  }
  const nothing = async (): Promise<void> => {}
  const driver: Driver = { init: nothing, acquireConnection: async () => connection, beginTransaction: nothing, commitTransaction: nothing, rollbackTransaction: nothing, releaseConnection: nothing, destroy: nothing }
  const dialect: Dialect = engine === 'sqlite'
    ? { createAdapter: () => new SqliteAdapter(), createDriver: () => driver, createIntrospector: (db) => new SqliteIntrospector(db), createQueryCompiler: () => new SqliteQueryCompiler() }
    : { createAdapter: () => new MysqlAdapter(), createDriver: () => driver, createIntrospector: (db) => new MysqlIntrospector(db), createQueryCompiler: () => new MysqlQueryCompiler() }
  const recorder: RecordingDatabase = { db: databaseOver<unknown>(dialect, engine), engine, recording: undefined, refused }
  return recorder
}

interface Column { name: string; type: string | null }

/** Columns of the answer. SQLite reads MariaDB's quotes too; what of it SQLite cannot read gives no rows. */
function shapeOf(scratch: SqliteDatabase.Database, text: string, onRefused: (why: string) => void): Column[] {
  try {
    const statement = scratch.prepare(text)
    return statement.reader ? statement.columns() : []
  } catch (error) {
    onRefused((error as Error).message)
    return []
  }
}

function answer(text: string, columns: readonly Column[], answers: Answers): QueryResult<unknown> {
  if (isInsert(text) && answers === 'taken') throw Object.assign(new Error('taken'), { code: 'SQLITE_CONSTRAINT_UNIQUE' })
  const empty = answers === 'nothing' || answers === 'taken'
  // A count or sum has a row whatever the tables hold.
  const isTotal = columns.every(({ type }) => type === null) && !/ group by /.test(text)
  const rows = columns.length > 0 && (!empty || isTotal) ? [rowOf(columns, answers)] : []
  return { rows, numAffectedRows: empty && !isInsert(text) ? 0n : 1n, insertId: 1n }
}

function rowOf(columns: readonly Column[], answers: Answers): Record<string, unknown> {
  return Object.fromEntries(columns.map(({ name, type }) => {
    if (type === null || /int|real|double|numeric|decimal|float/i.test(type)) return [name, 1]
    if (/_(at|since|until|before)$/.test(name)) return [name, '2026-01-01T00:00:00.000Z']
    return [name, !isStructure({ name, type }) ? 'text' : answers === 'lists' ? '["text"]' : '{}']
  }))
}

function isInsert(text: string): boolean {
  return /^insert/i.test(text)
}

/** Structures are kept as long text. */
function isStructure({ type }: Column): boolean {
  return type !== null && /text/i.test(type)
}
