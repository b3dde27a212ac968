import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { inTransaction, openDatabase, sql, type Database, type Kysely } from './database.ts'
import { prepared } from './prepared.ts'

interface Tables { books: { id: string; title: string; copies: number; gone: string | null } }

const migration = {
  name: '0001-books',
  async up(db: Kysely<unknown>) {
    await db.schema.createTable('books').addColumn('id', 'varchar(36)', (c) => c.primaryKey()).addColumn('title', 'varchar(64)', (c) => c.notNull())
      .addColumn('copies', 'integer', (c) => c.notNull()).addColumn('gone', 'varchar(32)').execute()
  },
}

let built = 0
const insert = prepared((db: Kysely<Tables>, value) => db.insertInto('books').values({ id: value('id'), title: value('title'), copies: value('copies'), gone: null }))
const byIds = prepared<Tables, Tables['books'], number>((db, value, count) => {
  built += 1
  return db.selectFrom('books').selectAll().where('id', 'in', Array.from({ length: count }, (_, at) => value(String(at)))).where('gone', 'is', null).orderBy('id')
})
const buy = prepared((db: Kysely<Tables>, value) => db.updateTable('books').set({ copies: sql<number>`copies + ${value('more')}` }).where('id', '=', value('id')))

describe.each(databases)('prepared queries on %s', (_name, locate) => {
  let database: Database<Tables>
  beforeAll(async () => { database = await openDatabase<Tables>(await locate(), 'prepared', [migration]) })
  afterAll(async () => { await database.close() })
  const ctx = (): { db: Kysely<Tables> } => ({ db: database.db })
  const titles = async (...ids: string[]): Promise<string[]> => (await byIds(database.db, { ...ids }, String(ids.length), ids.length)).rows.map((r) => `${r.title} ${r.copies}`)

  it('are built once for a shape and take the values of each call', async () => {
    for (const [id, title] of [['a', 'A "quoted" ?'], ['b', 'B']]) await insert(database.db, { id, title, copies: 1 })
    const before = built
    expect(await titles('a')).toEqual(['A "quoted" ? 1'])
    expect(await titles('b')).toEqual(['B 1'])
    expect(await titles('a', 'b')).toEqual(['A "quoted" ? 1', 'B 1'])
    expect(await titles('b', 'none')).toEqual(['B 1'])
    expect(built - before).toBe(2)
  })

  it('tell how many rows they changed', async () => {
    expect((await buy(database.db, { id: 'a', more: 2 })).numAffectedRows).toBe(1n)
    expect((await buy(database.db, { id: 'none', more: 2 })).numAffectedRows).toBe(0n)
    expect(await titles('a')).toEqual(['A "quoted" ? 3'])
  })

  it('belong to the transaction they run in', async () => {
    await expect(inTransaction(ctx(), async ({ db }) => {
      await buy(db, { id: 'b', more: 5 })
      throw new Error('not this time')
    })).rejects.toThrow('not this time')
    expect(await titles('b')).toEqual(['B 1'])
  })
})
