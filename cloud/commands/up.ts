/** `nacre up`: the cloud, in the background, with nothing in it but the defaults. */
import type { Command } from 'commander'
import { bringUp } from '../bring-up.ts'
import { commandLine } from '../command-line.ts'
import { EXIT, Refusal } from '../refusal.ts'
import { stateFolder, type CloudSettings } from '../settings.ts'
import { seconds } from '../terminal.ts'

export interface UpOptions { state?: string; portBase?: string; hypervisor?: string; host?: string; publicHost?: string; database?: string; bus?: string; region?: string; externalCidr?: string; json?: boolean }

/** The options that say what cloud it is; `demo` and `bench` take them too. */
export function withCloudOptions(command: Command): Command {
  return command
    .option('--state <dir>', 'where everything of this cloud lives (default: NACRE_STATE, else /var/lib/nacre for root)')
    .option('--port-base <n>', "first port of a row of ports instead of OpenStack's usual ones, so that clouds stand side by side")
    .option('--hypervisor <name>', 'libvirt: real servers (needs root); fake: the same APIs without any')
    .option('--host <address>', 'address to listen on (default 127.0.0.1)')
    .option('--public-host <name>', 'host name or address in the catalog (default: that of --host)')
    .option('--database <url>', 'sqlite, or mysql://user:password@host:port')
    .option('--bus <url>', 'memory, or amqp://user:password@host:port')
    .option('--region <name>', 'name of the region (default RegionOne)')
    .option('--external-cidr <cidr>', 'addresses of the default external network')
}

/** Only what the user gave: what is absent stays as the cloud has it. */
export function settingsFrom(options: UpOptions): Partial<CloudSettings> {
  const given: Partial<CloudSettings> = {}
  if (options.hypervisor !== undefined) {
    if (options.hypervisor !== 'libvirt' && options.hypervisor !== 'fake') throw new Refusal(`there is no hypervisor driver '${options.hypervisor}'`, 'choose libvirt or fake')
    given.hypervisor = options.hypervisor
  }
  if (options.portBase !== undefined) {
    const port = Number(options.portBase)
    if (!Number.isInteger(port) || port < 1024 || port > 65_000) throw new Refusal(`--port-base ${options.portBase} is not a port between 1024 and 65000`, 'for example --port-base 15000')
    given.portBase = port
  }
  if (options.host !== undefined) Object.assign(given, { listenHost: options.host, publicHost: options.host === '0.0.0.0' ? '127.0.0.1' : options.host })
  if (options.publicHost !== undefined) given.publicHost = options.publicHost
  if (options.database !== undefined) given.database = options.database
  if (options.bus !== undefined) given.bus = options.bus
  if (options.region !== undefined) given.region = options.region
  if (options.externalCidr !== undefined) given.externalCidr = options.externalCidr
  return given
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
  const flag = options.state === undefined ? '' : ` --state ${folder.path}`
  process.stdout.write(`${started ? `The cloud is up (${seconds(performance.now() - began)}).` : 'The cloud is already up.'}
  Identity     ${auth}
  Hypervisor   ${settings.hypervisor}
  State        ${folder.path}
  Log in       eval "$(./nacre openrc${flag} admin)"; openstack catalog list
  Look         ./nacre status${flag}
  Stop         ./nacre down${flag}   (servers keep running)
`)
  return EXIT.ok
}
