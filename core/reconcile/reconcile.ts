/**
 * Beside every operation there is a reconciler: it compares what should be with what is and takes no input, so it
 * does the same thing every time it runs. It runs on a timer and on a nudge; nudges that come while it runs fold
 * into one further run. A failure is logged and tried again at the next turn.
 */
import type { Log } from '#core/log/log.ts'
import type { Clock } from '#core/time/clock.ts'

export interface Reconciler<C = unknown> {
  name: string
  /** Runs at least this often. */
  everyMs: number
  run(ctx: C): Promise<void>
}

export function defineReconciler<C>(reconciler: Reconciler<C>): Reconciler<C> {
  return reconciler
}

export class ReconcilerLoop {
  readonly #run: () => Promise<void>
  readonly #name: string
  readonly #everyMs: number
  readonly #clock: Clock
  readonly #log: Log
  #running: Promise<void> | undefined
  #again = false
  #stopped = false
  #cancelTimer: () => void = () => {}

  constructor(name: string, everyMs: number, run: () => Promise<void>, clock: Clock, log: Log) {
    this.#name = name
    this.#everyMs = everyMs
    this.#run = run
    this.#clock = clock
    this.#log = log
  }

  start(): void { this.#arm() }

  /** Asks for a run soon; answers at once. */
  nudge(): void {
    if (this.#stopped) return
    if (this.#running !== undefined) {
      this.#again = true
      return
    }
    this.#running = Promise.resolve().then(() => this.#turn())
  }

  /** Resolves when no run is under way or asked for. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  get idle(): boolean { return this.#running === undefined }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancelTimer()
    this.#again = false
    await this.settled()
  }

  async #turn(): Promise<void> {
    do {
      this.#again = false
      try {
        await this.#run()
      } catch (error) {
        if (!this.#stopped) this.#log.error({ err: error, reconciler: this.#name }, 'a reconciler failed; it runs again at its next turn')
      }
    } while (this.#again && !this.#stopped)
    this.#running = undefined
    this.#arm()
  }

  #arm(): void {
    this.#cancelTimer()
    if (!this.#stopped) this.#cancelTimer = this.#clock.after(this.#everyMs, () => this.nudge())
  }
}
