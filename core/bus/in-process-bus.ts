/**
 * The bus of a single process. Messages are copied through JSON on the way, so nobody can share state through it by
 * accident and what works here works over RabbitMQ.
 */
import { BusClosed, BusTimeout, fromWireError, toWireError, wireCopy, type Bus, type CallOptions, type Handler, type Stop } from './bus.ts'

interface Waiting { deliver: (handler: Handler) => void }

export class InProcessBus implements Bus {
  readonly #servers = new Map<string, Handler[]>()
  readonly #subscribers = new Map<string, Set<(message: unknown) => void | Promise<void>>>()
  /** Messages of topics that nobody serves yet, as a queue would hold them. */
  readonly #waiting = new Map<string, Waiting[]>()
  readonly #turn = new Map<string, number>()
  /** What ends each call that has no answer yet, for `close`. */
  readonly #pending = new Set<(error: Error) => void>()
  /** Fanned-out messages whose subscribers are still at work, for `heard`. */
  readonly #telling = new Set<Promise<unknown>>()
  #closed = false

  async call(topic: string, message: unknown, options: CallOptions = {}): Promise<unknown> {
    if (this.#closed) throw new BusClosed()
    const timeoutMs = options.timeoutMs ?? 60_000
    const body = wireCopy(message)
    return await new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        clearTimeout(timer)
        this.#pending.delete(fail)
        this.#forget(topic, waiting)
        reject(error)
      }
      const succeed = (answer: unknown): void => {
        clearTimeout(timer)
        this.#pending.delete(fail)
        resolve(answer)
      }
      const timer = setTimeout(() => { fail(new BusTimeout(topic, timeoutMs)) }, timeoutMs)
      this.#pending.add(fail)
      const waiting: Waiting = {
        deliver: (handler) => {
          attempt(handler, body).then(succeed, (error: unknown) => { fail(fromWireError(wireCopy(toWireError(error)) as ReturnType<typeof toWireError>)) })
        },
      }
      this.#dispatch(topic, waiting)
    })
  }

  async cast(topic: string, message: unknown): Promise<void> {
    if (this.#closed) throw new BusClosed()
    const body = wireCopy(message)
    this.#dispatch(topic, { deliver: (handler) => { attempt(handler, body).catch(() => {}) } })
  }

  async fanout(topic: string, message: unknown): Promise<void> {
    if (this.#closed) throw new BusClosed()
    for (const subscriber of this.#subscribers.get(topic) ?? []) {
      const body = wireCopy(message)
      const told = Promise.resolve().then(async () => { await subscriber(body) }).catch(() => {}).finally(() => { this.#telling.delete(told) })
      this.#telling.add(told)
    }
  }

  /** Resolves when every subscriber is through with what has been fanned out so far, and with what followed from it. */
  async heard(): Promise<void> {
    while (this.#telling.size > 0) await Promise.all(this.#telling)
  }

  async serve(topic: string, handler: Handler): Promise<Stop> {
    if (this.#closed) throw new BusClosed()
    const handlers = this.#servers.get(topic) ?? []
    handlers.push(handler)
    this.#servers.set(topic, handlers)
    for (const waiting of this.#waiting.get(topic)?.splice(0) ?? []) waiting.deliver(handler)
    return async () => {
      const at = handlers.indexOf(handler)
      if (at >= 0) handlers.splice(at, 1)
    }
  }

  async subscribe(topic: string, handler: (message: unknown) => void | Promise<void>): Promise<Stop> {
    if (this.#closed) throw new BusClosed()
    const set = this.#subscribers.get(topic) ?? new Set()
    set.add(handler)
    this.#subscribers.set(topic, set)
    return async () => { set.delete(handler) }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#servers.clear()
    this.#subscribers.clear()
    this.#waiting.clear()
    for (const fail of [...this.#pending]) fail(new BusClosed())
  }

  #dispatch(topic: string, waiting: Waiting): void {
    const handlers = this.#servers.get(topic)
    if (handlers === undefined || handlers.length === 0) {
      const queue = this.#waiting.get(topic) ?? []
      queue.push(waiting)
      this.#waiting.set(topic, queue)
      return
    }
    const turn = (this.#turn.get(topic) ?? 0) % handlers.length
    this.#turn.set(topic, turn + 1)
    waiting.deliver(handlers[turn]!)
  }

  #forget(topic: string, waiting: Waiting): void {
    const queue = this.#waiting.get(topic)
    const at = queue?.indexOf(waiting) ?? -1
    if (at >= 0) queue!.splice(at, 1)
  }
}

/** Runs a handler and copies its answer. A handler that throws before its first await rejects like any other. */
async function attempt(handler: Handler, body: unknown): Promise<unknown> {
  return wireCopy(await handler(body))
}
