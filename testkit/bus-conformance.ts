/**
 * What every bus must do, whichever way its messages travel. An implementation's test calls `busConformance` with a
 * way to open ends: every `open()` of one test joins the same bus, as processes of one cloud would. Where the
 * implementation has one bus object per process only, all ends may be that same object.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BusClosed, BusTimeout, RemoteError, type Bus } from '#core/bus/bus.ts'

export interface BusUnderTest {
  /** Another end of the bus; closed by the suite. */
  open(): Promise<Bus>
}

/** A promise and the way to fulfil it. */
function signal<T = void>(): { promise: Promise<T>; fire: (value: T) => void } {
  let fire = (_value: T): void => {}
  const promise = new Promise<T>((resolve) => { fire = resolve })
  return { promise, fire }
}

/** Gathers values and tells when there are enough. */
function gather<T>(count: number): { values: T[]; add: (value: T) => void; all: Promise<T[]> } {
  const done = signal<T[]>()
  const values: T[] = []
  const add = (value: T): void => {
    values.push(value)
    if (values.length === count) done.fire(values)
  }
  return { values, add, all: done.promise }
}

class QuotaExceeded extends Error {
  override readonly name = 'QuotaExceeded'
  readonly data = { limit: 10, used: [9, 1], nested: { of: 'cores' } }
}

export function busConformance(name: string, arrange: () => Promise<BusUnderTest>): void {
  describe(`${name} is a bus`, () => {
    let caller: Bus
    let server: Bus
    let open: () => Promise<Bus>
    const ends = new Set<Bus>()

    beforeEach(async () => {
      const underTest = await arrange()
      open = async () => {
        const bus = await underTest.open()
        ends.add(bus)
        return bus
      }
      caller = await open()
      server = await open()
    })
    afterEach(async () => {
      for (const bus of ends) await bus.close()
      ends.clear()
    })

    callsAndAnswers(() => ({ caller, server }))
    waiting(() => ({ caller, server }))
    sharing(() => ({ caller, server, open }))
    fanouts(() => ({ caller, server, open }))
    endings(() => ({ caller, server, open }))
  })
}

interface Ends { caller: Bus; server: Bus }
interface OpenEnds extends Ends { open: () => Promise<Bus> }

function callsAndAnswers(ends: () => Ends): void {
  it('answers a call with what the handler returns', async () => {
    const { caller, server } = ends()
    await server.serve('agent.host1', async (message) => ({ heard: message }))
    expect(await caller.call('agent.host1', { verb: 'spawn', sizes: [1, 2], name: 'тест', none: null })).toEqual({
      heard: { verb: 'spawn', sizes: [1, 2], name: 'тест', none: null },
    })
  })

  it('gives many calls under way each its own answer', async () => {
    const { caller, server } = ends()
    await server.serve('double', async (n) => Number(n) * 2)
    const answers = await Promise.all(Array.from({ length: 100 }, async (_, n) => await caller.call('double', n)))
    expect(answers).toEqual(Array.from({ length: 100 }, (_, n) => n * 2))
  })

  it('carries plain JSON: nothing becomes null, a date its text, and nobody shares objects', async () => {
    const { caller, server } = ends()
    const kept: unknown[] = []
    await server.serve('keep', async (message) => { kept.push(message) })
    const sent = { at: new Date(0), gone: undefined, list: [1] }
    expect(await caller.call('keep', sent)).toBeNull()
    expect(kept).toEqual([{ at: '1970-01-01T00:00:00.000Z', list: [1] }])
    sent.list.push(2)
    expect(kept).toEqual([{ at: '1970-01-01T00:00:00.000Z', list: [1] }])
  })

  it('carries a message of a megabyte', async () => {
    const { caller, server } = ends()
    await server.serve('length', async (message) => String(message).length)
    expect(await caller.call('length', 'x'.repeat(1_000_000))).toBe(1_000_000)
  })

  it("rejects with the error's kind, message and data", async () => {
    const { caller, server } = ends()
    await server.serve('fails', async () => { throw new QuotaExceeded('too many cores') })
    const error = await caller.call('fails', {}).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(RemoteError)
    expect(error).toMatchObject({ kind: 'QuotaExceeded', message: 'too many cores', data: { limit: 10, used: [9, 1], nested: { of: 'cores' } } })
  })

  it('keeps kind and data over two hops, and treats a throw before the first await alike', async () => {
    const { caller, server } = ends()
    await server.serve('inner', () => { throw new QuotaExceeded('no') })
    await server.serve('outer', async (message) => await server.call('inner', message))
    await expect(caller.call('outer', {})).rejects.toMatchObject({ kind: 'QuotaExceeded', data: { limit: 10 } })
  })
}

