/**
 * The loop of the agent: gathers what to look at, pulls it, lets the driver apply it, reports. One round at a time.
 * A driver that wires nothing (`wiresPorts: false`) answers for a nudged port at once and without a pull: a thousand
 * ports then cost a thousand small reports, not a thousand pictures of the whole network.
 */
import type { Log } from '#core/log/log.ts'
import type { Clock } from '#core/time/clock.ts'
import type { WantedStateType } from '#services/network/agent/network-agent.contract.ts'
import type { Applied, Difference, NetworkDriver, Scope, Wanted } from './drivers/driver.ts'
import type { Reporter } from './reporter.ts'
import { soon } from './soon.ts'
import { asksForAll, Question, WantedStore, type Nudge } from './wanted-state.ts'

export interface ConvergerParts {
  host: string
  pull: (question: { host: string; networkIds?: string[]; routerIds?: string[]; portIds?: string[]; securityGroupIds?: string[] }) => Promise<WantedStateType>
  driver: NetworkDriver
  reporter: Reporter
  completeEveryMs: number
  clock: Clock
  log: Log
}

/** Pulls of a driver that wires nothing keep this distance: ports were answered already. */
const UNWIRED_DISTANCE_MS = 500
const RETRY_FIRST_MS = 1_000
const RETRY_MOST_MS = 30_000

export class Converger {
  readonly #parts: ConvergerParts
  readonly #store = new WantedStore()
  #question = new Question()
  /** Parts of the host to look at though nothing new is wanted. */
  #disturbed = new Question()
  #round: Promise<void> = Promise.resolve()
  #planned: { due: number; cancel: () => void } | undefined
  #lastRound = 0
  #cancelTimer: (() => void) | undefined
  #retryMs = RETRY_FIRST_MS
  /** What was said last about each port, so that a partial round repeats nothing. */
  readonly #told = new Map<string, 'up' | 'down'>()
  #stopped = false

