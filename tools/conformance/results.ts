/**
 * What the tests of one Tempest run came to. Every selected test has exactly one outcome: a class whose set-up failed
 * or was skipped counts once for each of its tests, and a test that never reported has failed, so that the counts
 * always add up to what was selected.
 */
import { counts, type Counts } from '#cloud/test-run/counts.ts'
import type { SubunitEvent, SubunitStatus } from './subunit.ts'

export interface TestOutcome {
  outcome: 'passed' | 'failed' | 'skipped'
  seconds: number
  /** Why it was skipped, or the error's own line. */
  reason: string
  /** The whole traceback of a failure. */
  details: string
}

const OUTCOMES: Partial<Record<SubunitStatus, TestOutcome['outcome']>> = { success: 'passed', xfail: 'passed', fail: 'failed', uxsuccess: 'failed', skip: 'skipped' }
const CLASS_FIXTURE = /^(setUpClass|tearDownClass|setUpModule|tearDownModule) \((.*)\)$/

/** Dotted name of a test, without `[id-…,smoke]`. */
export function testName(id: string): string {
  return id.replace(/\[.*$/, '')
}

export class TestResults {
  readonly outcomes = new Map<string, TestOutcome>()
  readonly #running = new Map<string, { startMs?: number; files: Map<string, Buffer[]> }>()

  /** Takes one event; answers the outcome when it ended a test. */
  take(event: SubunitEvent): ({ id: string } & TestOutcome) | undefined {
    const id = event.testId
    if (id === undefined || event.status === 'exists') return undefined
    const test = this.#running.get(id) ?? { startMs: event.timeMs, files: new Map<string, Buffer[]>() }
    this.#running.set(id, test)
    if (event.file !== undefined) test.files.set(event.file.name, [...(test.files.get(event.file.name) ?? []), event.file.bytes])
    if (event.status === 'inprogress') test.startMs = event.timeMs
    const outcome = event.status === undefined ? undefined : OUTCOMES[event.status]
    if (outcome === undefined) return undefined
    this.#running.delete(id)
    const text = (wanted: string): string => [...test.files].filter(([name]) => name.startsWith(wanted)).map(([, parts]) => Buffer.concat(parts).toString('utf8')).join('\n')
    const details = outcome === 'failed' ? text('traceback') || text('reason') : ''
    const record: TestOutcome = {
      outcome, details, seconds: ((event.timeMs ?? 0) - (test.startMs ?? event.timeMs ?? 0)) / 1000,
      reason: outcome === 'skipped' ? text('reason').trim() : errorLine(details),
    }
    this.outcomes.set(id, record)
    return { id, ...record }
  }

  /** Gives every selected test its outcome; `silence` says why tests that did not report have failed. */
  settle(selected: readonly string[], silence: string): void {
    for (const [id, record] of [...this.outcomes]) {
      const [, fixture, owner] = CLASS_FIXTURE.exec(id) ?? []
      if (fixture === undefined || owner === undefined || !fixture.startsWith('setUp')) continue
      const owned = selected.filter((test) => testName(test).startsWith(`${owner}.`) && !this.outcomes.has(test))
      if (owned.length === 0) continue
      this.outcomes.delete(id)
      for (const test of owned) this.outcomes.set(test, record)
    }
    for (const test of selected) if (!this.outcomes.has(test)) this.outcomes.set(test, { outcome: 'failed', seconds: 0, reason: silence, details: silence })
  }

  counts(): Counts {
    const all = [...this.outcomes.values()]
    const having = (outcome: TestOutcome['outcome']): number => all.filter((record) => record.outcome === outcome).length
    return counts(having('passed'), having('failed'), having('skipped'))
  }

  /** Reasons of skipped tests, each with how many it skipped, most frequent first. */
  skips(): [reason: string, tests: number][] {
    const reasons = new Map<string, number>()
    for (const { outcome, reason } of this.outcomes.values()) if (outcome === 'skipped') reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    return [...reasons].toSorted((a, b) => b[1] - a[1])
  }
}

/** The exception's line of the last traceback, with the `Details:` line that Tempest's exceptions carry. */
export function errorLine(traceback: string): string {
  const lines = traceback.split('\n')
  const last = lines.findLastIndex((line) => line.startsWith('Traceback (most recent call last)'))
  const said = (last === -1 ? lines : lines.slice(last + 1)).filter((line) => (last === -1 ? line.trim() !== '' : /^\S/.test(line)))
  const details = said[1]?.startsWith('Details:') === true ? ` | ${said[1]}` : ''
  return `${said[0]?.trim() ?? ''}${details}`.slice(0, 400)
}
