/** What a stage of `nacre test` came to, and how its parts are added up. */

export interface Counts { passed: number; failed: number; skipped: number }

export function counts(passed: number, failed: number, skipped = 0): Counts {
  return { passed, failed, skipped }
}

export function sum(all: readonly Counts[]): Counts {
  return all.reduce((a, b) => counts(a.passed + b.passed, a.failed + b.failed, a.skipped + b.skipped), counts(0, 0))
}

/** The line that `nacre test` ends with. */
export function verdict({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`
}

/** True when something ran and nothing went wrong. */
export function isGreen({ passed, failed }: Counts): boolean {
  return passed > 0 && failed === 0
}