  constructor(parts: ConvergerParts) { this.#parts = parts }

  start(): void {
    this.#question.everything = true
    this.#schedule(0)
    this.#tick()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#planned?.cancel()
    this.#cancelTimer?.()
    await this.#round
  }

  wanted(): Wanted { return this.#store.current() }

  nudge(nudge: Nudge): void {
    if (this.#parts.driver.capabilities.wiresPorts) {
      this.#question.add(nudge)
      this.#schedule(0)
      return
    }
    if (nudge.portIds.length > 0) {
      const { up, down } = this.#parts.driver.answerPorts?.(nudge.portIds) ?? { up: nudge.portIds, down: [] }
      this.#parts.reporter.ports(up, down)
    }
    // Leases and neighbours are nothing to a host that wires nothing, once it has the network.
    const networkIds = [...nudge.networkIds, ...(nudge.leaseNetworkIds ?? []).filter((id) => !this.#store.networks.has(id))]
    if (networkIds.length + nudge.routerIds.length === 0 && !asksForAll(nudge)) return
    this.#question.add({ networkIds, routerIds: nudge.routerIds, portIds: [] })
    this.#schedule(Math.max(0, this.#lastRound + UNWIRED_DISTANCE_MS - this.#parts.clock.now()))
  }

  disturbed(scope: Scope): void {
    if (scope === 'everything') this.#disturbed.everything = true
    else this.#disturbed.add({ networkIds: [...scope.networkIds], routerIds: [...scope.routerIds], portIds: [...scope.portIds], securityGroupIds: [...scope.securityGroupIds] })
    this.#schedule(0)
  }

  /** A complete round, now. Throws when the control plane or the host does not let it. */
  async sync(): Promise<number> {
    let changed = 0
    await this.#exclusive(async () => {
      const everything = new Question()
      everything.everything = true
      changed = (await this.#converge(everything)).changed
      await this.#parts.reporter.flush()
    })
    return changed
  }

  async check(repair: boolean): Promise<Difference[]> {
    let found: Difference[] = []
    await this.#exclusive(async () => {
      const everything = new Question()
      everything.everything = true
      this.#store.accept(everything, await this.#parts.pull({ host: this.#parts.host }))
      found = await this.#parts.driver.check(this.#store.current())
    })
    if (repair && found.length > 0) await this.sync()
    return found
  }

  #tick(): void {
    this.#cancelTimer = this.#parts.clock.after(this.#parts.completeEveryMs, () => {
      this.#question.everything = true
      this.#schedule(0)
      this.#tick()
    })
  }

  /** Plans a round; an earlier plan wins. What is due now runs after the current turn, so a burst becomes one round. */
  #schedule(delayMs: number): void {
    const due = this.#parts.clock.now() + delayMs
    if (this.#stopped || (this.#planned !== undefined && this.#planned.due <= due)) return
    this.#planned?.cancel()
    const begin = (): void => {
      this.#exclusive(async () => { this.#planned = undefined; await this.#work() }).catch(() => {})
    }
    this.#planned = { due, cancel: soon(this.#parts.clock, delayMs, begin) }
  }

  /** Runs `work` after the rounds before it. */
  async #exclusive(work: () => Promise<void>): Promise<void> {
    const mine = this.#round.then(work)
    this.#round = mine.catch(() => {})
    await mine
  }

  async #work(): Promise<void> {
    if (this.#stopped) return
    const question = this.#question
    const disturbed = this.#disturbed
    this.#lastRound = this.#parts.clock.now()
    this.#question = new Question()
    this.#disturbed = new Question()
    try {
      const { failures } = await this.#converge(question, disturbed)
      if (failures.length > 0) this.#again(disturbed, failures)
      else this.#retryMs = RETRY_FIRST_MS
    } catch (error) {
      this.#parts.log.warn({ err: error, retryMs: this.#retryMs }, 'the host could not be brought to its wanted state; trying again')
      this.#question.merge(question)
      this.#disturbed.merge(disturbed)
      this.#scheduleRetry()
    }
  }

  #again(disturbed: Question, failures: Difference[]): void {
    for (const failure of failures) this.#parts.log.warn({ ...failure, retryMs: this.#retryMs }, 'a difference could not be repaired; trying again')
    this.#disturbed.merge(disturbed)
    this.#disturbed.everything = true
    this.#scheduleRetry()
  }

  #scheduleRetry(): void {
    this.#schedule(this.#retryMs)
    this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MOST_MS)
  }

  async #converge(question: Question, disturbed = new Question()): Promise<Applied> {
    const { driver, reporter } = this.#parts
    // Before the first complete answer a part cannot be judged: it is all or nothing.
    if (!this.#store.known && !(question.empty && disturbed.empty)) question.everything = true
    if (!question.empty) this.#store.accept(question, await this.#parts.pull(this.#ask(question)))
    const applied = await driver.apply(this.#store.current(), scopeOf(question, disturbed))
    if (applied.changed > 0) this.#parts.log.info({ changed: applied.changed }, 'the host was brought to its wanted state')
    this.#report(question, applied)
    if (question.everything || question.routerIds.size > 0) reporter.routers(applied.routersActive)
    return applied
  }

  /** A complete round says everything, a partial one what is new or was asked for. */
  #report(question: Question, applied: Applied): void {
    if (question.everything) this.#told.clear()
    const news = (ids: string[], state: 'up' | 'down'): string[] => ids.filter((id) => question.portIds.has(id) || this.#told.get(id) !== state)
    const [up, down] = [news(applied.portsUp, 'up'), news(applied.portsDown, 'down')]
    this.portsChanged(up, down)
  }

  /** Word from the driver, in a round or between two. */
  portsChanged(up: readonly string[], down: readonly string[]): void {
    for (const id of down) this.#told.set(id, 'down')
    for (const id of up) this.#told.set(id, 'up')
    if (up.length + down.length > 0) this.#parts.reporter.ports(up, down)
  }

  #ask(question: Question): Parameters<ConvergerParts['pull']>[0] {
    const { host } = this.#parts
    if (question.everything) return { host }
    const ask: Parameters<ConvergerParts['pull']>[0] = { host }
    for (const key of ['networkIds', 'routerIds', 'portIds', 'securityGroupIds'] as const) {
      if (question[key].size > 0) ask[key] = [...question[key]]
    }
    return ask
  }
}

function scopeOf(question: Question, disturbed: Question): Scope {
  const both = new Question()
  both.merge(question)
  both.merge(disturbed)
  return both.everything ? 'everything' : both
}
