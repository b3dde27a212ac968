/** `nacre lint`: the house's rules, as CI checks them. */
import { lintRepository, type RuleOutcome } from '#tools/lint/lint.ts'
import { commandLine } from '../command-line.ts'
import { EXIT } from '../refusal.ts'
import { repositoryRoot } from '../repository.ts'

export async function run(argv: string[]): Promise<number> {
  const line = commandLine('lint', "Checks the house's rules: oxlint's, and ours about layers, versions, names, words and tests.")
    .argument('[path...]', 'show only breaches in files whose path starts with one of these')
    .option('--json', 'print the outcome as JSON')
  line.parse(argv, { from: 'user' })
  const outcomes = within(await lintRepository(repositoryRoot), line.args)
  process.stdout.write(line.opts<{ json?: true }>().json === true ? `${JSON.stringify(outcomes, null, 2)}\n` : describeOutcomes(outcomes))
  return outcomes.every(({ breaches }) => breaches.length === 0) ? EXIT.ok : EXIT.failed
}

function within(outcomes: RuleOutcome[], prefixes: string[]): RuleOutcome[] {
  if (prefixes.length === 0) return outcomes
  return outcomes.map((outcome) => ({ ...outcome, breaches: outcome.breaches.filter(({ path }) => prefixes.some((prefix) => path.startsWith(prefix.replace(/^\.\//, '')))) }))
}

/** A line per rule, its breaches below it, and the sum. */
export function describeOutcomes(outcomes: RuleOutcome[]): string {
  const lines = outcomes.flatMap(({ name, says, breaches }) => [
    `${breaches.length === 0 ? 'pass' : 'FAIL'}  ${name}: ${says}`,
    ...breaches.map(({ path, line, message }) => `      ${path}:${line}  ${message}`),
  ])
  const failed = outcomes.filter(({ breaches }) => breaches.length > 0).length
  return `${lines.join('\n')}\n${outcomes.length - failed} passed, ${failed} failed\n`
}
