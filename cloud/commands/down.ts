/** `nacre down`: stops the control process; servers, networks and volumes stay as they are. */
import { bringDown } from '../bring-up.ts'
import { commandLine } from '../command-line.ts'
import { EXIT } from '../refusal.ts'
import { stateFolder } from '../settings.ts'

export async function run(argv: string[]): Promise<number> {
  const command = commandLine('down', 'Stops the cloud and leaves servers running. `nacre up` finds everything again.')
    .option('--state <dir>', 'where the cloud lives')
  const folder = stateFolder(command.parse(argv, { from: 'user' }).opts<{ state?: string }>().state)
  const ran = await bringDown(folder)
  process.stdout.write(ran ? 'The cloud is down; its servers keep running.\n' : `No cloud was running in ${folder.path}.\n`)
  return EXIT.ok
}
