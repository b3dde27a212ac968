/** `nacre reset`: ends the cloud with all it has: servers, networks on the host, state folder. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { removePath } from '#core/host/files.ts'
import { bringDown } from '../bring-up.ts'
import { commandLine } from '../command-line.ts'
import { removeDatabases, removeFromBus } from '../engines.ts'
import { removeHostParts } from '../host-cleanup.ts'
import { EXIT, Refusal } from '../refusal.ts'
import { newSettings, stateFolder, type CloudSettings, type StateFolder } from '../settings.ts'

export async function run(argv: string[]): Promise<number> {
  const command = commandLine('reset', 'Ends every server of this cloud, takes its networks off the host, drops its databases, takes its queues off the broker and deletes its state folder. There is no way back.')
    .option('--state <dir>', 'where the cloud lives').option('--yes', 'do not ask')
  const options = command.parse(argv, { from: 'user' }).opts<{ state?: string; yes?: boolean }>()
  const folder = stateFolder(options.state)
  const settings = settingsOf(folder)
  // An `up` that failed may have left a beginning, which has nothing on the host yet.
  if (settings === undefined && !existsSync(folder.secretsFile)) {
    process.stdout.write(`There is no cloud in ${folder.path}.\n`)
    return EXIT.ok
  }
  if (options.yes !== true) await confirm(folder.path)
  await bringDown(folder)
  if (settings !== undefined) {
    for (const name of await removeDatabases(settings)) process.stdout.write(`Dropped the database ${name}.\n`)
    const queues = await removeFromBus(folder, settings)
    if (queues > 0) process.stdout.write(`Took ${queues} queues and exchanges off the broker.\n`)
    await removeHostParts(folder, settings)
  }
  await removePath(folder.path)
  process.stdout.write(`The cloud in ${folder.path} is gone.\n`)
  return EXIT.ok
}

/** What names its parts on the host comes from the folder alone, so a settings file that nobody can read is no obstacle. */
function settingsOf(folder: StateFolder): CloudSettings | undefined {
  try {
    return folder.read()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return newSettings(folder, { hypervisor: existsSync(join(folder.hostFolder, 'compute', 'libvirt')) ? 'libvirt' : 'fake' })
  }
}

async function confirm(path: string): Promise<void> {
  if (!process.stdin.isTTY) throw new Refusal('reset deletes every server and all state, and nobody is there to ask', 'say it with --yes')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal.question(`Delete every server and all state in ${path}? Type yes: `)
  terminal.close()
  if (answer.trim() !== 'yes') throw new Refusal('nothing was deleted', 'type yes when you mean it')
}
