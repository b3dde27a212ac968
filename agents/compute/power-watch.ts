/**
 * Power changes, told apart: those a verb causes are the caller's to learn from its answer, all others (a guest that
 * shuts itself down or crashes) are told to the control plane. An event only starts a look: it takes its turn among
 * the server's verbs, sees the state as it then is, and tells it if the control plane does not know it yet. So late
 * events, repeated events and the steps of a verb that is under way tell nothing.
 */
import type { Clock } from '#core/time/clock.ts'
import type { PowerStateType } from '#services/compute/agent/compute-agent.contract.ts'
import type { ComputeDriver, PowerChange } from './drivers/driver.ts'
import type { ServerQueue } from './server-queue.ts'

export interface PowerWatchOptions { driver: ComputeDriver; queue: ServerQueue; clock: Clock; report: (change: PowerChange) => void }

export class PowerWatch {
  readonly #options: PowerWatchOptions
  /** What the control plane knows by now. */
  readonly #known = new Map<string, PowerStateType>()
  readonly #looking = new Set<string>()
  readonly #waiters = new Map<string, Set<() => void>>()
  readonly #stop: () => void

  constructor(options: PowerWatchOptions) {
    this.#options = options
    this.#stop = options.driver.onPowerChange((change) => { this.#hear(change) })
  }

  stop(): void { this.#stop() }

  /** Notes what the control plane knows or is about to hear by other ways. */
  learn(serverId: string, powerState: PowerStateType): void {
    if (powerState === 'absent') this.#known.delete(serverId)
    else this.#known.set(serverId, powerState)
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
    const { serverId } = change
    for (const wake of [...this.#waiters.get(serverId) ?? []]) wake()
    if (this.#looking.has(serverId) || (!this.#options.queue.busy(serverId) && this.#knows(change))) return
    this.#looking.add(serverId)
    this.#options.queue.run(serverId, () => this.#look(serverId)).catch(() => { /* the hypervisor is gone; the next comparison finds it */ })
  }

  async #look(serverId: string): Promise<void> {
    this.#looking.delete(serverId)
    const change = { serverId, powerState: await this.#options.driver.powerState(serverId) }
    if (this.#knows(change)) return
    this.learn(serverId, change.powerState)
    this.#options.report(change)
  }

  #knows(change: PowerChange): boolean {
    return (this.#known.get(change.serverId) ?? 'absent') === change.powerState
  }
}

/** An event may be lost; looking costs little. */
const LOOK_AGAIN_MS = 2000
