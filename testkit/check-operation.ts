/**
 * The proof that an operation is durable. `checkOperation(operation, arrange)` makes vitest cases that run it through
 * the front door, with the real runner and fake hardware:
 *
 *     · the happy path
 *     · every `do` twice
 *     · a failure before and after each step: what was done is undone, so the world is as it was before
 *     · every `undo` twice
 *     · the process dies before and after each step, and while it unwinds: another runner finishes the work
 *
 * A scene says how the operation is started and takes a snapshot of everything it may touch: its own rows, the
 * neighbours', the hosts'. Ids, addresses and times differ from scene to scene; `plain` makes snapshots comparable.
 * What a user is meant to see after a failure (the server in ERROR) stays out of the snapshot.
 */
import { expect, it } from 'vitest'
import type { Kysely } from '#core/db/database.ts'
import type { Each, Operation, Step, StepArgs } from '#core/operations/define.ts'
import { StepFailed } from '#core/operations/define.ts'
import type { OperationTables } from '#core/operations/store.ts'

type AnyStep = Step<never, never>
type AnyOperation = Operation<never, never>

export interface Scene {
  /** Starts the operation as a user would; answers when it is accepted. */
  begin(): Promise<void>
  settled(): Promise<void>
  snapshot(): Promise<unknown>
  db: Kysely<OperationTables>
  runner: { poll(): Promise<void> }
  stop(): Promise<void>
}

/** Replaces operations of a list by their instrumented forms: a scene gives it its service's list. */
export type Swap = (operations: readonly unknown[]) => unknown[]
export type Arrange = (swap: Swap) => Promise<Scene>

export interface CheckOptions {
  /** Names of the steps, as they run for the scene's input. */
  steps: string[]
  /** Steps whose failure is not followed by the state before: say why. */
  notUndone?: Record<string, string>
}

type When = 'before' | 'after'
interface Trouble { kind: 'none' | 'twice' | 'undo-twice' | 'fail' | 'crash' | 'crash-undo'; step?: string; when?: When }

class Instrument {
  readonly #operation: AnyOperation
  readonly #trouble: Trouble
  #spent = false
  /** Steps that ran, in order, with `-` before those that were undone. */
  readonly ran: string[] = []
  db: Kysely<OperationTables> | undefined

  constructor(operation: AnyOperation, trouble: Trouble) {
    this.#operation = operation
    this.#trouble = trouble
  }

