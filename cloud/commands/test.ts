/** `nacre test`: everything CI runs, ending with one line that sums it all. */
import { Option } from 'commander'
import { commandLine } from '../command-line.ts'
import { EXIT } from '../refusal.ts'
import { repositoryRoot } from '../repository.ts'
import { isGreen, verdict } from '../test-run/counts.ts'
import { runStages } from '../test-run/run-stages.ts'
import { stages, type Stage } from '../test-run/stages.ts'

interface TestOptions { only?: string[]; stage?: string[]; guests: boolean; host: boolean; engines: boolean; conformance: boolean; list?: true }

export async function run(argv: string[]): Promise<number> {
  const line = commandLine('test', `Runs everything CI runs. As root it installs the host packages that the stages need.
The last line is "N passed, N failed, N skipped"; the exit code is 0 only when something passed and nothing failed.`)
    .option('--only <part...>', 'only test files whose path holds one of these; leaves lint, types and conformance out. With --stage conformance: clients, smoke, identity, image, compute, network, scenario, all, or expressions on Tempest test ids; guests beside them: on a cloud with real guests')
    .addOption(new Option('--stage <name...>', 'only these stages').choices(stages.map(({ name }) => name)))
    .option('--no-guests', 'leave out tests that boot real guests')
    .option('--no-host', 'leave out tests that change this host (and with them the guests)')
    .option('--no-engines', 'leave out the second run on MariaDB and RabbitMQ')
    .option('--no-conformance', "leave out the official client's walk and Tempest")
    .option('--list', 'print the stages and end')
  line.parse(argv, { from: 'user' })
  const options = line.opts<TestOptions>()
  if (options.list === true) {
    for (const { name, title, timeoutMs } of stages) process.stdout.write(`${name.padEnd(12)} at most ${String(timeoutMs / 60_000).padStart(2)} min   ${title}\n`)
    return EXIT.ok
  }
  const counted = await runStages(chosenStages(options), {
    root: repositoryRoot, files: options.only ?? [], isRoot: process.getuid?.() === 0,
    print: (text) => { process.stdout.write(`${text}\n`) },
  })
  process.stdout.write(`\n${verdict(counted)}\n`)
  return isGreen(counted) ? EXIT.ok : EXIT.failed
}

function chosenStages(options: TestOptions): Stage[] {
  return stages.filter((stage) => {
    if (options.stage !== undefined) return options.stage.includes(stage.name)
    if (options.only !== undefined && !stage.runsTestFiles) return false
    if (stage.name === 'guests') return options.guests && options.host
    if (stage.name === 'host') return options.host
    if (stage.name === 'conformance') return options.conformance
    return stage.name !== 'engines' || options.engines
  })
}
