/**
 * Runs operations. One runner per service and process; several share the work by leases. What happens to a single
 * operation in its hands is `drive.ts`.
 */
import type { Kysely } from 'kysely'
import type { Identity } from '#core/auth/identity.ts'
import { afterCommit } from '#core/db/database.ts'
import type { Context, ContextBase } from '#core/http/context.ts'
import type { Operation } from './define.ts'
import { Drive, type StoryEntry } from './drive.ts'
import type { Operations, SubmitOptions } from './operations.ts'
import { claimable, dropAllLeases, getOperation, insertOperation, insertStep, isCancelled, listOperations, renewLeases, requestCancel, saveProgress, takeLease, type OperationTables } from './store.ts'

type AnyContext = ContextBase & { db: unknown }
type AnyOperation = Operation<unknown, Context>

export interface RunnerOptions {
  /** The service's name: the topic on which runners wake one another. */
  service: string
  operations: readonly unknown[]
  /** A context outside of any request, for the one who asked. */
  context: (who: { identity: Identity; requestId: string }) => Context
  /** False where this process has not the `operations` role: it submits, others run. */
  active: boolean
  /** True when no other process can hold a lease: what a dead one held is free at once. */
  exclusive: boolean
  maxInFlight?: number
  leaseMs?: number
  observe?: (seen: { operation: string; step: string; outcome: string; seconds: number }) => void
}

interface Held { id: string; resourceId: string; resume: (() => void) | undefined }

export class OperationRunner implements Operations {
  readonly #o: RunnerOptions
  readonly #owner: string
  readonly #registry = new Map<string, AnyOperation>()
  readonly #ctx: Context
  readonly #db: Kysely<OperationTables>
  /** Operations in this process's hands; `resume` is set while one waits. */
  readonly #held = new Map<string, Held>()
  readonly #queue: string[] = []
  #inFlight = 0
  #stopped = false
  #storySequence = 0
  #idleWaiters: (() => void)[] = []
  readonly #stops: (() => void)[] = []

  constructor(options: RunnerOptions, system: Identity) {
    this.#o = options
    for (const operation of options.operations as AnyOperation[]) this.#registry.set(operation.name, operation)
    this.#ctx = options.context({ identity: system, requestId: '' })
    this.#db = this.#ctx.db as unknown as Kysely<OperationTables>
    this.#owner = this.#ctx.ids.uuid()
  }

