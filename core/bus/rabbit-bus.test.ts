import { afterEach, describe, expect, it } from 'vitest'
import { busConformance } from '#testkit/bus-conformance.ts'
import { freshRabbitMq, noRabbitMq } from '#testkit/engines/engines.ts'
import { freePort } from '#testkit/engines/private-daemon.ts'
import { openBus } from './open-bus.ts'
import { InProcessBus } from './in-process-bus.ts'
import { RabbitBus } from './rabbit-bus.ts'

describe.skipIf(noRabbitMq() !== undefined)('on RabbitMQ', () => {
  busConformance('RabbitBus', async () => {
    const { url } = await freshRabbitMq()
    return { open: async () => await openBus(url) }
  })

  it('answers in well under Nagle\'s 40 ms', async () => {
    const { url } = await freshRabbitMq()
    const bus = await openBus(url)
    try {
      await bus.serve('echo', async (message) => message)
      await bus.call('echo', 'warm up')
      const cpu = performance.now()
      for (let n = 0; n < 50; n++) await bus.call('echo', n)
      expect((performance.now() - cpu) / 50).toBeLessThan(20)
    } finally {
      await bus.close()
    }
  })

  it('keeps namespaces apart', async () => {
    const one = await openBus((await freshRabbitMq()).url)
    const other = await openBus((await freshRabbitMq()).url)
    try {
      await one.serve('who', async () => 'one')
      await other.serve('who', async () => 'other')
      expect([await one.call('who', {}), await other.call('who', {})]).toEqual(['one', 'other'])
    } finally {
      await one.close()
      await other.close()
    }
  })
})

describe('the address of the bus', () => {
  const opened: { close(): Promise<void> }[] = []
  afterEach(async () => { for (const bus of opened.splice(0)) await bus.close() })

  it('is this process unless it says otherwise', async () => {
    const buses = [await openBus(undefined), await openBus('memory:')]
    opened.push(...buses)
    expect(buses.every((bus) => bus instanceof InProcessBus)).toBe(true)
  })

  it('is refused when it makes no sense', async () => {
    await expect(openBus('http://localhost')).rejects.toThrow('amqp://')
    await expect(openBus('rabbit')).rejects.toThrow('amqp://')
  })

  it('fails when nobody answers there, without showing the password', async () => {
    const port = await freePort()
    const failure = await RabbitBus.open(`amqp://nacre:hidden@127.0.0.1:${port}`, { firstRetries: 1 }).catch((error: Error) => error)
    expect(failure).toMatchObject({ message: expect.stringContaining(`RabbitMQ at 127.0.0.1:${port} cannot be used`) })
    expect(String(failure)).not.toContain('hidden')
  })
})
