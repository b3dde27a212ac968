/**
 * "As soon as the current turn is over" without a clock: gathering a burst must not wait for a clock that a test
 * has stopped. Real waits go through the clock.
 */
import type { Clock } from '#core/time/clock.ts'

/** Runs `task` after `delayMs`, or after the current turn when that is 0. The answer cancels it. */
export function soon(clock: Clock, delayMs: number, task: () => void): () => void {
  if (delayMs > 0) return clock.after(delayMs, task)
  const immediate = setImmediate(task)
  return () => { clearImmediate(immediate) }
}
