/**
 * How an operation is written.
 *
 *     export const createServer = defineOperation<CreateServerInput, ComputeContext>({
 *       name: 'compute.create-server', version: 1, resource: { type: 'server', id: (input) => input.serverId },
 *       steps: [selectHost, claimResources, each('ports', bindPort), spawn, activate],
 *       retry: { when: isHostFault, from: 'select-host', times: 3, carry: excludeHost },
 *       onFailed: markServerError,
 *     })
 *     const claimResources = step<Input, ComputeContext>({
 *       name: 'claim-resources',
 *       async do(ctx, { input, results }) { …; return { allocated: true } },
 *       async undo(ctx, { input, results }) { … },
 *     })
 *
 * Rules: `do` and `undo` are idempotent, and `undo` also works when `do` was cut off half-way (then `result` is
 * undefined). One step, one thing. Ids are minted in the input or in a step of their own. A result is small JSON.
 * A step has an `undo`, or `nothing('why none is needed')`. Waiting is `throw waitFor(…)`: the step runs again when
 * woken or polled, until its deadline.
 */
import type { OperationFailure } from './operations.ts'

export interface StepArgs<I, R = unknown> {
  operationId: string
  input: I
  /** Results of the steps done so far, by step name. */
  results: Record<string, unknown>
  /** What earlier attempts left for this one (hosts to avoid …). */
  carried: Record<string, unknown>
  /** This step's own result; in `undo`, undefined when `do` was cut off. */
  result?: R
  /** Milliseconds since the epoch when this step first began; deadlines count from it. */
  startedAt: number
  /** Why it unwinds; in `undo` only. */
  failure?: OperationFailure
}

const NOTHING = Symbol('nothing to undo')
export interface NoUndo { readonly [NOTHING]: string }

/** Says why a step needs no way back. */
export function nothing(why: string): NoUndo {
  return { [NOTHING]: why }
}

export interface Step<I = never, C = never> {
  name: string
  do(ctx: C, args: StepArgs<I>): Promise<unknown>
  undo: ((ctx: C, args: StepArgs<I>) => Promise<void>) | NoUndo
  /** Tries the same step again when it throws; `when` defaults to every error. Delay doubles from `delayMs`. */
  again?: { times: number; delayMs: number; when?: (error: unknown) => boolean }
  /** What the step does in words, for progress and stories; the name when absent. */
  title?: string
}

/** Steps made from the input: one per port, per volume … */
export interface Each<I = never, C = never> { each: string; make: (input: I) => Step<I, C>[] }

export function step<I, C>(definition: Step<I, C>): Step<I, C> {
  return definition
}

/** Repeated things are repeated steps, generated from the input; give each a name of its own (`bind-port:<id>`). */
export function each<I, C>(name: string, make: (input: I) => Step<I, C>[]): Each<I, C> {
  return { each: name, make }
}

export interface Retry<I> {
  when: (error: unknown) => boolean
  /** Unwinds to (and through) this step, then goes forward again. */
  from: string
  times: number
  /** What the next attempt should know. */
  carry?: (args: { input: I; results: Record<string, unknown>; carried: Record<string, unknown>; error: unknown }) => Record<string, unknown>
}

export interface Operation<I = unknown, C = never> {
  name: string
  /** Fields of the input that must not outlive the work (passwords, injected files): null once it has ended, however it ended. */
  secrets?: readonly (keyof I & string)[]
  /** Bump when steps change; a recorded operation of another version is resumed by `upgrade` or unwound. */
  version: number
  resource: { type: string; id: (input: I) => string }
  steps: readonly (Step<I, C> | Each<I, C>)[]
  retry?: Retry<I>
  /** After a full unwind: the visible resource goes to ERROR with a fault that explains. Not called when cancelled. */
  onFailed: (ctx: C, args: { input: I; results: Record<string, unknown>; failure: OperationFailure }) => Promise<void>
}

export function defineOperation<I, C>(definition: Operation<I, C>): Operation<I, C> {
  const names = definition.steps.map((s) => ('each' in s ? s.each : s.name))
  if (new Set(names).size !== names.length) throw new Error(`operation ${definition.name} names a step twice`)
  return definition
}

/** The flat list of steps for one input. */
export function stepsOf<I, C>(operation: Operation<I, C>, input: I): Step<I, C>[] {
  return operation.steps.flatMap((s) => ('each' in s ? s.make(input) : [s]))
}

/** Thrown by a step that waits: not a failure. */
export class Waiting extends Error {
  override readonly name = 'Waiting'
  readonly deadline: number
  readonly pollMs: number
  readonly what: string
  constructor(what: string, deadline: number, pollMs: number) {
    super(`waiting for ${what}`)
    this.what = what
    this.deadline = deadline
    this.pollMs = pollMs
  }
}

/** `throw waitFor('the port to be wired', { startedAt, timeoutMs: 300_000 })`. */
export function waitFor(what: string, options: { startedAt: number; timeoutMs: number; pollMs?: number }): Waiting {
  return new Waiting(what, options.startedAt + options.timeoutMs, options.pollMs ?? 1000)
}

/** Thrown by a step to fail with a kind and data that `onFailed` can show. */
export class StepFailed extends Error {
  override readonly name: string
  readonly data: unknown
  constructor(kind: string, message: string, options: { data?: unknown; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = kind
    this.data = options.data
  }
}
