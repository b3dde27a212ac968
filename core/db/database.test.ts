import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { applyPage } from '#core/listing/listing.ts'
import { compareAndSet, defineStates, transition } from '#core/states/states.ts'
import { afterCommit, inTransaction, isUniqueViolation, openDatabase, unlessTaken, upsert, writeUnlessTaken, type Database, type Kysely } from './database.ts'

interface Thing { id: string; name: string; status: string; task: string | null; size: number }
interface Tables { things: Thing }

const migrations = [{
  name: '0001-things',
  async up(db: Kysely<unknown>) {
    await db.schema.createTable('things').addColumn('id', 'varchar(36)', (c) => c.primaryKey()).addColumn('name', 'varchar(255)', (c) => c.notNull().unique())
      .addColumn('status', 'varchar(16)', (c) => c.notNull()).addColumn('task', 'varchar(16)').addColumn('size', 'integer', (c) => c.notNull()).execute()
  },
}]

const thing = (id: string, more: Partial<Thing> = {}): Thing => ({ id, name: `n-${id}`, status: 'new', task: null, size: 1, ...more })

describe.each(databases)('a database on %s', (_name, locate) => {
  let database: Database<Tables>
  let ctx: { db: Kysely<Tables> }
  beforeEach(async () => {
    database = await openDatabase<Tables>(await locate(), 'test-things', migrations)
    ctx = { db: database.db }
  })
  afterEach(async () => { await database.close() })
  const ids = async (): Promise<string[]> => (await ctx.db.selectFrom('things').select('id').orderBy('id').execute()).map((r) => r.id)

  it('writes a transaction whole or not at all', async () => {
    await inTransaction(ctx, async (tx) => { await tx.db.insertInto('things').values([thing('a'), thing('b')]).execute() })
    await expect(inTransaction(ctx, async (tx) => {
      await tx.db.insertInto('things').values(thing('c')).execute()
      throw new Error('no')
    })).rejects.toThrow('no')
    expect(await ids()).toEqual(['a', 'b'])
  })

  it('joins a transaction inside another', async () => {
    await expect(inTransaction(ctx, async (outer) => {
      await inTransaction(outer, async (inner) => { await inner.db.insertInto('things').values(thing('a')).execute() })
      throw new Error('no')
    })).rejects.toThrow('no')
    expect(await ids()).toEqual([])
  })

  it('runs hooks after the commit, and never after a rollback', async () => {
    const seen: string[] = []
    await inTransaction(ctx, async () => { afterCommit(() => seen.push('kept')) })
    await inTransaction(ctx, async () => { afterCommit(() => seen.push('dropped')); throw new Error('no') }).catch(() => {})
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
    expect(seen).toEqual(['kept'])
  })

  it('tells a taken unique key from other errors', async () => {
    await ctx.db.insertInto('things').values(thing('a')).execute()
    const error = await ctx.db.insertInto('things').values(thing('b', { name: 'n-a' })).execute().then(() => undefined, (e: unknown) => e)
    expect(isUniqueViolation(error)).toBe(true)
    expect(isUniqueViolation(new Error('other'))).toBe(false)
  })

  it('writes unless a unique key is taken, also in the middle of a transaction', async () => {
    const wrote = await inTransaction(ctx, async (ctx) => [
      await writeUnlessTaken(ctx.db.insertInto('things').values(thing('a'))), await writeUnlessTaken(ctx.db.insertInto('things').values(thing('b', { name: 'n-a' }))),
      await writeUnlessTaken(ctx.db.insertInto('things').values(thing('c'))),
    ])
    expect(wrote).toEqual([true, false, true])
    expect(await ids()).toEqual(['a', 'c'])
    await expect(writeUnlessTaken(ctx.db.insertInto('nothings' as 'things').values(thing('d')))).rejects.toThrow('nothings')
    expect(await unlessTaken(async () => 7)).toBe(7)
  })

  it('inserts or updates by key', async () => {
    await upsert(ctx.db, 'things', { ...thing('a') }, ['id'])
    await upsert(ctx.db, 'things', { ...thing('a', { size: 9 }) }, ['id'])
    expect(await ctx.db.selectFrom('things').select('size').execute()).toEqual([{ size: 9 }])
  })

  it('moves a row only from a state that allows it, and tells apart two that race', async () => {
    const states = defineStates({ field: 'status', initial: 'new', actions: { start: { from: ['new'], to: 'on' } } })
    await ctx.db.insertInto('things').values(thing('a')).execute()
    const moved = await Promise.all([transition(ctx, states, 'start', 'things', 'a'), transition(ctx, states, 'start', 'things', 'a')])
    expect(moved.filter(Boolean)).toHaveLength(1)
    expect(await compareAndSet(ctx, 'things', { id: 'a' }, { status: 'on', task: null }, { task: 'busy' })).toBe(true)
    expect(await compareAndSet(ctx, 'things', { id: 'a' }, { task: ['x', null] }, { task: 'other' })).toBe(false)
  })

  it('counts a row that already has the wanted value as matched', async () => {
    await ctx.db.insertInto('things').values(thing('a')).execute()
    expect(await compareAndSet(ctx, 'things', { id: 'a' }, { status: 'new' }, { status: 'new' })).toBe(true)
  })

  it('pages by key, ties and nulls included, without losing or repeating a row', async () => {
    const rows = Array.from({ length: 25 }, (_, at) => thing(String(at).padStart(2, '0'), { size: at % 3, task: at % 4 === 0 ? null : `t${at % 2}` }))
    await ctx.db.insertInto('things').values(rows).execute()
    for (const direction of ['asc', 'desc'] as const) {
      const sort = [{ column: 'task', direction }, { column: 'size', direction: 'asc' as const }, { column: 'id', direction }]
      const seen: string[] = []
      let marker: Record<string, unknown> | undefined
      for (;;) {
        const page: Thing[] = await applyPage(ctx.db.selectFrom('things').selectAll(), sort, marker, 4).execute()
        if (page.length === 0) break
        seen.push(...page.map((r) => r.id))
        marker = page.at(-1) as unknown as Record<string, unknown>
      }
      const all = await applyPage(ctx.db.selectFrom('things').selectAll(), sort, undefined, undefined).execute()
      expect(seen).toEqual(all.map((r) => r.id))
      expect(new Set(seen).size).toBe(25)
    }
  })
})
