/**
 * Power changes, told apart: those a verb causes are the caller's to learn from its answer, all others (a guest that
 * shuts itself down or crashes) are told to the control plane. While a verb works on a server its changes are held
 * back, and only the last is told afterwards, if it is not what the verb was to reach.
 */
import type { Clock } from '#core/time/clock.ts'
import type { PowerStateType } from '#services/compute/agent/compute-agent.contract.ts'
import type { ComputeDriver, PowerChange } from './drivers/driver.ts'

export interface PowerWatchOptions { driver: ComputeDriver; clock: Clock; report: (change: PowerChange) => void }

export class PowerWatch {
  readonly #options: PowerWatchOptions
  readonly #held = new Map<string, PowerStateType | undefined>()
  /** What the control plane knows by now: an event that arrives late tells it nothing new. */
  readonly #known = new Map<string, PowerStateType>()
  readonly #waiters = new Map<string, Set<() => void>>()
  readonly #stop: () => void

  constructor(options: PowerWatchOptions) {
    this.#options = options
    this.#stop = options.driver.onPowerChange((change) => { this.#hear(change) })
  }

  stop(): void { this.#stop() }

  /** Runs a verb whose end is `goal`, holding back what happens on the way. */
  async during<T>(serverId: string, goal: PowerStateType, work: () => Promise<T>): Promise<T> {
    this.#held.set(serverId, undefined)
    try {
      const result = await work()
      this.learn(serverId, goal)
      return result
    } finally {
      const last = this.#held.get(serverId)
      this.#held.delete(serverId)
      if (last !== undefined) this.#report({ serverId, powerState: last })
    }
  }

  /** Notes what the control plane knows or is about to hear by other ways. */
  learn(serverId: string, powerState: PowerStateType): void {
    if (powerState === 'absent') this.#known.delete(serverId)
    else this.#known.set(serverId, powerState)
  }

  #report(change: PowerChange): void {
    if ((this.#known.get(change.serverId) ?? 'absent') === change.powerState) return
    this.learn(change.serverId, change.powerState)
    this.#options.report(change)
  }

  /** Waits until the guest is in one of the states; false when the time is over. Throws what the signal says. */
  async waitFor(serverId: string, states: PowerStateType[], timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    const end = this.#options.clock.now() + timeoutMs
    for (;;) {
      signal.throwIfAborted()
      // Listening starts before looking, so a change between the two is not missed.
      const change = this.#nextChange(serverId, Math.max(0, Math.min(end - this.#options.clock.now(), LOOK_AGAIN_MS)), signal)
      if (states.includes(await this.#options.driver.powerState(serverId))) { change.cancel(); return true }
      if (this.#options.clock.now() >= end) { change.cancel(); return false }
      await change.happened
    }
  }

  #nextChange(serverId: string, withinMs: number, signal: AbortSignal): { happened: Promise<void>; cancel: () => void } {
    let cancel = (): void => {}
    const happened = new Promise<void>((resolve) => {
      const waiters = this.#waiters.get(serverId) ?? new Set()
      this.#waiters.set(serverId, waiters)
      const done = (): void => {
        cancelTimer()
        signal.removeEventListener('abort', done)
        waiters.delete(done)
        if (waiters.size === 0 && this.#waiters.get(serverId) === waiters) this.#waiters.delete(serverId)
        resolve()
      }
      const cancelTimer = this.#options.clock.after(withinMs, done)
      signal.addEventListener('abort', done)
      waiters.add(done)
      cancel = done
    })
    return { happened, cancel }
  }

  #hear(change: PowerChange): void {
    for (const wake of [...this.#waiters.get(change.serverId) ?? []]) wake()
    if (this.#held.has(change.serverId)) this.#held.set(change.serverId, change.powerState)
    else this.#report(change)
  }
}

/** An event may be lost; looking costs little. */
const LOOK_AGAIN_MS = 2000
