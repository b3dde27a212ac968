import { afterEach, describe, expect, it } from 'vitest'
import type { Context } from '#core/http/context.ts'
import { inTransaction } from '#core/db/database.ts'
import { DatabaseUnavailable } from '#core/db/patient-driver.ts'
import { defineService } from '#core/service/service.ts'
import { computeDialect } from '#core/http/dialect.ts'
import { startBench, type Bench } from '#testkit/service-bench.ts'
import { defineOperation, each, nothing, step, waitFor, type Operation } from './define.ts'
import { getOperation, listSteps, type OperationTables } from './store.ts'
import type { Kysely } from 'kysely'

type Ctx = Context<OperationTables, unknown, object>
interface Input { id: string; parts: string[]; secret?: string | null }

/** A world the steps act on, so a test can see what an operation left. */
interface World { things: Set<string>; failAt?: string; failTimes: number; failWith?: (message: string) => Error; failed: string | undefined; ready: boolean; journal: string[] }

function makeWorld(): World {
  return { things: new Set(), failTimes: Number.POSITIVE_INFINITY, failed: undefined, ready: true, journal: [] }
}

function trip(world: World, at: string): void {
  if (world.failAt === at && world.failTimes > 0) {
    world.failTimes -= 1
    throw world.failWith?.(`broke at ${at}`) ?? new Error(`broke at ${at}`)
  }
}

function build(world: World): Operation<Input, Ctx> {
  const thing = (name: string) => step<Input, Ctx>({
    name,
    async do(_ctx, { carried }) {
      world.journal.push(`do ${name}`)
      world.things.add(name)
      trip(world, name)
      return { carried }
    },
    async undo() { world.journal.push(`undo ${name}`); world.things.delete(name) },
  })
  return defineOperation<Input, Ctx>({
    name: 'test.build', version: 1, secrets: ['secret'], resource: { type: 'thing', id: (input) => input.id },
    steps: [
      thing('choose'),
      each<Input, Ctx>('parts', (input) => input.parts.map((p) => thing(`part-${p}`))),
      step<Input, Ctx>({
        name: 'wait', undo: nothing('only looks'),
        async do(_ctx, { startedAt }) { if (!world.ready) throw waitFor('the world', { startedAt, timeoutMs: 60_000, pollMs: 30_000 }) },
      }),
      thing('last'),
    ],
    retry: { when: (e) => (e as Error).message.includes('part-b'), from: 'choose', times: 2, carry: ({ carried }) => ({ avoided: Number(carried['avoided'] ?? 0) + 1 }) },
    async onFailed(_ctx, { failure }) { world.failed = `${failure.step}: ${failure.message}` },
  })
}

let bench: Bench<Ctx> | undefined
afterEach(async () => { await bench?.stop(); bench = undefined })

async function start(world: World, roles?: ('operations' | 'reconcilers')[]): Promise<{ ctx: Ctx; operation: Operation<Input, Ctx> }> {
  const operation = build(world)
  const service = defineService<OperationTables, unknown, Record<never, never>>({
    name: 'bench', type: 'bench', port: 0, path: '', config: {}, routes: [], policies: [], dialect: computeDialect, order: 'validate-first',
    migrations: [], operations: [operation], clients: () => ({}),
  })
  bench = await startBench(service, { roles })
  return { ctx: bench.context(), operation }
}

async function submit(ctx: Ctx, operation: Operation<Input, Ctx>): Promise<string> {
  return await inTransaction(ctx, async (tx) => await ctx.operations.submit(tx, operation, { id: 'r1', parts: ['a', 'b'], secret: 'hunter2' }))
}

const row = async (ctx: Ctx, id: string) => await getOperation(ctx.db as unknown as Kysely<OperationTables>, id)

