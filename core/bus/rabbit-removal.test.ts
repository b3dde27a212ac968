import { connect } from 'amqplib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freshRabbitMq, noRabbitMq } from '#testkit/engines/engines.ts'
import { freePort } from '#testkit/engines/private-daemon.ts'
import type { Bus } from './bus.ts'
import { openBus } from './open-bus.ts'
import type { BrokerName } from './rabbit-link.ts'
import { removeFromBroker } from './rabbit-removal.ts'

/** Whether the broker has it. Asking for what is not there costs the channel. */
async function isThere(url: string, { kind, name }: BrokerName): Promise<boolean> {
  const connection = await connect(url.replace(/\?.*$/, ''))
  try {
    const channel = await connection.createChannel()
    channel.on('error', () => {})
    return await (kind === 'queue' ? channel.checkQueue(name) : channel.checkExchange(name)).then(() => true, () => false)
  } finally {
    await connection.close()
  }
}

describe.skipIf(noRabbitMq() !== undefined)('what a bus declares on the broker', () => {
  let url: string
  let bus: Bus
  const told: BrokerName[] = []
  beforeEach(async () => {
    url = (await freshRabbitMq()).url
    told.length = 0
    bus = await openBus(url, { remember: (name) => { told.push(name) } })
  })
  afterEach(async () => { await bus.close() })

  it('is told once each, and gone when it is taken away, with what nobody had fetched', async () => {
    await bus.serve('work', async () => 'done')
    await bus.call('work', {})
    await bus.cast('later', 'unread')
    await bus.cast('later', 'unread too')
    await bus.subscribe('news', () => {})
    await bus.fanout('news', {})
    await bus.close()
    const namespace = new URL(url).searchParams.get('namespace')!
    expect(told).toEqual([
      { kind: 'queue', name: `${namespace}.work` }, { kind: 'queue', name: `${namespace}.later` }, { kind: 'exchange', name: `${namespace}.fanout.news` },
    ])
    for (const name of told) expect(await isThere(url, name), name.name).toBe(true)
    await removeFromBroker(url, [...told, { kind: 'queue', name: `${namespace}.never-was` }, { kind: 'exchange', name: `${namespace}.fanout.never-was` }])
    for (const name of told) expect(await isThere(url, name), name.name).toBe(false)
  })

  it('leaves others alone', async () => {
    const other = await openBus((await freshRabbitMq()).url)
    try {
      await other.serve('work', async () => 'still here')
      await bus.serve('work', async () => 'gone')
      await bus.close()
      await removeFromBroker(url, told)
      expect(await other.call('work', {})).toBe('still here')
    } finally {
      await other.close()
    }
  })

  it('fails when no broker answers', async () => {
    await expect(removeFromBroker(`amqp://127.0.0.1:${await freePort()}`, [])).rejects.toThrow('ECONNREFUSED')
  })
})
