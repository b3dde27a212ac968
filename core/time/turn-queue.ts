/**
 * What comes in one turn of the event loop, handed over together at its end. Whoever sleeps on another processor (a
 * client, a thread) has to be woken for the first thing only; on a virtual machine that costs as much as a small query.
 */
export class TurnQueue<T> {
  readonly #handOver: (items: T[]) => void
  #items: T[] = []

  constructor(handOver: (items: T[]) => void) { this.#handOver = handOver }

  add(item: T): void {
    if (this.#items.push(item) === 1) setImmediate(() => { this.flush() })
  }

  /** Hands over at once what has come so far. */
  flush(): void {
    const items = this.#items
    this.#items = []
    if (items.length > 0) this.#handOver(items)
  }
}
