/**
 * Conformance, as a stage of `nacre test`: a cloud is brought up for this alone, with the fake hypervisor unless real
 * guests are asked for; the official command line client walks through the install guide on it, and Tempest runs a selection of its tests, both at the
 * same time. What they find goes to the terminal; logs stay only when something failed.
 */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { availableParallelism } from 'node:os'
import { removePath } from '#core/host/files.ts'
import { counts, sum, type Counts } from '#cloud/test-run/counts.ts'
import { StateFolder } from '#cloud/settings.ts'
import { startCloudProcess, type CloudProcess } from '#testkit/cloud-process.ts'
import { onFreePorts } from '#testkit/free-ports.ts'
import { prepareCloud, type PreparedCloud } from './prepared-cloud.ts'
import { choose, withoutExcluded, type Chosen } from './selections.ts'
import { listTests, runTempest } from './tempest.ts'
import { walkThrough } from './walk/walk.ts'

export interface ConformanceOptions {
  /** Names of selections, or regular expressions on test ids; empty: what CI runs. */
  selections: string[]
  timeoutMs: number
  print: (line: string) => void
}

/** For ending what has begun: half a minute of the stage's time. */
const LAST_WORDS_MS = 30_000

/** Runs what was chosen, on a cloud of its own, and counts. */
export async function runConformance({ selections, timeoutMs, print }: ConformanceOptions): Promise<Counts> {
  const deadline = performance.now() + timeoutMs - LAST_WORDS_MS
  const folder = await mkdtemp(join(tmpdir(), 'nacre-conformance-'))
  let cloud: CloudProcess | undefined
  let counted = counts(0, 1)
  try {
    const chosen = choose(selections)
    cloud = await bringUp(join(folder, 'cloud'), chosen)
    const prepared = await prepareCloud(cloud, chosen)
    counted = await judge(chosen, prepared, folder, deadline, print)
  } finally {
    await endCloud(cloud, folder, counted, print)
  }
  return counted
}

/** The image service of this cloud may fetch from this cloud, which the import tests do. */
async function bringUp(path: string, { realGuests }: Chosen): Promise<CloudProcess> {
  const folder = new StateFolder(path)
  await mkdir(path, { recursive: true })
  return await onFreePorts(10, async (portBase) => {
    await writeFile(folder.configFile, `image:\n  importAllowedHosts: ['127.0.0.1']\n  importAllowedPorts: [80, 443, ${portBase}]\n`)
    return await startCloudProcess({ hypervisor: realGuests ? 'libvirt' : 'fake', portBase }, folder)
  })
}

async function judge(chosen: Chosen, cloud: PreparedCloud, folder: string, deadline: number, print: (line: string) => void): Promise<Counts> {
  const left = (): number => Math.max(1000, deadline - performance.now())
  const walk = chosen.walk ? walkThrough({ cloud, folder: join(folder, 'walk'), timeoutMs: left(), print }) : counts(0, 0)
  const suite = chosen.tempest.length === 0 ? counts(0, 0) : tempest(chosen, cloud, join(folder, 'tempest'), left, print)
  return sum(await Promise.all([walk, suite]))
}

async function tempest({ tempest: expressions, realGuests }: Chosen, cloud: PreparedCloud, folder: string, left: () => number, print: (line: string) => void): Promise<Counts> {
  const { run: tests, left: excluded } = withoutExcluded(await listTests(cloud, folder, expressions), { realGuests })
  for (const [reason, count] of excluded) print(`  ${count} tests are left out: ${reason}`)
  if (tests.length === 0) {
    print(`  no test of Tempest matches ${expressions.join(' or ')}`)
    return counts(0, 1)
  }
  print(`  ${tests.length} tests of Tempest`)
  // Most of a test's time is waiting, so more than there are cores; guests that really run want these for themselves.
  const workers = realGuests ? availableParallelism() : Math.max(4, 2 * availableParallelism())
  const results = await runTempest({ cloud, folder, tests, workers, timeoutMs: left(), print })
  for (const [reason, count] of results.skips()) print(`  ${count} skipped: ${reason}`)
  return results.counts()
}

async function endCloud(cloud: CloudProcess | undefined, folder: string, counted: Counts, print: (line: string) => void): Promise<void> {
  if (counted.failed === 0) {
    await cloud?.remove()
    await removePath(folder)
    return
  }
  await cloud?.down()
  print(`  Logs are in ${folder}: tempest/failures.txt, tempest/logs, walk, cloud/logs`)
}
