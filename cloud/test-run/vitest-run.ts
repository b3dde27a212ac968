/**
 * One run of vitest as a program of its own: its words go to the terminal as they come, its counts come back through
 * its JSON report. Whatever goes wrong without a failed test (a file that does not load, an error nobody caught, a
 * run that takes too long) counts as one failure, so that it can never look green.
 */
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { start } from '#core/host/run.ts'
import { nodeFirst } from '#tools/lint/lint.ts'
import { counts, type Counts } from './counts.ts'

export interface VitestRun {
  root: string
  project: 'unit' | 'cloud' | 'host' | 'guest'
  /** Parts of file paths; none: all files of the project. */
  files: string[]
  timeoutMs: number
  env?: Record<string, string>
}

/** Runs vitest to its end and counts. Never throws for failing tests. */
export async function runVitest(options: VitestRun): Promise<Counts> {
  const folder = await mkdtemp(join(tmpdir(), 'nacre-vitest-'))
  const report = join(folder, 'report.json')
  try {
    const { code, timedOut } = await execute(options, report)
    const counted = countReport(await readFile(report, 'utf8').catch(() => undefined))
    if (timedOut) process.stdout.write(`The tests did not end within ${Math.round(options.timeoutMs / 60_000)} minutes and were stopped.\n`)
    const unexplained = timedOut || (code !== 0 && counted.failed === 0)
    return unexplained ? { ...counted, failed: counted.failed + 1 } : counted
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function execute(options: VitestRun, report: string): Promise<{ code: number | null; timedOut: boolean }> {
  const args = [join(options.root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', options.project,
    '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...options.files]
  const env = { PATH: `${nodeFirst(options.root)}:/usr/local/sbin:/usr/sbin:/sbin`, CI: 'true', ...process.stdout.isTTY ? {} : { NO_COLOR: '1' }, ...options.env }
  // Standard input stays closed: vitest would take keys from it.
  const child = start(process.execPath, args, { cwd: options.root, env, stdio: ['ignore', 'inherit', 'inherit'] })
  // Ctrl-C reaches vitest from the terminal; other ends are passed on, or it would go on alone.
  const passOn = (signal: NodeJS.Signals): void => {
    child.kill(signal)
    // With this listener gone, the signal does to this process what it usually does.
    process.kill(process.pid, signal)
  }
  process.once('SIGTERM', passOn)
  process.once('SIGHUP', passOn)
  let timedOut = false
  const stop = setTimeout(() => { timedOut = true; child.kill('SIGTERM') }, options.timeoutMs)
  const kill = setTimeout(() => { child.kill('SIGKILL') }, options.timeoutMs + 30_000)
  const [code] = await once(child, 'close') as [number | null]
  clearTimeout(stop)
  clearTimeout(kill)
  process.off('SIGTERM', passOn)
  process.off('SIGHUP', passOn)
  return { code, timedOut }
}

interface Report {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests?: number
  testResults: { status: string; assertionResults: { status: string }[] }[]
}

/** Counts of a JSON report; no report counts nothing. */
export function countReport(text: string | undefined): Counts {
  if (text === undefined) return counts(0, 0)
  const report = JSON.parse(text) as Report
  // A file that failed although none of its tests did could not be loaded, or broke in a hook.
  const brokenFiles = report.testResults.filter(({ status, assertionResults }) => status === 'failed' && !assertionResults.some((one) => one.status === 'failed'))
  return counts(report.numPassedTests, report.numFailedTests + brokenFiles.length, report.numPendingTests + (report.numTodoTests ?? 0))
}