  readonly swap: Swap = (operations) => operations.map((one) => ((one as AnyOperation).name === this.#operation.name ? this.#wrapped() : one))

  #wrapped(): AnyOperation {
    const steps = this.#operation.steps.map((entry) => ('each' in entry ? { ...entry, make: (input: never) => (entry as Each<never, never>).make(input).map((s) => this.#step(s)) } : this.#step(entry as AnyStep)))
    return { ...this.#operation, steps } as AnyOperation
  }

  #step(original: AnyStep): AnyStep {
    const undo = typeof original.undo === 'function' ? async (ctx: never, args: StepArgs<never>): Promise<void> => { await this.#undo(original, ctx, args) } : original.undo
    return { ...original, do: async (ctx: never, args: StepArgs<never>) => await this.#do(original, ctx, args), undo }
  }

  async #do(original: AnyStep, ctx: never, args: StepArgs<never>): Promise<unknown> {
    const hit = this.#hits(original.name)
    if (hit && this.#trouble.when === 'before') return await this.#strike(args)
    const result = await original.do(ctx, args)
    this.ran.push(original.name)
    if (this.#trouble.kind === 'twice') return await original.do(ctx, args)
    if (hit) {
      this.#spent = true
      if (this.#trouble.kind === 'crash') await this.#die(args.operationId)
      else throw new StepFailed('Injected', `the test broke ${original.name}`)
    }
    return result
  }

  /** True once: a step that waits throws before it is hit. */
  #hits(name: string): boolean {
    return !this.#spent && this.#trouble.step === name && ['fail', 'crash', 'undo-twice', 'crash-undo'].includes(this.#trouble.kind)
  }

  async #strike(args: StepArgs<never>): Promise<null> {
    this.#spent = true
    if (this.#trouble.kind !== 'crash') throw new StepFailed('Injected', 'the test broke it')
    await this.#die(args.operationId)
    return null
  }

  async #undo(original: AnyStep, ctx: never, args: StepArgs<never>): Promise<void> {
    const undo = original.undo as (ctx: never, args: StepArgs<never>) => Promise<void>
    await undo(ctx, args)
    this.ran.push(`-${original.name}`)
    if (this.#trouble.kind === 'undo-twice') await undo(ctx, args)
    if (this.#trouble.kind === 'crash-undo' && this.ran.filter((name) => name === `-${original.name}`).length === 1) await this.#die(args.operationId)
  }

  /** The lease is somebody's who is gone: nothing more is recorded by this runner, and any runner may take over. */
  async #die(operationId: string): Promise<void> {
    await this.db!.updateTable('operations').set({ lease_owner: 'a dead process', lease_until: '1970-01-01T00:00:00.000Z' }).where('id', '=', operationId).execute()
  }
}

export function checkOperation(operation: Operation<never, never> | Operation<unknown, never> | object, arrange: Arrange, options: CheckOptions): void {
  const subject = operation as AnyOperation
  const { steps } = options
  const last = steps.at(-1)!
  let happy: string | undefined

  async function run(trouble: Trouble): Promise<{ before: string; after: string; ran: string[]; state: string }> {
    const instrument = new Instrument(subject, trouble)
    const scene = await arrange(instrument.swap)
    instrument.db = scene.db
    try {
      const before = plain(await scene.snapshot())
      await scene.begin()
      await scene.settled()
      for (let turn = 0; turn < 40 && (await unfinished(scene.db, subject.name)); turn += 1) {
        await scene.runner.poll()
        await scene.settled()
      }
      // Its last step may have begun another operation.
      await scene.settled()
      const row = await scene.db.selectFrom('operations').select('state').where('name', '=', subject.name).orderBy('created_at', 'desc').executeTakeFirstOrThrow()
      return { before, after: plain(await scene.snapshot()), ran: instrument.ran, state: row.state }
    } finally {
      await scene.stop()
    }
  }

  async function happyEnd(): Promise<string> {
    happy ??= (await run({ kind: 'none' })).after
    return happy
  }

  /** Done after all (the step is tried again), or undone. */
  async function judge(result: { before: string; after: string; state: string }, step: string): Promise<void> {
    if (result.state === 'done') expect(result.after).toEqual(await happyEnd())
    else if (options.notUndone?.[step] === undefined) expect(result.after).toEqual(result.before)
  }

  it('takes the steps it lists, and changes something', async () => {
    const { ran, state, before, after } = await run({ kind: 'none' })
    expect(state).toBe('done')
    expect([...new Set(ran)]).toEqual(steps)
    expect(after).not.toEqual(before)
  })

  it('may do every step twice', async () => {
    const { after, state } = await run({ kind: 'twice' })
    expect([state, after]).toEqual(['done', await happyEnd()])
  })

  for (const name of steps) {
    for (const when of ['before', 'after'] as const) {
      it(`unwinds when it fails ${when} ${name}`, async () => { await judge(await run({ kind: 'fail', step: name, when }), name) })
      it(`goes on when the process dies ${when} ${name}`, async () => {
        const { after, state } = await run({ kind: 'crash', step: name, when })
        expect(state).toBe('done')
        expect(after).toEqual(await happyEnd())
      })
    }
  }

  it('may undo every step twice', async () => { await judge(await run({ kind: 'undo-twice', step: last, when: 'after' }), last) })
  it('unwinds also when the process dies at every step back', async () => { await judge(await run({ kind: 'crash-undo', step: last, when: 'after' }), last) })
}

async function unfinished(db: Kysely<OperationTables>, name: string): Promise<boolean> {
  return (await db.selectFrom('operations').select('id').where('name', '=', name).where('state', 'in', ['running', 'unwinding']).executeTakeFirst()) !== undefined
}

/** A snapshot as text in which ids, times and addresses are numbered by their first appearance. */
function plain(snapshot: unknown): string {
  const names = new Map<string, string>()
  const text = JSON.stringify(snapshot, (_key, value: unknown) => (value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))) : value), 1)
  const kinds = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?|\b\d{1,3}(?:\.\d{1,3}){3}\b/g
  return (text ?? 'nothing').replaceAll(kinds, (match) => {
    const known = names.get(match)
    if (known !== undefined) return known
    const name = match.includes('T') && match.includes(':') && match.includes('-') ? '<time>' : `<${names.size}>`
    names.set(match, name)
    return name
  })
}
