import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { openDatabase, sql, type Database, type Kysely } from '#core/db/database.ts'
import { compareAndSet } from './states.ts'

interface Row { id: string; state: string | null; note: string | null; turns: number }

const migration = {
  name: '0001-things',
  async up(db: Kysely<unknown>) {
    await db.schema.createTable('things').addColumn('id', 'varchar(36)', (c) => c.primaryKey()).addColumn('state', 'varchar(32)').addColumn('note', 'varchar(32)')
      .addColumn('turns', 'integer', (c) => c.notNull()).execute()
  },
}

describe.each(databases)('compare and set on %s', (_name, locate) => {
  let database: Database<{ things: Row }>
  beforeAll(async () => {
    database = await openDatabase(await locate(), 'states', [migration])
    await database.db.insertInto('things').values({ id: 'a', state: 'new', note: 'kept', turns: 0 }).execute()
  })
  afterAll(async () => { await database.close() })
  const change = async (guard: Record<string, unknown>, set: Record<string, unknown>): Promise<boolean> => await compareAndSet({ db: database.db }, 'things', { id: 'a' }, guard, set)
  const row = async (): Promise<Row> => await database.db.selectFrom('things').selectAll().executeTakeFirstOrThrow()

  it('changes a row in one of the states and leaves any other alone', async () => {
    const turn = sql<number>`turns + 1`
    expect(await change({ state: ['new', null] }, { state: 'built', turns: turn })).toBe(true)
    expect(await change({ state: ['new', null] }, { state: 'lost', turns: turn })).toBe(false)
    expect(await change({ state: ['built', null] }, { state: null, turns: turn })).toBe(true)
    expect(await change({ state: null }, { state: 'new', turns: turn })).toBe(true)
    expect(await row()).toEqual({ id: 'a', state: 'new', note: 'kept', turns: 3 })
  })

  it('leaves what is undefined as it is', async () => {
    expect(await change({}, { state: 'next', note: undefined })).toBe(true)
    expect(await row()).toMatchObject({ state: 'next', note: 'kept' })
  })
})
