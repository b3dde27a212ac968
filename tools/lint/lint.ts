/** Runs every rule of ours and oxlint over a repository; `nacre lint` and `nacre test` print the outcome. */
import { join } from 'node:path'
import { run } from '#core/host/run.ts'
import { houseRules } from './house-rules.ts'
import { layersRule } from './layers.ts'
import { readSources, type Breach, type Rule } from './sources.ts'

export interface RuleOutcome { name: string; says: string; breaches: Breach[] }

export const rules: Rule[] = [layersRule, ...houseRules]

/** Each rule with its breaches; oxlint counts as one rule. */
export async function lintRepository(root: string): Promise<RuleOutcome[]> {
  const [files, oxlint] = await Promise.all([readSources(root), runOxlint(root)])
  return [oxlint, ...rules.map((rule) => ({ name: rule.name, says: rule.says, breaches: rule.check(files) }))]
}

interface OxlintReport { diagnostics: { message: string; code: string; filename: string; labels: { span: { line?: number } }[] }[] }

async function runOxlint(root: string): Promise<RuleOutcome> {
  const { stdout } = await run(join(root, 'node_modules/.bin/oxlint'), ['--format', 'json'], { cwd: root, okCodes: [0, 1], timeoutMs: 120_000, env: { PATH: nodeFirst(root) } })
  const report = JSON.parse(stdout) as OxlintReport
  const breaches = report.diagnostics.map(({ message, code, filename, labels }) => ({ path: filename, line: labels[0]?.span.line ?? 1, message: `${code} ${message}` }))
  return { name: 'oxlint', says: 'the rules of .oxlintrc.json', breaches }
}

/** The tools' scripts start with `env node`: the pinned one comes first. */
export function nodeFirst(root: string): string {
  return `${join(root, 'node_modules/.bin')}:/usr/local/bin:/usr/bin:/bin`
}
