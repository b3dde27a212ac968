/** The outcome of the lint as a person reads it. */
import type { RuleOutcome } from '#tools/lint/lint.ts'

/** A line per rule with its breaches below it. */
export function describeOutcomes(outcomes: RuleOutcome[]): string {
  const lines = outcomes.flatMap(({ name, says, breaches }) => [
    `${breaches.length === 0 ? 'pass' : 'FAIL'}  ${name}: ${says}`,
    ...breaches.map(({ path, line, message }) => `      ${path}:${line}  ${message}`),
  ])
  return `${lines.join('\n')}\n`
}
