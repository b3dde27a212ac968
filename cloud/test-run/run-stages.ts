/** Runs stages one after another and adds up. A stage that cannot run here is skipped aloud; one that breaks is a failure. */
import type { HostPackage } from '#core/host/host-package.ts'
import { ensureHostPackages, missingHostPackages } from '../host-packages/host-packages.ts'
import { Refusal } from '../refusal.ts'
import { counts, sum, verdict, type Counts } from './counts.ts'
import type { Stage } from './stages.ts'

export interface RunOptions {
  root: string
  files: string[]
  isRoot: boolean
  print: (line: string) => void
  /** Installs packages, or throws `Refusal`. */
  install?: (packages: HostPackage[]) => Promise<unknown>
  missing?: (packages: HostPackage[]) => Promise<HostPackage[]>
}

/** Runs the stages and answers the sum of their counts. Never throws. */
export async function runStages(stages: Stage[], options: RunOptions): Promise<Counts> {
  const results: { name: string; counted: Counts; seconds: number }[] = []
  for (const stage of stages) {
    options.print(`\n== ${stage.name}: ${stage.title}`)
    const started = performance.now()
    const counted = await runStage(stage, options)
    results.push({ name: stage.name, counted, seconds: Math.round((performance.now() - started) / 1000) })
  }
  options.print('\nStages:')
  for (const { name, counted, seconds } of results) options.print(`  ${name.padEnd(12)} ${String(seconds).padStart(5)} s   ${verdict(counted)}`)
  return sum(results.map(({ counted }) => counted))
}

async function runStage(stage: Stage, options: RunOptions): Promise<Counts> {
  try {
    const reason = await prepare(stage, options)
    if (reason !== undefined) {
      options.print(`Skipped: ${reason}`)
      return counts(0, 0, 1)
    }
    return await stage.run({ root: options.root, files: options.files, timeoutMs: stage.timeoutMs })
  } catch (error) {
    if (error instanceof Refusal) options.print(`${error.message}\nWay out: ${error.wayOut}`)
    else options.print(error instanceof Error ? (error.stack ?? error.message) : String(error))
    return counts(0, 1)
  }
}

/** Makes the host ready for a stage; answers why it cannot run here. */
async function prepare(stage: Stage, options: RunOptions): Promise<string | undefined> {
  if (options.isRoot) {
    await (options.install ?? ensureHostPackages)(stage.packages)
    return undefined
  }
  if (stage.needsRoot) return 'it changes this host, and only root may'
  const missing = await (options.missing ?? missingHostPackages)(stage.packages)
  if (missing.length > 0) options.print(`Without ${missing.map(({ name }) => name).join(', ')} some tests are skipped; as root, they are installed.`)
  return undefined
}
