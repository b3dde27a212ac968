/**
 * Durable operations: multi-step work that finishes or unwinds, whatever dies meanwhile. An operation is a list of
 * named steps, each with its way back; every result is recorded before the next step starts, so any runner can take
 * the work over. Read `define.ts` for how one is written, `runner.ts` for how it is run, `store.ts` for the tables.
 *
 * This file is the face that commands see: `ctx.operations.submit(ctx, createServer, input)` inside the transaction
 * that writes the wanted row, so that row and work commit together.
 */
import type { ContextBase } from '#core/http/context.ts'
import type { Operation } from './define.ts'

/** Why an operation, or a part of one, did not go on. Recorded, shown in stories, given to `onFailed`. */
export interface OperationFailure { kind: string; message: string; step: string; data?: unknown }

export interface SubmitOptions {
  /** Starts not before this instant (milliseconds since the epoch). */
  notBefore?: number
}

export interface Operations {
  /** Records the operation in the current transaction and starts it soon after; answers its id. */
  submit<I>(ctx: ContextBase & { db: unknown }, operation: Operation<I, never>, input: I, options?: SubmitOptions): Promise<string>
  /** Asks every unfinished operation on a resource (but `except`) to unwind; they stop at their next step boundary. */
  cancel(ctx: ContextBase & { db: unknown }, resourceId: string, except?: string): Promise<void>
  /** Unfinished operations on a resource, oldest first. */
  pending(ctx: ContextBase & { db: unknown }, resourceId: string): Promise<{ id: string; name: string }[]>
  /** Wakes operations that wait for something about this resource. */
  wake(resourceId: string): void
}
