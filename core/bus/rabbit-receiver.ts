/**
 * What takes messages off RabbitMQ for one handler: the server of a topic, or the subscriber of a fanout. It outlives
 * connections: `attach` sets it up again on each new one, on a channel of its own.
 *
 * A server answers, then acknowledges: a message whose server dies half-way is given to another. If the connection
 * breaks while a handler works, the broker gives the message out again, and the caller may have sent it again too;
 * copies that come back here join the work that is under way, or get the outcome that could not be delivered.
 */
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib'
import type { Log } from '#core/log/log.ts'
import { toWireError, type Handler } from './bus.ts'
import { breakLink, breakTogether, declareExchange, declareQueue } from './rabbit-link.ts'

/** How long an outcome waits for the copy of its message, once it could not be delivered. */
const UNDELIVERED_KEPT_MS = 60_000

/** What a server's work came to, as it goes over the wire. */
interface Outcome { type: 'answer' | 'error'; content: Buffer }

interface Attachment { channel: Channel; consumerTag: string; working: number }

abstract class Receiver {
  /** Resolves when it first receives; rejects when the bus closes before. */
  readonly ready: Promise<void>
  #markReady: () => void = () => {}
  #markLost: (error: Error) => void = () => {}
  #attached: Attachment | undefined
  #stopped = false

  constructor() {
    this.ready = new Promise((resolve, reject) => { this.#markReady = resolve; this.#markLost = reject })
    this.ready.catch(() => {})
  }

  async attach(model: ChannelModel): Promise<void> {
    const channel = await model.createChannel()
    breakTogether(model, channel, () => this.#stopped)
    const attachment: Attachment = { channel, consumerTag: '', working: 0 }
    const consumerTag = await this.consume(channel, (message) => {
      // The broker ends a consumer whose queue is deleted; the connection is built anew, and the queue with it.
      if (message === null) breakLink(model)
      else if (this.#stopped) this.refuse(channel, message)
      else this.#work(attachment, message)
    })
    attachment.consumerTag = consumerTag
    this.#attached = attachment
    // Stopped while the connection was being set up: nothing may come of this consumer.
    if (this.#stopped) await this.#release(attachment)
    else this.#markReady()
  }

  /** Takes no more messages from now on; what is being worked on is finished and acknowledged. */
  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#attached !== undefined) await this.#release(this.#attached)
  }

  abandon(error: Error): void {
    this.#stopped = true
    this.#markLost(error)
  }

  protected abstract consume(channel: Channel, onMessage: (message: ConsumeMessage | null) => void): Promise<string>
  protected abstract handle(channel: Channel, message: ConsumeMessage): Promise<void>
  protected abstract refuse(channel: Channel, message: ConsumeMessage): void

  #work(attachment: Attachment, message: ConsumeMessage): void {
    attachment.working++
    // `handle` does not throw but where the channel is gone, and then the broker gives the message out again.
    this.handle(attachment.channel, message).catch(() => {}).finally(() => {
      attachment.working--
      if (this.#stopped) this.#closeWhenIdle(attachment)
    })
  }

  async #release(attachment: Attachment): Promise<void> {
    try {
      await attachment.channel.cancel(attachment.consumerTag)
    } catch { /* the connection is gone, and the consumer with it */ }
    this.#closeWhenIdle(attachment)
  }

  #closeWhenIdle(attachment: Attachment): void {
    const close = async (): Promise<void> => { await attachment.channel.close() }
    if (attachment.working === 0) close().catch(() => {})
  }
}

export class TopicServer extends Receiver {
  readonly #queue: string
  readonly #handler: Handler
  readonly #prefetch: number
  readonly #log: Log
  /** Work that has not been delivered yet, by the message's id. */
  readonly #underWay = new Map<string, Promise<Outcome>>()

  constructor(queue: string, handler: Handler, prefetch: number, log: Log) {
    super()
    this.#queue = queue
    this.#handler = handler
    this.#prefetch = prefetch
    this.#log = log
  }

  protected async consume(channel: Channel, onMessage: (message: ConsumeMessage | null) => void): Promise<string> {
    await channel.prefetch(this.#prefetch)
    await declareQueue(channel, this.#queue)
    return (await channel.consume(this.#queue, onMessage)).consumerTag
  }

  protected async handle(channel: Channel, message: ConsumeMessage): Promise<void> {
    const { replyTo, correlationId, messageId } = message.properties
    const id = String(correlationId ?? messageId)
    const work = this.#joinOrStart(id, message.content)
    const outcome = await work
    try {
      if (replyTo !== undefined) channel.sendToQueue(String(replyTo), outcome.content, { correlationId: id, type: outcome.type })
      else if (outcome.type === 'error') this.#log.warn({ queue: this.#queue, error: outcome.content.toString('utf8') }, 'a cast failed')
      channel.ack(message)
    } catch {
      // The connection broke meanwhile: the message comes again over the next.
      this.#keep(id, work)
    }
  }

  protected refuse(channel: Channel, message: ConsumeMessage): void {
    channel.nack(message, false, true)
  }

  #joinOrStart(id: string, content: Buffer): Promise<Outcome> {
    const known = this.#underWay.get(id)
    if (known !== undefined) return known
    const work = this.#run(content).finally(() => { this.#underWay.delete(id) })
    this.#underWay.set(id, work)
    return work
  }

  #keep(id: string, work: Promise<Outcome>): void {
    this.#underWay.set(id, work)
    setTimeout(() => { if (this.#underWay.get(id) === work) this.#underWay.delete(id) }, UNDELIVERED_KEPT_MS).unref()
  }

  async #run(content: Buffer): Promise<Outcome> {
    try {
      const answer = await this.#handler(JSON.parse(content.toString('utf8')))
      return { type: 'answer', content: encode(answer) }
    } catch (error) {
      return { type: 'error', content: encode(toWireError(error)) }
    }
  }
}

export class FanoutSubscriber extends Receiver {
  readonly #exchange: string
  readonly #handler: (message: unknown) => void | Promise<void>
  readonly #log: Log

  constructor(exchange: string, handler: (message: unknown) => void | Promise<void>, log: Log) {
    super()
    this.#exchange = exchange
    this.#handler = handler
    this.#log = log
  }

  protected async consume(channel: Channel, onMessage: (message: ConsumeMessage | null) => void): Promise<string> {
    await declareExchange(channel, this.#exchange)
    const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true })
    await channel.bindQueue(queue, this.#exchange, '')
    return (await channel.consume(queue, onMessage, { noAck: true })).consumerTag
  }

  protected async handle(_channel: Channel, message: ConsumeMessage): Promise<void> {
    try {
      await this.#handler(JSON.parse(message.content.toString('utf8')))
    } catch (error) {
      this.#log.warn({ err: error, exchange: this.#exchange }, 'a subscriber failed')
    }
  }

  /** What comes after the stop is for nobody. */
  protected refuse(): void {}
}

export type RabbitReceiver = TopicServer | FanoutSubscriber

/** A message as bytes: JSON, where nothing is null. */
export function encode(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value ?? null))
}