function waiting(ends: () => Ends): void {
  it('rejects a call that nobody answers in time', async () => {
    const { caller, server } = ends()
    const error = await caller.call('nobody', {}, { timeoutMs: 60 }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(BusTimeout)
    expect(error).toMatchObject({ topic: 'nobody' })
    const never = signal()
    await server.serve('slow', async () => { await never.promise })
    await expect(caller.call('slow', {}, { timeoutMs: 60 })).rejects.toBeInstanceOf(BusTimeout)
    never.fire()
  })

  it('does not give a call to a server that comes after its caller has left', async () => {
    const { caller, server } = ends()
    await expect(caller.call('late', 'expired', { timeoutMs: 40 })).rejects.toBeInstanceOf(BusTimeout)
    const heard = gather<unknown>(1)
    await server.serve('late', async (message) => { heard.add(message) })
    await caller.call('late', 'in time')
    expect(heard.values).toEqual(['in time'])
  })

  it('gives a server that comes late the casts and the calls that wait', async () => {
    const { caller, server } = ends()
    await caller.cast('queue', 1)
    await caller.cast('queue', 2)
    const answer = caller.call('queue', 3)
    const heard = gather<unknown>(3)
    await server.serve('queue', async (message) => { heard.add(message); return 'done' })
    expect(await answer).toBe('done')
    expect((await heard.all).toSorted()).toEqual([1, 2, 3])
  })

  it('works on while a cast fails', async () => {
    const { caller, server } = ends()
    const heard = gather<unknown>(2)
    await server.serve('fragile', async (message) => { heard.add(message); if (message === 'bad') throw new Error('broken') })
    await caller.cast('fragile', 'bad')
    await caller.cast('fragile', 'good')
    expect(await heard.all).toEqual(['bad', 'good'])
  })
}

function sharing(ends: () => OpenEnds): void {
  it('shares the messages of a topic among its servers, each message once', async () => {
    const { caller, server, open } = ends()
    const heard = gather<[string, unknown]>(20)
    const second = await open()
    await server.serve('work', async (message) => { heard.add(['first', message]) })
    await second.serve('work', async (message) => { heard.add(['second', message]) })
    for (let n = 0; n < 20; n++) await caller.cast('work', n)
    const all = await heard.all
    expect(all.map(([, n]) => Number(n)).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n))
    expect(new Set(all.map(([who]) => who))).toEqual(new Set(['first', 'second']))
  })

  it('keeps topics apart', async () => {
    const { caller, server } = ends()
    await server.serve('a', async () => 'from a')
    await server.serve('a.b', async () => 'from a.b')
    expect(await Promise.all([caller.call('a', {}), caller.call('a.b', {})])).toEqual(['from a', 'from a.b'])
  })

  it('lets a handler be busy with many messages at a time', async () => {
    const { caller, server } = ends()
    const together = gather<unknown>(8)
    await server.serve('meet', async (message) => { together.add(message); await together.all; return message })
    const answers = await Promise.all(Array.from({ length: 8 }, async (_, n) => await caller.call('meet', n)))
    expect(answers).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })
}

function fanouts(ends: () => OpenEnds): void {
  it('lets every subscriber hear a fanout, at either end', async () => {
    const { caller, server, open } = ends()
    const third = await open()
    const heard = gather<string>(3)
    for (const [who, bus] of [['caller', caller], ['server', server], ['third', third]] as const) {
      await bus.subscribe('network.changed', (message) => { heard.add(`${who} ${JSON.stringify(message)}`) })
    }
    await caller.fanout('network.changed', { ports: ['p1'] })
    expect((await heard.all).toSorted()).toEqual(['caller {"ports":["p1"]}', 'server {"ports":["p1"]}', 'third {"ports":["p1"]}'])
  })

  it('keeps fanouts apart from calls, from other topics, and forgets those before the subscription', async () => {
    const { caller, server } = ends()
    await server.serve('topic', async () => 'served')
    await caller.fanout('topic', 'too early')
    const heard = gather<unknown>(1)
    await server.subscribe('topic', (message) => { heard.add(message) })
    await caller.fanout('other', 'elsewhere')
    expect(await caller.call('topic', {})).toBe('served')
    await caller.fanout('topic', 'now')
    expect(await heard.all).toEqual(['now'])
  })

  it('lets the others hear when one subscriber throws', async () => {
    const { caller, server } = ends()
    const heard = gather<unknown>(2)
    await server.subscribe('t', () => { throw new Error('broken') })
    await server.subscribe('t', (message) => { heard.add(message) })
    await caller.fanout('t', 1)
    await caller.fanout('t', 2)
    expect(await heard.all).toEqual([1, 2])
  })
}

function endings(ends: () => OpenEnds): void {
  it('gives a stopped server nothing more, and keeps its messages for the next', async () => {
    const { caller, server } = ends()
    const before: unknown[] = []
    const stop = await server.serve('work', async (message) => { before.push(message) })
    await caller.call('work', 1)
    await stop()
    await caller.cast('work', 2)
    const after = gather<unknown>(1)
    await server.serve('work', async (message) => { after.add(message) })
    expect(await after.all).toEqual([2])
    expect(before).toEqual([1])
  })

  it('lets a stopped server finish and answer what it has begun', async () => {
    const { caller, server } = ends()
    const begun = signal()
    const proceed = signal()
    let runs = 0
    const stop = await server.serve('slow', async () => { runs++; begun.fire(); await proceed.promise; return 'finished' })
    const answer = caller.call('slow', {})
    await begun.promise
    await stop()
    proceed.fire()
    expect(await answer).toBe('finished')
    expect(runs).toBe(1)
  })

  it('gives a stopped subscriber nothing more', async () => {
    const { caller, server } = ends()
    const stopped: unknown[] = []
    const stop = await server.subscribe('t', (message) => { stopped.push(message) })
    await stop()
    const heard = gather<unknown>(1)
    await server.subscribe('t', (message) => { heard.add(message) })
    await caller.fanout('t', 'later')
    expect(await heard.all).toEqual(['later'])
    expect(stopped).toEqual([])
  })

  it('ends pending calls when it is closed, and takes no more', async () => {
    const { caller } = ends()
    const pending = caller.call('nobody', {}).catch((error: unknown) => error)
    await caller.close()
    expect(await pending).toBeInstanceOf(BusClosed)
    await expect(caller.call('nobody', {})).rejects.toBeInstanceOf(BusClosed)
    await expect(caller.cast('nobody', {})).rejects.toBeInstanceOf(BusClosed)
    await expect(caller.fanout('nobody', {})).rejects.toBeInstanceOf(BusClosed)
    await expect(caller.serve('nobody', async () => {})).rejects.toBeInstanceOf(BusClosed)
    await caller.close()
  })
}
