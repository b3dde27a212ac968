/** `nacre status`: what runs, where, with how much memory. */
import { commandLine } from '../command-line.ts'
import { askOperator } from '../operator/operator-client.ts'
import type { StatusReport } from '../operator/operator-api.ts'
import { EXIT } from '../refusal.ts'
import { readRunState } from '../run-file.ts'
import { stateFolder, typed } from '../settings.ts'
import { mebibytes, table } from '../terminal.ts'

export async function run(argv: string[]): Promise<number> {
  const command = commandLine('status', 'Tells what runs. Ends with 1 when the cloud is down.')
    .option('--state <dir>', 'where the cloud lives').option('--json', 'as JSON')
  const options = command.parse(argv, { from: 'user' }).opts<{ state?: string; json?: boolean }>()
  const folder = stateFolder(options.state)
  if ((await readRunState(folder)) === undefined) {
    process.stdout.write(options.json === true ? `${JSON.stringify({ up: false, state: folder.path })}\n` : `Down: no cloud is running in ${folder.path}. Bring it up with \`${typed(folder, 'up')}\`.\n`)
    return EXIT.failed
  }
  const report = await askOperator<StatusReport>(folder, 'GET', '/operator/status')
  const settings = folder.read()!
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ up: true, state: folder.path, hypervisor: settings.hypervisor, ...report }, null, 2)}\n`)
    return EXIT.ok
  }
  process.stdout.write(`Up since ${report.startedAt}, state in ${folder.path}, hypervisor ${settings.hypervisor}\n\n`)
  process.stdout.write(`${table(['Process', 'PID', 'Memory', 'CPU'], report.processes.map((p) => [p.role, String(p.pid), mebibytes(p.rssBytes), `${p.cpuSeconds.toFixed(1)} s`]))}\n\n`)
  process.stdout.write(`${table(['Service', 'Type', 'Endpoint'], report.services.map((s) => [s.name, s.type, s.url]))}\n\n`)
  process.stdout.write(`${table(['Host', 'What', 'Alive', 'Last seen'], report.hosts.map((h) => [h.host, h.kind, h.alive ? 'yes' : 'NO', h.lastSeenAt]))}\n`)
  return EXIT.ok
}
