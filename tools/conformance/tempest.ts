/**
 * One run of Tempest: which tests there are, the run itself under a deadline, its outcomes. Tempest runs from Debian's
 * packages with stestr, in a folder of its own; nothing of the user's configuration is read.
 */
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ProgramFailed, run, start } from '#core/host/run.ts'
import { seconds } from '#cloud/terminal.ts'
import { PATIENCE_MS } from '#testkit/patience.ts'
import type { PreparedCloud } from './prepared-cloud.ts'
import { testName, TestResults, type TestOutcome } from './results.ts'
import { SubunitReader } from './subunit.ts'
import { tempestConf } from './tempest-conf.ts'

export interface TempestRun {
  cloud: PreparedCloud
  /** Where configuration, logs and tracebacks go. */
  folder: string
  /** Ids of the tests. */
  tests: string[]
  /** Test classes at a time. */
  workers: number
  timeoutMs: number
  print: (line: string) => void
}

/** Writes what Tempest needs into the folder; answers every test there is whose id matches one of the expressions. */
export async function listTests(cloud: PreparedCloud, folder: string, expressions: string[]): Promise<string[]> {
  await mkdir(join(folder, 'etc'), { recursive: true })
  for (const name of ['lock', 'logs']) await mkdir(join(folder, name), { recursive: true })
  await writeFile(join(folder, 'etc', 'tempest.conf'), tempestConf(cloud, folder), { mode: 0o600 })
  const { stdout } = await run('/usr/bin/python3', ['-c', 'import tempest; print(tempest.__path__[0])'], { timeoutMs: PATIENCE_MS })
  const tempest = stdout.trim()
  // Tests of one class share what the class set up: they stay together.
  await writeFile(join(folder, '.stestr.conf'), `[DEFAULT]\ntest_path=${join(tempest, 'test_discover')}\ntop_dir=${dirname(tempest)}\ngroup_regex=([^\\.]*\\.)*\n`)
  await run('stestr', ['init'], { cwd: folder, env: environment(folder), timeoutMs: PATIENCE_MS })
  const listed = await run('stestr', ['list'], { cwd: folder, env: environment(folder), timeoutMs: 2 * PATIENCE_MS }).catch((error: unknown) => {
    throw error instanceof ProgramFailed ? new Error(`Tempest's tests could not be listed: ${error.message}`, { cause: error }) : error
  })
  const wanted = expressions.map((expression) => new RegExp(expression))
  return listed.stdout.split('\n').filter((id) => wanted.some((pattern) => pattern.test(id)))
}

/** Runs the tests to their end or the deadline's. Never throws for failing tests. */
export async function runTempest({ cloud, folder, tests, workers, timeoutMs, print }: TempestRun): Promise<TestResults> {
  const results = new TestResults()
  const list = join(folder, 'tests.txt')
  await writeFile(list, `${tests.join('\n')}\n`)
  // A process group of its own, for stestr's workers to be ended with it.
  const child = start('stestr', ['run', '--subunit', '--concurrency', String(workers), '--load-list', list], { cwd: folder, env: { ...environment(folder), OS_TEST_TIMEOUT: '1200' }, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const endGroup = (signal: NodeJS.Signals): void => { try { process.kill(-child.pid!, signal) } catch { /* it has ended */ } }
  const passOn = (signal: NodeJS.Signals): void => { endGroup('SIGKILL'); process.kill(process.pid, signal) }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, passOn)
  let silence = 'the run ended without a word about this test'
  const timer = setTimeout(() => { silence = `it did not end within the ${seconds(timeoutMs)} that the run may take`; endGroup('SIGKILL') }, timeoutMs)
  const began = performance.now()
  const complaints = await follow(child, results, (ended) => { print(describe(ended, results.outcomes.size, tests.length, began, cloud.admin.password)) })
  clearTimeout(timer)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, passOn)
  results.settle(tests, silence)
  const failures = [...results.outcomes].filter(([, { outcome }]) => outcome === 'failed')
  await writeFile(join(folder, 'failures.txt'), failures.map(([id, { details }]) => `${id}\n${details}\n`).join('\n'))
  if (results.outcomes.size === 0 && complaints !== '') print(complaints)
  return results
}

/** Feeds the program's stream to the results until it ends; answers what it complained of. */
async function follow(child: ReturnType<typeof start>, results: TestResults, ended: (test: { id: string } & TestOutcome) => void): Promise<string> {
  const reader = new SubunitReader()
  const take = (events: ReturnType<SubunitReader['push']>): void => {
    for (const event of events) {
      const test = results.take(event)
      if (test !== undefined) ended(test)
    }
  }
  let complaints = ''
  child.stdout!.on('data', (chunk: Buffer) => { take(reader.push(chunk)) })
  child.stderr!.on('data', (chunk: Buffer) => { complaints = `${complaints}${chunk.toString('utf8')}`.slice(-4000) })
  await once(child, 'close')
  take(reader.end())
  return complaints.trim()
}

function describe({ id, outcome, seconds: took, reason }: { id: string } & TestOutcome, done: number, all: number, began: number, secret: string): string {
  const mark = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' }[outcome]
  const line = `  ${mark} ${testName(id).replace(/^tempest\./, '')} (${took.toFixed(1)} s)${reason === '' ? '' : `: ${reason}`}`.replaceAll(secret, '***')
  return done % 50 === 0 ? `${line}\n  … ${done} of ${all} after ${seconds(performance.now() - began)}` : line
}

function environment(folder: string): Record<string, string> {
  // Tempest asks for no proxy, and warnings of old libraries are no concern of a test run.
  return { TEMPEST_CONFIG_DIR: join(folder, 'etc'), TEMPEST_CONFIG: 'tempest.conf', PYTHON: '/usr/bin/python3', PYTHONWARNINGS: 'ignore', HOME: folder, no_proxy: '*' }
}
