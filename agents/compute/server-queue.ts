/**
 * Verbs on one server happen one after another; verbs on different servers do not wait for each other. Destroying
 * does not wait for a slow image download or a polite shutdown: it interrupts what is under way, then takes its turn.
 */
import { Interrupted } from './errors.ts'

interface Turn { tail: Promise<unknown>; controllers: Set<AbortController> }

export class ServerQueue {
  readonly #turns = new Map<string, Turn>()

  /** True while some verb works on the server. */
  busy(serverId: string): boolean { return this.#turns.has(serverId) }

  run<T>(serverId: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const turn: Turn = this.#turns.get(serverId) ?? { tail: Promise.resolve(), controllers: new Set() }
    this.#turns.set(serverId, turn)
    const controller = new AbortController()
    turn.controllers.add(controller)
    const mine = turn.tail.then(async () => {
      try {
        return await work(controller.signal)
      } finally {
        turn.controllers.delete(controller)
        if (turn.controllers.size === 0) this.#turns.delete(serverId)
      }
    })
    turn.tail = mine.catch(() => {})
    return mine
  }

  /** Asks whatever works on the server, or waits to, to give up. Work that must be done ignores its signal. */
  interrupt(serverId: string): void {
    for (const controller of this.#turns.get(serverId)?.controllers ?? []) controller.abort(new Interrupted('given up because the server is being destroyed'))
  }

  async idle(): Promise<void> {
    while (this.#turns.size > 0) await Promise.all([...this.#turns.values()].map((turn) => turn.tail))
  }
}
