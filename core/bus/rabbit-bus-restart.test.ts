/** The broker dies and comes back. These tests have a broker of their own, for they kill it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { noRabbitMq } from '#testkit/engines/engines.ts'
import { startRabbitMq, type RabbitMq } from '#testkit/engines/rabbitmq.ts'
import type { Bus } from './bus.ts'
import { RabbitBus } from './rabbit-bus.ts'

describe.skipIf(noRabbitMq() !== undefined)('a broker that is killed and comes back', () => {
  let broker: RabbitMq
  let caller: Bus
  let server: Bus
  let run = 0
  beforeAll(async () => { broker = await startRabbitMq() })
  afterAll(async () => { await broker.stop() })
  beforeEach(async () => {
    const namespace = `run${run++}`
    caller = await RabbitBus.open(broker.url, { namespace })
    server = await RabbitBus.open(broker.url, { namespace })
  })
  afterEach(async () => { await Promise.all([caller.close(), server.close()]) })

  it('costs time, but neither a call, nor a cast, nor a server, nor a subscription', async () => {
    const casts = new Set<unknown>()
    let begun = (): void => {}
    const working = new Promise<void>((resolve) => { begun = resolve })
    let proceed = (): void => {}
    const restarted = new Promise<void>((resolve) => { proceed = resolve })
    let runs = 0
    await server.serve('slow', async () => { runs++; begun(); await restarted; return 'answered' })
    await server.serve('echo', async (message) => message)
    const answer = caller.call('slow', {})
    await working
    await caller.cast('later', 'before')

    const during: Promise<unknown>[] = []
    await broker.restart(async () => { during.push(caller.cast('later', 'during'), caller.call('echo', 'during')) })
    proceed()

    expect(await answer).toBe('answered')
    expect(runs).toBe(1)
    expect(await Promise.all(during)).toEqual([undefined, 'during'])
    await new Promise<void>((resolve, reject) => {
      server.serve('later', async (message) => { casts.add(message); if (casts.size === 2) resolve() }).catch(reject)
    })
    expect(casts).toEqual(new Set(['before', 'during']))
  })

  it('subscribers hear again, and a wait that is too long ends in BusTimeout', async () => {
    const heard: unknown[] = []
    let listening = (): void => {}
    const back = new Promise<void>((resolve) => { listening = resolve })
    await server.subscribe('news', (message) => { heard.push(message); listening() })
    await server.serve('ping', async () => 'pong')
    await broker.restart(async () => {
      await expect(caller.call('ping', {}, { timeoutMs: 100 })).rejects.toMatchObject({ name: 'BusTimeout', topic: 'ping' })
    })
    // The server's answer proves that its connection, and so its subscription, is back.
    expect(await caller.call('ping', {})).toBe('pong')
    await caller.fanout('news', 'after')
    await back
    expect(heard).toEqual(['after'])
  })
})
