/**
 * One operation in a runner's hands, from where its row says it is to its end (or to the loss of the lease).
 *
 *              ┌────── next step done ──────┐
 *              ▼                            │
 *     ──▶  running ──▶ step ── ok ──────────┘──▶ no step left ──▶ done
 *                       │ throws
 *                       ├─ again ──▶ the same step
 *                       ├─ retry ──▶ unwinding to `from` ──▶ running
 *                       └─ else ───▶ unwinding all ──▶ onFailed ──▶ failed (or cancelled)
 *
 * What is recorded: each result before the next step starts, each step back before the one before it. So a crash
 * repeats at most one step, and steps are idempotent.
 */
import { DatabaseUnavailable } from '#core/db/patient-driver.ts'
import { explainError } from '#core/errors/errors.ts'
import type { Context } from '#core/http/context.ts'
import { stepsOf, Waiting, type Operation, type Step, type StepArgs } from './define.ts'
import type { OperationFailure } from './operations.ts'
import type { OperationRow } from './store.ts'

const DATABASE_PAUSE_MS = 1_000

type AnyOperation = Operation<unknown, Context>
type AnyStep = Step<unknown, Context>

export interface StoryEntry { step: string; direction: 'do' | 'undo'; outcome: 'done' | 'failed' | 'undone'; message?: string; startedAt: number; finishedAt: number }

/** What the runner lends: its lease, its clock, its sleep. */
export interface Hands {
  /** False when the lease was lost or, `unlessCancelled`, something newer asked the operation to stop. */
  save(set: Partial<OperationRow>, unlessCancelled?: boolean): Promise<boolean>
  cancelled(): Promise<boolean>
  story(entry: StoryEntry): Promise<void>
  pause(ms: number): Promise<void>
  stopped(): boolean
  now(): number
}

const BACKOFF_MAX_MS = 60_000

export class Drive {
  readonly #row: OperationRow
  readonly #operation: AnyOperation | undefined
  readonly #ctx: Context
  readonly #hands: Hands
  readonly #input: unknown
  readonly #steps: AnyStep[]
  readonly #results: Record<string, unknown>
  #carried: Record<string, unknown>
  #done: string[]
  /** The last write told that nobody has asked to stop: no need to ask again. */
  #uncancelled = false

  constructor(row: OperationRow, operation: AnyOperation | undefined, ctx: Context, hands: Hands) {
    this.#row = row
    this.#operation = operation
    this.#ctx = ctx
    this.#hands = hands
    this.#input = JSON.parse(row.input)
    this.#results = JSON.parse(row.results) as Record<string, unknown>
    this.#carried = JSON.parse(row.carried) as Record<string, unknown>
    this.#done = JSON.parse(row.done_steps) as string[]
    this.#steps = operation === undefined ? [] : stepsOf(operation, this.#input)
  }

  async run(): Promise<void> {
    if (this.#operation === undefined) {
      this.#ctx.log.error({ operation: this.#row.id, name: this.#row.name }, 'an operation of this name is not known to this program')
      return
    }
    if (this.#row.state === 'running' && this.#row.version !== this.#operation.version && !this.#fits()) {
      await this.#turnBack({ kind: 'VersionChanged', message: 'its steps changed with an upgrade', step: this.#row.current_step ?? '' }, null)
    }
    while (!this.#hands.stopped()) {
      const more = this.#row.state === 'running' ? await this.#forward() : this.#row.state === 'unwinding' ? await this.#back() : false
      if (!more) return
    }
  }

