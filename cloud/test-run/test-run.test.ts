import { describe, expect, it } from 'vitest'
import { Refusal } from '../refusal.ts'
import { counts, isGreen, sum, verdict } from './counts.ts'
import { runStages, type RunOptions } from './run-stages.ts'
import type { Stage } from './stages.ts'
import { countReport } from './vitest-run.ts'

function stage(name: string, more: Partial<Stage> = {}): Stage {
  return { name, title: name, packages: [], needsRoot: false, runsTestFiles: true, timeoutMs: 1000, run: async () => counts(2, 0), ...more }
}

function options(more: Partial<RunOptions> = {}): { options: RunOptions; lines: string[] } {
  const lines: string[] = []
  return { lines, options: { root: '/', files: [], isRoot: true, print: (line) => lines.push(line), install: async () => [], missing: async (packages) => packages, ...more } }
}

describe('counts', () => {
  it('are added up and told in one line', () => {
    const all = sum([counts(3, 1, 2), counts(4, 0)])
    expect(verdict(all)).toBe('7 passed, 1 failed, 2 skipped')
    expect([isGreen(all), isGreen(counts(1, 0, 5)), isGreen(counts(0, 0, 5))]).toEqual([false, true, false])
  })

  it('of a vitest report include files that broke without a failed test', () => {
    const report = { numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1, testResults: [
      { status: 'passed', assertionResults: [{ status: 'passed' }] },
      { status: 'failed', assertionResults: [{ status: 'failed' }] },
      { status: 'failed', assertionResults: [] },
    ] }
    expect(countReport(JSON.stringify(report))).toEqual({ passed: 5, failed: 2, skipped: 3 })
    expect(countReport(undefined)).toEqual({ passed: 0, failed: 0, skipped: 0 })
  })
})

describe('running stages', () => {
  it('runs them in order, hands them their input, and counts one that throws as failed', async () => {
    const { options: given, lines } = options({ files: ['bus'] })
    const inputs: unknown[] = []
    const total = await runStages([
      stage('a', { run: async (input) => { inputs.push(input); return counts(2, 0, 1) } }),
      stage('b', { run: async () => { throw new Error('vitest is gone') } }),
      stage('c'),
    ], given)
    expect(total).toEqual({ passed: 4, failed: 1, skipped: 1 })
    expect(inputs).toEqual([{ root: '/', files: ['bus'], timeoutMs: 1000 }])
    expect(lines.join('\n')).toContain('vitest is gone')
  })

  it('counts packages that cannot be installed as a failure with its way out', async () => {
    const { options: given, lines } = options({ install: async () => { throw new Refusal('no network', 'plug it in') } })
    expect(await runStages([stage('a')], given)).toEqual({ passed: 0, failed: 1, skipped: 0 })
    expect(lines.join('\n')).toContain('Way out: plug it in')
  })

  it('without root skips what needs it, aloud, and runs the rest', async () => {
    const { options: given, lines } = options({ isRoot: false, install: async () => { throw new Error('must not be called') } })
    const engine = [{ name: 'rabbitmq-server', reason: 'tests' }]
    expect(await runStages([stage('a', { needsRoot: true }), stage('b', { packages: engine })], given)).toEqual({ passed: 2, failed: 0, skipped: 1 })
    expect(lines.join('\n')).toMatch(/Skipped: .*only root may[^]*Without rabbitmq-server/)
  })
})