  /** Takes up unfinished work and begins to keep leases. */
  async start(): Promise<void> {
    const stop = await this.#ctx.bus.subscribe(this.#wakeTopic(), (message) => this.#wakeHere(String(message)))
    this.#stops.push(() => { void stop() })
    if (!this.#o.active) return
    if (this.#o.exclusive) await dropAllLeases(this.#db)
    const leaseMs = this.#o.leaseMs ?? 30_000
    const timer = setInterval(() => { if (this.#held.size > 0) void renewLeases(this.#db, this.#owner, this.#leaseEnd()).catch(() => {}) }, leaseMs / 3)
    timer.unref()
    this.#stops.push(() => clearInterval(timer))
    await this.poll()
  }

  /** Looks for work nobody holds. The service runs this as a reconciler. */
  async poll(): Promise<void> {
    if (!this.#o.active || this.#stopped) return
    for (const id of await claimable(this.#db, this.#now(), 256)) this.#enqueue(id)
  }

  /**
   * Starts no other step and gives those under way a moment to end. One that waits longer (for a host that does not
   * answer) is left as a crash would leave it: the next runner repeats it.
   */
  async stop(patienceMs = 5000): Promise<void> {
    this.#stopped = true
    for (const stop of this.#stops.splice(0)) stop()
    for (const held of this.#held.values()) held.resume?.()
    const patience = new Promise<void>((resolve) => { setTimeout(resolve, patienceMs).unref() })
    await Promise.race([patience, this.#idle()])
  }

  async #idle(): Promise<void> {
    while (this.#inFlight > 0) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve))
  }

  /** Resolves when nothing is under way or waiting here. */
  async settled(): Promise<void> {
    // What was just committed is announced in the next turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#inFlight > 0 || this.#queue.length > 0) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve))
  }

  get idle(): boolean { return this.#inFlight === 0 && this.#queue.length === 0 }

  async submit<I>(ctx: AnyContext, operation: Operation<I, never>, input: I, options: SubmitOptions = {}): Promise<string> {
    const { identity } = ctx
    const now = this.#now()
    const id = ctx.ids.uuid()
    const later = options.notBefore !== undefined && options.notBefore > ctx.clock.now()
    await insertOperation(ctx.db as unknown as Kysely<OperationTables>, {
      id, name: operation.name, version: operation.version, state: 'running', resource_type: operation.resource.type,
      resource_id: operation.resource.id(input), request_id: ctx.requestId, user_id: identity.user.id, project_id: identity.project?.id ?? null,
      identity: JSON.stringify(identity), input: JSON.stringify(input), results: '{}', carried: '{}', done_steps: '[]', current_step: null,
      step_started_at: null, tries: 0, attempts: 0, unwind_to: null, failure: null, cancel_requested: 0, lease_owner: null, lease_until: null,
      not_before: options.notBefore === undefined ? null : new Date(options.notBefore).toISOString(), created_at: now, updated_at: now, finished_at: null,
    })
    if (!later) afterCommit(() => { if (this.#o.active) this.#enqueue(id); else void this.#ctx.bus.fanout(this.#wakeTopic(), 'poll').catch(() => {}) })
    return id
  }

  async cancel(ctx: AnyContext, resourceId: string, except?: string): Promise<void> {
    await requestCancel(ctx.db as unknown as Kysely<OperationTables>, resourceId, except)
    afterCommit(() => this.wake(resourceId))
  }

  async pending(ctx: AnyContext, resourceId: string): Promise<{ id: string; name: string }[]> {
    return await listOperations(ctx.db as unknown as Kysely<OperationTables>, { resourceId, unfinished: true })
  }

  wake(resourceId: string): void {
    this.#wakeHere(resourceId)
    if (!this.#o.exclusive) void this.#ctx.bus.fanout(this.#wakeTopic(), resourceId).catch(() => {})
  }

  #wakeTopic(): string { return `operations.${this.#o.service}.wake` }
  #now(): string { return new Date(this.#ctx.clock.now()).toISOString() }
  #leaseEnd(): string { return new Date(this.#ctx.clock.now() + (this.#o.leaseMs ?? 30_000)).toISOString() }

  #wakeHere(resourceId: string): void {
    if (resourceId === 'poll') {
      void this.poll().catch(() => {})
      return
    }
    for (const held of this.#held.values()) if (held.resourceId === resourceId) held.resume?.()
  }

  #enqueue(id: string): void {
    if (this.#stopped || this.#held.has(id) || this.#queue.includes(id)) return
    this.#queue.push(id)
    this.#pump()
  }

  #pump(): void {
    while (this.#inFlight < (this.#o.maxInFlight ?? 512) && this.#queue.length > 0 && !this.#stopped) {
      const id = this.#queue.shift()!
      this.#inFlight += 1
      this.#held.set(id, { id, resourceId: '', resume: undefined })
      void this.#drive(id).catch((error: unknown) => {
        this.#ctx.log.error({ err: error, operation: id }, 'an operation could not be driven; another turn takes it up')
      }).finally(() => {
        this.#held.delete(id)
        this.#inFlight -= 1
        this.#pump()
        if (this.idle || this.#inFlight === 0) for (const waiter of this.#idleWaiters.splice(0)) waiter()
      })
    }
  }

  async #drive(id: string): Promise<void> {
    if (!(await takeLease(this.#db, id, this.#owner, this.#now(), this.#leaseEnd()))) return
    const row = await getOperation(this.#db, id)
    if (row === undefined) return
    this.#held.get(id)!.resourceId = row.resource_id
    const drive = new Drive(row, this.#registry.get(row.name), this.#o.context({ identity: JSON.parse(row.identity) as Identity, requestId: row.request_id }), {
      save: async (set, unlessCancelled) => await saveProgress(this.#db, id, this.#owner, { ...set, updated_at: this.#now() }, unlessCancelled),
      cancelled: async () => await isCancelled(this.#db, id),
      story: async (entry) => await this.#story(id, row.name, entry),
      pause: async (ms) => await this.#pause(id, ms),
      stopped: () => this.#stopped,
      now: () => this.#ctx.clock.now(),
    })
    await drive.run()
    if (this.#stopped) await saveProgress(this.#db, id, this.#owner, { lease_owner: null, lease_until: null })
  }

  async #story(id: string, name: string, entry: StoryEntry): Promise<void> {
    this.#o.observe?.({ operation: name, step: entry.step, outcome: entry.outcome, seconds: (entry.finishedAt - entry.startedAt) / 1000 })
    this.#storySequence += 1
    const key = `${String(this.#ctx.clock.now()).padStart(15, '0')}-${String(this.#storySequence).padStart(9, '0')}-${this.#owner.slice(0, 8)}`
    await insertStep(this.#db, {
      id: key, operation_id: id, step: entry.step, direction: entry.direction, outcome: entry.outcome, message: entry.message ?? null,
      started_at: new Date(entry.startedAt).toISOString(), finished_at: new Date(entry.finishedAt).toISOString(),
    })
  }

  /** Sleeps until the time is up, a wake, or the stop of the runner. */
  async #pause(id: string, ms: number): Promise<void> {
    if (this.#stopped) return
    await new Promise<void>((resolve) => {
      const held = this.#held.get(id)
      const cancel = this.#ctx.clock.after(ms, done)
      function done(): void {
        cancel()
        if (held !== undefined) held.resume = undefined
        resolve()
      }
      if (held !== undefined) held.resume = done
    })
  }
}
