/**
 * The bus of a single process. Messages are cloned on the way, so nobody can share state through it by accident
 * and what works here works over RabbitMQ.
 */
import { BusTimeout, fromWireError, toWireError, type Bus, type CallOptions, type Handler, type Stop } from './bus.ts'

interface Waiting { message: unknown; deliver: (handler: Handler) => void }

export class InProcessBus implements Bus {
  readonly #servers = new Map<string, Handler[]>()
  readonly #subscribers = new Map<string, Set<(message: unknown) => void | Promise<void>>>()
  /** Messages of topics that nobody serves yet, as a queue would hold them. */
  readonly #waiting = new Map<string, Waiting[]>()
  readonly #turn = new Map<string, number>()

  async call(topic: string, message: unknown, options: CallOptions = {}): Promise<unknown> {
    const timeoutMs = options.timeoutMs ?? 60_000
    const body = structuredClone(message)
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#forget(topic, waiting)
        reject(new BusTimeout(topic, timeoutMs))
      }, timeoutMs)
      const waiting: Waiting = {
        message: body,
        deliver: (handler) => {
          handler(body).then(
            (answer) => { clearTimeout(timer); resolve(structuredClone(answer)) },
            (error: unknown) => { clearTimeout(timer); reject(fromWireError(toWireError(error))) },
          )
        },
      }
      this.#dispatch(topic, waiting)
    })
  }

  async cast(topic: string, message: unknown): Promise<void> {
    const body = structuredClone(message)
    this.#dispatch(topic, { message: body, deliver: (handler) => { handler(body).catch(() => {}) } })
  }

  async fanout(topic: string, message: unknown): Promise<void> {
    for (const subscriber of this.#subscribers.get(topic) ?? []) {
      const body = structuredClone(message)
      queueMicrotask(() => { void Promise.resolve(subscriber(body)).catch(() => {}) })
    }
  }

  async serve(topic: string, handler: Handler): Promise<Stop> {
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
    const set = this.#subscribers.get(topic) ?? new Set()
    set.add(handler)
    this.#subscribers.set(topic, set)
    return async () => { set.delete(handler) }
  }

  async close(): Promise<void> {
    this.#servers.clear()
    this.#subscribers.clear()
    this.#waiting.clear()
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
