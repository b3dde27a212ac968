/** `nacre lint`: the house's rules, as CI checks them. */
import { lintRepository, type RuleOutcome } from '#tools/lint/lint.ts'
import { commandLine } from '../command-line.ts'
import { describeOutcomes } from '../lint-report.ts'
import { EXIT } from '../refusal.ts'
import { repositoryRoot } from '../repository.ts'

export async function run(argv: string[]): Promise<number> {
  const line = commandLine('lint', "Checks the house's rules: oxlint's, and ours about layers, versions, names, words and tests.")
    .argument('[path...]', 'show only breaches in files whose path starts with one of these')
    .option('--json', 'print the outcome as JSON')
  line.parse(argv, { from: 'user' })
  const outcomes = within(await lintRepository(repositoryRoot), line.args)
  const failed = outcomes.filter(({ breaches }) => breaches.length > 0).length
  if (line.opts<{ json?: true }>().json === true) process.stdout.write(`${JSON.stringify(outcomes, null, 2)}\n`)
  else process.stdout.write(`${describeOutcomes(outcomes)}${outcomes.length - failed} passed, ${failed} failed\n`)
  return failed === 0 ? EXIT.ok : EXIT.failed
}

function within(outcomes: RuleOutcome[], prefixes: string[]): RuleOutcome[] {
  if (prefixes.length === 0) return outcomes
  return outcomes.map((outcome) => ({ ...outcome, breaches: outcome.breaches.filter(({ path }) => prefixes.some((prefix) => path.startsWith(prefix.replace(/^\.\//, '')))) }))
}
