/** `nacre openrc [admin|demo]`: shell exports, for `eval "$(nacre openrc)"`. */
import { accessOf, openrc, type Who } from '../credentials.ts'
import { commandLine } from '../command-line.ts'
import { runningCloud } from '../operator/operator-client.ts'
import { EXIT, Misuse } from '../refusal.ts'
import { openSecrets } from '../secrets.ts'
import { stateFolder } from '../settings.ts'

export async function run(argv: string[]): Promise<number> {
  const command = commandLine('openrc', 'Prints shell exports for the openstack client. clouds.yaml with both users lies in the state folder.')
    .argument('[who]', 'admin or demo', 'admin').option('--state <dir>', 'where the cloud lives')
  command.parse(argv, { from: 'user' })
  const who = command.processedArgs[0] as string
  if (who !== 'admin' && who !== 'demo') throw new Misuse(`there are no credentials for '${who}'`, 'ask for admin or demo')
  const folder = stateFolder(command.opts<{ state?: string }>().state)
  const state = await runningCloud(folder)
  const authUrl = state.endpoints.find((e) => e.type === 'identity')!.url
  process.stdout.write(openrc(accessOf(who as Who, authUrl, folder.read()!.region, openSecrets(folder.secretsFile))))
  return EXIT.ok
}
