/** `nacre doctor [--repair]`: proves the invariants between services and the host, names what is wrong, mends it when told to. */
import { commandLine } from '../command-line.ts'
import { askOperator } from '../operator/operator-client.ts'
import type { Diagnosis } from '../operator/operator-api.ts'
import { EXIT } from '../refusal.ts'
import { stateFolder, typed, type StateFolder } from '../settings.ts'
import { paint } from '../terminal.ts'

export async function run(argv: string[]): Promise<number> {
  const command = commandLine('doctor', 'Checks that services, neighbours and the host agree. Ends with 1 when something is wrong and was not repaired.')
    .option('--repair', 'mend what can be mended').option('--state <dir>', 'where the cloud lives').option('--json', 'as JSON')
  const options = command.parse(argv, { from: 'user' }).opts<{ state?: string; json?: boolean; repair?: boolean }>()
  const folder = stateFolder(options.state)
  const diagnosis = await askOperator<Diagnosis>(folder, 'POST', `/operator/doctor?repair=${options.repair === true ? 1 : 0}`)
  const open = diagnosis.checks.reduce((sum, c) => sum + c.problems.filter((p) => !p.repaired).length + (c.failed === undefined ? 0 : 1), 0)
  if (options.json === true) process.stdout.write(`${JSON.stringify(diagnosis, null, 2)}\n`)
  else process.stdout.write(report(folder, diagnosis, open))
  return open === 0 ? EXIT.ok : EXIT.failed
}

function report(folder: StateFolder, diagnosis: Diagnosis, open: number): string {
  const lines: string[] = []
  for (const check of diagnosis.checks) {
    const well = check.problems.length === 0 && check.failed === undefined
    lines.push(`${well ? paint('green', '✓') : paint('red', '✗')} ${check.service.padEnd(10)} ${check.invariant}`)
    if (check.failed !== undefined) lines.push(`    the check itself failed: ${check.failed}`)
    for (const p of check.problems) lines.push(`    ${p.repaired ? paint('green', 'repaired') : p.repairable ? paint('yellow', 'repairable') : paint('red', 'by hand')}  ${p.resource} ${p.id}: ${p.sentence}`)
  }
  const repairable = diagnosis.checks.some((c) => c.problems.some((p) => p.repairable && !p.repaired))
  lines.push('', open === 0 ? 'All is well.' : `${open} problem${open === 1 ? '' : 's'} open.${repairable ? ` \`${typed(folder, 'doctor', '--repair')}\` mends what is repairable.` : ''}`)
  return `${lines.join('\n')}\n`
}
