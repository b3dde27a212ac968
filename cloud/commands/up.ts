/** `nacre up`: the cloud, in the background, with nothing in it but the defaults. */
import { Option, type Command } from 'commander'
import { bringUp } from '../bring-up.ts'
import { commandLine } from '../command-line.ts'
import { settingsFrom, type GivenOptions } from '../given-settings.ts'
import { EXIT } from '../refusal.ts'
import { stateFolder, typed } from '../settings.ts'
import { seconds } from '../terminal.ts'

export interface UpOptions extends GivenOptions { state?: string; json?: boolean }

/** The options that say what cloud it is; `demo` and `bench` take them too. */
export function withCloudOptions(command: Command): Command {
  return command
    .option('--state <dir>', 'where everything of this cloud lives (default: NACRE_STATE, else /var/lib/nacre for root)')
    .option('--port-base <n>', "first port of a row of ports instead of OpenStack's usual ones, so that clouds stand side by side")
    .option('--hypervisor <name>', 'libvirt: real servers (needs root); fake: the same APIs without any')
    .option('--host <address>', 'address to listen on (default 127.0.0.1)')
    .option('--public-host <name>', 'host name or address in the catalog (default: that of --host)')
    // By the environment too: a command line is read by everybody on the machine, and these hold passwords.
    .addOption(new Option('--database <url>', 'sqlite, or mysql://user:password@host:port').env('NACRE_DATABASE'))
    .addOption(new Option('--bus <url>', 'memory, or amqp://user:password@host:port').env('NACRE_BUS'))
    .option('--region <name>', 'name of the region (default RegionOne)')
    .option('--external-cidr <cidr>', 'addresses of the default external network')
}

export async function run(argv: string[]): Promise<number> {
  const command = withCloudOptions(commandLine('up', 'Brings the cloud up in the background. What was there before is there again, running servers included.'))
    .option('--json', 'print the endpoints as JSON')
  const options = command.parse(argv, { from: 'user' }).opts<UpOptions>()
  const folder = stateFolder(options.state)
  const began = performance.now()
  const { state, settings, started } = await bringUp(folder, settingsFrom(options), (line) => { process.stderr.write(`${line}\n`) })
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ started, state: folder.path, pid: state.pid, hypervisor: settings.hypervisor, endpoints: state.endpoints }, null, 2)}\n`)
    return EXIT.ok
  }
  const auth = state.endpoints.find((e) => e.type === 'identity')?.url ?? ''
  process.stdout.write(`${started ? `The cloud is up (${seconds(performance.now() - began)}).` : 'The cloud is already up.'}
  Identity     ${auth}
  Hypervisor   ${settings.hypervisor}
  State        ${folder.path}
  Log in       eval "$(${typed(folder, 'openrc', 'admin')})"; openstack catalog list
  Look         ${typed(folder, 'status')}
  Stop         ${typed(folder, 'down')}   (servers keep running)
`)
  return EXIT.ok
}
