/**
 * One live connection to RabbitMQ: the channels that publish, and what has been declared over it. A link is used
 * until its connection or one of its channels breaks; then `RabbitBus` gets a new one from amqplib's recovery.
 *
 *   topic     ->  durable queue `<namespace>.<topic>`; gone by itself when nobody used it for a day
 *   fanout    ->  durable fanout exchange `<namespace>.fanout.<topic>`, one exclusive queue per subscriber
 *   answers   ->  RabbitMQ's direct reply-to: no queue at all (https://www.rabbitmq.com/docs/direct-reply-to)
 */
import type { Channel, ChannelModel, ConfirmChannel, Options } from 'amqplib'

const UNUSED_QUEUE_EXPIRES_MS = 24 * 3600_000

export interface Names {
  queue(topic: string): string
  exchange(topic: string): string
}

/** What outlives the bus that declared it. */
export interface BrokerName { kind: 'queue' | 'exchange'; name: string }

/** `remember` is told of each name once, before it is first used. */
export function namesIn(namespace: string, remember: (name: BrokerName) => void = () => {}): Names {
  const told = new Set<string>()
  const tell = (kind: BrokerName['kind'], name: string): string => {
    if (!told.has(name)) {
      told.add(name)
      remember({ kind, name })
    }
    return name
  }
  return { queue: (topic) => tell('queue', `${namespace}.${topic}`), exchange: (topic) => tell('exchange', `${namespace}.fanout.${topic}`) }
}

/** Declares the queue that holds a topic's calls and casts; harmless when it is there. */
export async function declareQueue(channel: Channel, queue: string): Promise<void> {
  await channel.assertQueue(queue, { durable: true, expires: UNUSED_QUEUE_EXPIRES_MS })
}

export async function declareExchange(channel: Channel, exchange: string): Promise<void> {
  await channel.assertExchange(exchange, 'fanout', { durable: true })
}

export type OnAnswer = (correlationId: string, type: string, content: Buffer) => void

export class RabbitLink {
  readonly model: ChannelModel
  /** Publishes calls and hears their answers: direct reply-to wants both on one channel. */
  readonly #calls: Channel
  /** Publishes casts and fanouts, each confirmed by the broker. */
  readonly #sends: ConfirmChannel
  readonly #declared = new Map<string, Promise<void>>()

  private constructor(model: ChannelModel, calls: Channel, sends: ConfirmChannel) {
    this.model = model
    this.#calls = calls
    this.#sends = sends
  }

  static async open(model: ChannelModel, onAnswer: OnAnswer): Promise<RabbitLink> {
    const calls = await model.createChannel()
    breakTogether(model, calls)
    const sends = await model.createConfirmChannel()
    breakTogether(model, sends)
    await calls.consume('amq.rabbitmq.reply-to', (message) => {
      if (message !== null) onAnswer(String(message.properties.correlationId), String(message.properties.type), message.content)
    }, { noAck: true })
    return new RabbitLink(model, calls, sends)
  }

  /**
   * Publishes a call; the answer comes to `onAnswer`. Not confirmed: the answer is the confirmation. The broker
   * throws a call away that still waits when nine tenths of the caller's patience are over, for answering takes
   * time as well.
   */
  async publishCall(queue: string, content: Buffer, correlationId: string, deadline: number): Promise<void> {
    await this.#once(`queue ${queue}`, async () => { await declareQueue(this.#calls, queue) })
    const expiration = Math.floor((deadline - performance.now()) * 0.9)
    if (expiration > 0) this.#calls.sendToQueue(queue, content, { correlationId, expiration, replyTo: 'amq.rabbitmq.reply-to' })
  }

  /** Puts a cast into its queue; resolves when the broker has it on disk. */
  async publishCast(queue: string, content: Buffer, options: Options.Publish): Promise<void> {
    await this.#once(`queue ${queue}`, async () => { await declareQueue(this.#sends, queue) })
    await this.#confirmed('', queue, content, { ...options, persistent: true })
  }

  async publishFanout(exchange: string, content: Buffer): Promise<void> {
    await this.#once(`exchange ${exchange}`, async () => { await declareExchange(this.#sends, exchange) })
    await this.#confirmed(exchange, '', content, {})
  }

  #once(what: string, declare: () => Promise<void>): Promise<void> {
    const known = this.#declared.get(what) ?? declare()
    this.#declared.set(what, known)
    return known
  }

  async #confirmed(exchange: string, key: string, content: Buffer, options: Options.Publish): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#sends.publish(exchange, key, content, options, (error: unknown) => {
        if (error === null || error === undefined) resolve()
        else reject(error instanceof Error ? error : new Error('the broker refused a message', { cause: error }))
      })
    })
  }
}

/**
 * A channel that breaks alone (a queue deleted under it, a declaration that does not fit) takes its connection along,
 * so that there is one way to recover. Closing a channel on purpose says so with `onPurpose`.
 */
export function breakTogether(model: ChannelModel, channel: Channel, onPurpose: () => boolean = () => false): void {
  channel.on('error', () => {})
  channel.on('close', () => {
    if (!onPurpose()) breakLink(model)
  })
}

/** Ends a connection so that the recovery makes a new one; harmless when it has ended already. */
export function breakLink(model: ChannelModel): void {
  const close = async (): Promise<void> => { await model.close() }
  close().catch(() => {})
}
