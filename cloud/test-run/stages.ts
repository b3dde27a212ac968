/**
 * What `nacre test` runs, in order, as data. To add a stage (a walk, a conformance suite), add an entry: what it
 * needs from the host, how long it may take, and a function that runs it and counts.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { libvirtPackages } from '#agents/compute/drivers/libvirt/packages.ts'
import { networkPackages } from '#agents/network/packages.ts'
import type { HostPackage } from '#core/host/host-package.ts'
import { run } from '#core/host/run.ts'
import { mariaDbPackages } from '#testkit/engines/mariadb.ts'
import { rabbitMqPackages } from '#testkit/engines/rabbitmq.ts'
import { conformancePackages } from '#tools/conformance/packages.ts'
import { lintRepository, nodeFirst } from '#tools/lint/lint.ts'
import { tinyImagePackages } from '#tools/tiny-image/packages.ts'
import { describeOutcomes } from '../lint-report.ts'
import { counts, type Counts } from './counts.ts'
import { runVitest } from './vitest-run.ts'

export interface StageInput {
  root: string
  /** Only test files whose path holds one of these; empty: all. */
  files: string[]
  timeoutMs: number
}

export interface Stage {
  name: string
  /** The heading a user reads. */
  title: string
  /** Host packages; without root and with one missing, the stage is skipped and says so. */
  packages: HostPackage[]
  /** Changes this host (namespaces, bridges, guests). Without root it is skipped. */
  needsRoot: boolean
  /** Runs test files, so it has a part in `--only`. */
  runsTestFiles: boolean
  timeoutMs: number
  run(input: StageInput): Promise<Counts>
}

const minutes = 60_000
const enginePackages = [...mariaDbPackages, ...rabbitMqPackages]
const guestPackages: HostPackage[] = [...networkPackages, ...libvirtPackages, ...tinyImagePackages]

export const stages: Stage[] = [
  { name: 'lint', title: "the house's rules", packages: [], needsRoot: false, runsTestFiles: false, timeoutMs: 10 * minutes, run: lint },
  { name: 'types', title: 'types', packages: [], needsRoot: false, runsTestFiles: false, timeoutMs: 20 * minutes, run: types },
  {
    name: 'unit', title: 'unit and API tests on SQLite and the in-process bus', packages: enginePackages, needsRoot: false, runsTestFiles: true, timeoutMs: 45 * minutes,
    run: async ({ root, files, timeoutMs }) => await runVitest({ root, files, timeoutMs, project: 'unit' }),
  },
  {
    name: 'engines', title: 'the API tests again, on MariaDB and RabbitMQ', packages: enginePackages, needsRoot: false, runsTestFiles: true, timeoutMs: 45 * minutes,
    run: onOtherEngines,
  },
  {
    name: 'clouds', title: 'whole clouds, stopped, killed and brought up again', packages: enginePackages, needsRoot: false, runsTestFiles: true, timeoutMs: 30 * minutes,
    run: async ({ root, files, timeoutMs }) => await runVitest({ root, files, timeoutMs, project: 'cloud' }),
  },
  {
    name: 'host', title: 'tests that change this host', packages: networkPackages, needsRoot: true, runsTestFiles: true, timeoutMs: 30 * minutes,
    run: async ({ root, files, timeoutMs }) => await runVitest({ root, files, timeoutMs, project: 'host' }),
  },
  {
    name: 'guests', title: 'tests with real guests', packages: guestPackages, needsRoot: true, runsTestFiles: true, timeoutMs: 45 * minutes,
    run: async ({ root, files, timeoutMs }) => await runVitest({ root, files, timeoutMs, project: 'guest' }),
  },
  {
    name: 'conformance', title: "the official client and upstream's test suite, against a cloud of ours", packages: conformancePackages, needsRoot: false, runsTestFiles: false, timeoutMs: 30 * minutes,
    run: conformance,
  },
]

/** `--only` names selections here (`clients`, `smoke`, `identity` …, or expressions on Tempest's test ids). */
async function conformance({ files, timeoutMs }: StageInput): Promise<Counts> {
  const { runConformance } = await import('#tools/conformance/conformance.ts')
  // A wider selection than CI's is somebody's own patience.
  return await runConformance({ selections: files, timeoutMs: files.length === 0 ? timeoutMs : 4 * timeoutMs, print: (line) => { process.stdout.write(`${line}\n`) } })
}

async function lint({ root }: StageInput): Promise<Counts> {
  const outcomes = await lintRepository(root)
  process.stdout.write(describeOutcomes(outcomes))
  const failed = outcomes.filter(({ breaches }) => breaches.length > 0).length
  return counts(outcomes.length - failed, failed)
}

async function types({ root, timeoutMs }: StageInput): Promise<Counts> {
  const { code, stdout } = await run(join(root, 'node_modules/.bin/tsc'), ['-p', root, '--pretty', 'false'], { cwd: root, timeoutMs, okCodes: [0, 1, 2], env: { PATH: nodeFirst(root) } })
  process.stdout.write(stdout)
  return code === 0 ? counts(1, 0) : counts(0, 1)
}

/** Tests that stand on `chosenDatabase` and `chosenBus` by way of the bench or a whole test cloud. */
async function onOtherEngines({ root, files, timeoutMs }: StageInput): Promise<Counts> {
  const chosen = (await testFilesOn(root, /#testkit\/(service-bench|test-cloud)\.ts/)).filter((path) => files.length === 0 || files.some((part) => path.includes(part)))
  if (chosen.length === 0) return counts(0, 0)
  return await runVitest({ root, files: chosen, timeoutMs, project: 'unit', env: { NACRE_TEST_DATABASE: 'mariadb', NACRE_TEST_BUS: 'rabbitmq' } })
}

/** Unit test files whose text matches. */
async function testFilesOn(root: string, imported: RegExp): Promise<string[]> {
  const rooms = ['core', 'services', 'agents', 'cloud', 'testkit', 'tools']
  const found: string[] = []
  for (const room of rooms) {
    const entries = await readdir(join(root, room), { recursive: true })
    for (const entry of entries) {
      if (!entry.endsWith('.test.ts') || /\.(host|guest|cloud)\.test\.ts$/.test(entry)) continue
      const path = join(room, entry)
      if (imported.test(await readFile(join(root, path), 'utf8'))) found.push(path)
    }
  }
  return found.toSorted()
}