  /** A recorded operation of another version goes on when what it did is a beginning of today's list. */
  #fits(): boolean {
    return this.#done.every((name, at) => this.#steps[at]?.name === name)
  }

  async #forward(): Promise<boolean> {
    const sure = this.#uncancelled
    this.#uncancelled = false
    if (!sure && await this.#hands.cancelled()) {
      return await this.#turnBack({ kind: 'Cancelled', message: 'something newer took its place', step: this.#row.current_step ?? '' }, null)
    }
    const next = this.#steps[this.#done.length]
    if (next === undefined) {
      await this.#set({ ...this.#ending('done'), current_step: null })
      return false
    }
    const startedAt = await this.#enter(next.name)
    if (startedAt === undefined) return false
    const began = this.#hands.now()
    try {
      const result = await next.do(this.#ctx, this.#args(next.name, startedAt))
      await this.#hands.story({ step: next.title ?? next.name, direction: 'do', outcome: 'done', startedAt, finishedAt: this.#hands.now() })
      return await this.#stepDone(next.name, result)
    } catch (error) {
      return await this.#stepThrew(next, error, startedAt, began)
    }
  }

  async #enter(name: string): Promise<number | undefined> {
    if (this.#row.current_step === name && this.#row.step_started_at !== null) return Date.parse(this.#row.step_started_at)
    const now = this.#hands.now()
    return (await this.#set({ current_step: name, step_started_at: new Date(now).toISOString(), tries: 0 })) ? now : undefined
  }

  async #stepDone(name: string, result: unknown): Promise<boolean> {
    this.#done.push(name)
    this.#results[name] = result ?? null
    const next = this.#steps[this.#done.length]
    const progress = { done_steps: JSON.stringify(this.#done), results: JSON.stringify(this.#results), tries: 0 }
    if (next === undefined) {
      await this.#set({ ...progress, ...this.#ending('done'), current_step: null })
      return false
    }
    const onward = { ...progress, current_step: next.name, step_started_at: this.#iso() }
    this.#uncancelled = await this.#set(onward, true)
    // What was done is recorded in any case: the way back begins from it.
    return this.#uncancelled || await this.#set(onward)
  }

  async #stepThrew(current: AnyStep, thrown: unknown, startedAt: number, began: number): Promise<boolean> {
    if (thrown instanceof Waiting && this.#hands.now() < thrown.deadline) {
      await this.#hands.pause(Math.min(thrown.pollMs, Math.max(1, thrown.deadline - this.#hands.now())))
      return true
    }
    // No fault of the step, which is done again. While nothing can be recorded either, whoever has the lease next does it.
    if (thrown instanceof DatabaseUnavailable) {
      await this.#hands.pause(DATABASE_PAUSE_MS)
      return true
    }
    const error = thrown instanceof Waiting ? new Error(`${thrown.what} did not happen in time`) : thrown
    const again = current.again
    if (again !== undefined && this.#row.tries < again.times && (again.when?.(error) ?? true)) {
      const delay = again.delayMs * 2 ** this.#row.tries
      if (!(await this.#set({ tries: this.#row.tries + 1 }))) return false
      await this.#hands.pause(delay)
      return true
    }
    const failure: OperationFailure = {
      kind: error instanceof Error ? ((error as { kind?: string }).kind ?? error.name) : 'Error', message: explainError(error), step: current.name,
      data: (error as { data?: unknown } | null)?.data,
    }
    await this.#hands.story({ step: current.title ?? current.name, direction: 'do', outcome: 'failed', message: failure.message, startedAt: Math.min(startedAt, began), finishedAt: this.#hands.now() })
    this.#ctx.log.warn({ err: error, requestId: this.#row.request_id, resourceId: this.#row.resource_id, operation: this.#row.name, step: current.name }, 'a step failed')
    const retry = this.#operation!.retry
    if (retry !== undefined && this.#row.attempts < retry.times && this.#done.includes(retry.from) && retry.when(error)) {
      this.#carried = { ...this.#carried, ...retry.carry?.({ input: this.#input, results: this.#results, carried: this.#carried, error }) }
      return await this.#turnBack(failure, retry.from)
    }
    return await this.#turnBack(failure, null)
  }

  async #turnBack(failure: OperationFailure, unwindTo: string | null): Promise<boolean> {
    return await this.#set({ state: 'unwinding', unwind_to: unwindTo, failure: JSON.stringify(failure), carried: JSON.stringify(this.#carried), tries: 0 })
  }

  async #back(): Promise<boolean> {
    const name = this.#row.current_step ?? this.#done.at(-1)
    const reached = this.#row.unwind_to !== null && !this.#done.includes(this.#row.unwind_to) && this.#row.current_step === null
    if (reached) return await this.#set({ state: 'running', unwind_to: null, attempts: this.#row.attempts + 1, tries: 0, step_started_at: null })
    if (name === undefined) return await this.#end()
    const current = this.#steps.find((s) => s.name === name)
    const began = this.#hands.now()
    try {
      if (current !== undefined && typeof current.undo === 'function') {
        await current.undo(this.#ctx, { ...this.#args(name, began), failure: this.#failure() })
        await this.#hands.story({ step: current.title ?? name, direction: 'undo', outcome: 'undone', startedAt: began, finishedAt: this.#hands.now() })
      }
    } catch (error) {
      return await this.#undoThrew(name, error, began)
    }
    this.#done = this.#done.filter((d) => d !== name)
    delete this.#results[name]
    return await this.#set({ done_steps: JSON.stringify(this.#done), results: JSON.stringify(this.#results), current_step: null, tries: 0 })
  }

  /** A way back that fails is tried until it works: giving up would leak. */
  async #undoThrew(name: string, error: unknown, began: number): Promise<boolean> {
    if (!(error instanceof Waiting)) {
      this.#ctx.log.error({ err: error, requestId: this.#row.request_id, resourceId: this.#row.resource_id, operation: this.#row.name, step: name }, 'a step back failed; it is tried again')
      if (this.#row.tries === 0) await this.#hands.story({ step: name, direction: 'undo', outcome: 'failed', message: explainError(error), startedAt: began, finishedAt: this.#hands.now() })
    }
    const delay = error instanceof Waiting ? error.pollMs : Math.min(250 * 2 ** this.#row.tries, BACKOFF_MAX_MS)
    if (!(await this.#set({ tries: Math.min(this.#row.tries + 1, 20) }))) return false
    await this.#hands.pause(delay)
    return true
  }

  async #end(): Promise<boolean> {
    const failure = this.#failure()
    if (failure.kind === 'Cancelled') {
      await this.#set(this.#ending('cancelled'))
      return false
    }
    try {
      await this.#operation!.onFailed(this.#ctx, { input: this.#input, results: this.#results, failure })
    } catch (error) {
      return await this.#undoThrew('on-failed', error, this.#hands.now())
    }
    await this.#set(this.#ending('failed'))
    return false
  }

  /** The end, in which secrets leave the record: nobody needs them again. */
  #ending(state: 'done' | 'failed' | 'cancelled'): Partial<OperationRow> {
    const input = this.#input as Record<string, unknown>
    const secrets = (this.#operation?.secrets as readonly string[] | undefined)?.filter((name) => (input[name] ?? null) !== null) ?? []
    const forgotten = secrets.length === 0 ? {} : { input: JSON.stringify({ ...input, ...Object.fromEntries(secrets.map((name) => [name, null])) }) }
    return { state, finished_at: this.#iso(), ...forgotten }
  }

  #failure(): OperationFailure {
    return JSON.parse(this.#row.failure ?? '{"kind":"Error","message":"unknown","step":""}') as OperationFailure
  }

  #args(name: string, startedAt: number): StepArgs<unknown> {
    return { operationId: this.#row.id, input: this.#input, results: this.#results, carried: this.#carried, result: this.#results[name], startedAt }
  }

  #iso(): string { return new Date(this.#hands.now()).toISOString() }

  async #set(set: Partial<OperationRow>, unlessCancelled = false): Promise<boolean> {
    const kept = await this.#hands.save(set, unlessCancelled)
    if (kept) Object.assign(this.#row, set)
    return kept
  }
}