describe('operation runner', () => {
  it('runs every step once, in order, and records the story', async () => {
    const world = makeWorld()
    const { ctx, operation } = await start(world)
    const id = await submit(ctx, operation)
    await bench!.settled()
    expect(await row(ctx, id)).toMatchObject({ state: 'done', current_step: null })
    expect(world.journal).toEqual(['do choose', 'do part-a', 'do part-b', 'do last'])
    expect((await listSteps(ctx.db as never, [id])).map((s) => `${s.step} ${s.outcome}`)).toEqual(['choose done', 'part-a done', 'part-b done', 'wait done', 'last done'])
  })

  it.each([['done', undefined], ['failed', 'last']])('keeps no secret once it is %s', async (state, failAt) => {
    const world = makeWorld()
    if (failAt !== undefined) world.failAt = failAt
    world.ready = false
    const { ctx, operation } = await start(world)
    const id = await submit(ctx, operation)
    await expect.poll(async () => (await row(ctx, id))?.current_step).toBe('wait')
    expect((await row(ctx, id))!.input).toContain('hunter2')
    world.ready = true
    ctx.operations.wake('r1')
    await bench!.settled()
    const ended = await row(ctx, id)
    expect([ended!.state, JSON.parse(ended!.input)]).toEqual([state, { id: 'r1', parts: ['a', 'b'], secret: null }])
  })

  it('starts nothing when the transaction rolls back', async () => {
    const world = makeWorld()
    const { ctx, operation } = await start(world)
    await expect(inTransaction(ctx, async (tx) => {
      await ctx.operations.submit(tx, operation, { id: 'r1', parts: [] })
      throw new Error('no')
    })).rejects.toThrow('no')
    await bench!.settled()
    expect(world.journal).toEqual([])
  })

  it('unwinds everything, the broken step included, and tells why', async () => {
    const world = makeWorld()
    world.failAt = 'last'
    const { ctx, operation } = await start(world)
    const id = await submit(ctx, operation)
    await bench!.settled()
    expect(world.things.size).toBe(0)
    expect(world.failed).toBe('last: broke at last')
    expect((await row(ctx, id))?.state).toBe('failed')
  })

  it('goes back to a step and forward again with what it learned', async () => {
    const world = makeWorld()
    world.failAt = 'part-b'
    world.failTimes = 1
    const { ctx, operation } = await start(world)
    const id = await submit(ctx, operation)
    await bench!.settled()
    const found = await row(ctx, id)
    expect(found).toMatchObject({ state: 'done', attempts: 1 })
    expect(JSON.parse(found!.results)).toMatchObject({ choose: { carried: { avoided: 1 } } })
    expect([...world.things].sort()).toEqual(['choose', 'last', 'part-a', 'part-b'])
  })

  it('does a step again that the database was away from, without calling it failed', async () => {
    const world = makeWorld()
    Object.assign(world, { failAt: 'last', failTimes: 1, failWith: (message: string) => new DatabaseUnavailable('The database does not answer', new Error(message)) })
    const { ctx, operation } = await start(world)
    const id = await submit(ctx, operation)
    await bench!.settled()
    expect(await row(ctx, id)).toMatchObject({ state: 'done', attempts: 0 })
    expect(world.journal).toEqual(['do choose', 'do part-a', 'do part-b', 'do last', 'do last'])
  })

  it('gives up after the last retry', async () => {
    const world = makeWorld()
    world.failAt = 'part-b'
    const { ctx, operation } = await start(world)
    const id = await submit(ctx, operation)
    await bench!.settled()
    expect(await row(ctx, id)).toMatchObject({ state: 'failed', attempts: 2 })
    expect(world.things.size).toBe(0)
  })

  it('waits until woken', async () => {
    const world = makeWorld()
    world.ready = false
    const { ctx, operation } = await start(world)
    const id = await submit(ctx, operation)
    await expect.poll(async () => (await row(ctx, id))?.current_step).toBe('wait')
    world.ready = true
    ctx.operations.wake('r1')
    await bench!.settled()
    expect((await row(ctx, id))?.state).toBe('done')
  })

  it('unwinds a cancelled operation without calling it failed', async () => {
    const world = makeWorld()
    world.ready = false
    const { ctx, operation } = await start(world)
    const id = await submit(ctx, operation)
    await expect.poll(async () => (await row(ctx, id))?.current_step).toBe('wait')
    await ctx.operations.cancel(ctx, 'r1')
    await bench!.settled()
    expect((await row(ctx, id))?.state).toBe('cancelled')
    expect(world.things.size).toBe(0)
    expect(world.failed).toBeUndefined()
  })

  it('leaves work to others where it has not the role', async () => {
    const world = makeWorld()
    const { ctx, operation } = await start(world, ['reconcilers'])
    const id = await submit(ctx, operation)
    await bench!.settled()
    expect((await row(ctx, id))?.state).toBe('running')
    expect(world.journal).toEqual([])
  })
})
