/** `nacre demo`: from nothing to a real server, logged in to through a floating IP. */
import { join } from 'node:path'
import { bringUp } from '../bring-up.ts'
import { commandLine } from '../command-line.ts'
import { accessOf } from '../credentials.ts'
import { ensureAutomaticNetworks } from '../demo/automatic-network.ts'
import * as first from '../demo/first-server.ts'
import { settingsFrom } from '../given-settings.ts'
import { ensureHostPackages } from '../host-packages/host-packages.ts'
import { OpenStack, until } from '../openstack.ts'
import { EXIT, Misuse, Refusal } from '../refusal.ts'
import type { RunState } from '../run-file.ts'
import { openSecrets } from '../secrets.ts'
import { externalGateway, quoted, stateFolder, typed, type CloudSettings, type StateFolder } from '../settings.ts'
import { Progress, seconds } from '../terminal.ts'
import { withCloudOptions, type UpOptions } from './up.ts'

export async function run(argv: string[]): Promise<number> {
  const command = withCloudOptions(commandLine('demo', 'Brings a cloud up and boots a first real server on it: network, router, key, floating IP, ssh. Run it again at any time; it uses what is there.'))
  const options = command.parse(argv, { from: 'user' }).opts<UpOptions>()
  if (options.hypervisor === 'fake') throw new Misuse('the demo boots a real server, and the fake hypervisor has none', 'leave out --hypervisor fake, or use `./nacre up --hypervisor fake` and the openstack client')
  const folder = stateFolder(options.state)
  const began = performance.now()
  const progress = new Progress()
  process.stderr.write('Nacre: from this machine to a first server\n')
  const { state, settings } = await progress.step('the cloud', async (note) => {
    const up = await bringUp(folder, settingsFrom(options), note)
    if (up.settings.hypervisor === 'fake') throw new Refusal(`the cloud in ${folder.path} has the fake hypervisor`, 'give the demo a cloud of its own: ./nacre demo --state DIR --port-base 15000')
    note(up.started ? 'up' : 'was up')
    return up
  })
  const result = await walk(folder, state, settings, progress)
  process.stdout.write(closing(folder, state, result, performance.now() - began))
  return EXIT.ok
}

interface Result { address: string; sshConfig: string; serverId: string; guest: string; who: { admin: string; demo: string } }

async function walk(folder: StateFolder, state: RunState, settings: CloudSettings, progress: Progress): Promise<Result> {
  const secrets = openSecrets(folder.secretsFile)
  const authUrl = state.endpoints.find((e) => e.type === 'identity')!.url
  const as = async (who: 'admin' | 'demo'): Promise<OpenStack> => await new OpenStack(accessOf(who, authUrl, settings.region, secrets)).logIn()
  const [admin, demo] = await progress.step('log in as admin and demo', async () => [await as('admin'), await as('demo')] as const)
  const imageFile = await progress.step('the guest image, built here', async (note) => await guestImage(note))
  const image = await progress.step('image "tiny" uploaded', async () => await first.ensureImage(admin, imageFile))
  const flavor = await progress.step('flavors', async () => await first.ensureFlavors(admin))
  const external = await progress.step('the outside: network "public"', async (note) => {
    note(settings.externalCidr)
    const network = await first.ensureExternalNetwork(admin, settings.externalCidr, externalGateway(settings).address)
    await ensureAutomaticNetworks(admin, network)
    return network
  })
  const sshConfig = await progress.step('an ssh key', async () => {
    const own = join(folder.path, 'demo')
    return await first.writeSshConfig(own, await first.ensureKey(demo, own))
  })
  const network = await progress.step('network, subnet, router', async () => await first.ensureNetwork(demo, external))
  await progress.step('ping and ssh allowed in', async () => { await first.ensureAccess(demo) })
  await progress.step('a compute host reports', async () => await hostReady(admin))
  const { server } = await progress.step('the server is ACTIVE', async (note) => {
    const made = await first.ensureServer(demo, image, flavor, network)
    note(made.made ? made.server.id : `was there: ${made.server.id}`)
    return made
  })
  await progress.step('its console asks for a login', async (note) => { await first.followConsole(demo, server, note) })
  const address = await progress.step('a floating IP', async (note) => {
    const found = await first.ensureFloatingIp(demo, external, server)
    note(found)
    return found
  })
  const guest = await progress.step('ssh through it', async (note) => {
    const said = await first.logInOverSsh(address, sshConfig, note)
    note(said)
    return said
  })
  return { address, sshConfig, serverId: server.id, guest, who: { admin: secrets.get('admin-password'), demo: secrets.get('demo-password') } }
}

/** A cloud takes servers once its host has said that it is there. */
async function hostReady(admin: OpenStack): Promise<void> {
  await until('a compute host to report', 60_000, () => admin.get<{ hypervisors: { state: string }[] }>('compute', '/v2.1/os-hypervisors'), (h) => h.hypervisors.some((x) => x.state === 'up'))
}

/** Built once per machine and kept; needs a few Debian packages that are only unpacked. */
async function guestImage(note: (text: string) => void): Promise<string> {
  const [{ buildTinyImage }, { tinyImagePackages }] = [await import('#tools/tiny-image/tiny-image.ts'), await import('#tools/tiny-image/packages.ts')]
  await ensureHostPackages([...tinyImagePackages, { name: 'openssh-client', reason: 'logs in to the first server' }], { progress: note })
  return (await buildTinyImage()).qcow2
}

function closing(folder: StateFolder, state: RunState, result: Result, ms: number): string {
  return `
Your first server runs: ${result.guest} (${seconds(ms)} in all)

  ssh -F ${quoted(result.sshConfig)} ${result.address}

Credentials (also in ${folder.path}/openrc-admin, openrc-demo and clouds.yaml)
  admin  ${result.who.admin}
  demo   ${result.who.demo}

Try next
  eval "$(${typed(folder, 'openrc', 'demo')})"
  openstack server list
  openstack console log show ${first.NAMES.server}
  openstack server create --image ${first.NAMES.image} --flavor ${first.NAMES.flavor} --network ${first.NAMES.network} --key-name ${first.NAMES.key} second
  ${typed(folder, 'why', result.serverId)}
  ${typed(folder, 'status')}

Identity  ${state.endpoints.find((e) => e.type === 'identity')!.url}
State     ${folder.path}
Stop      ${typed(folder, 'down')}        (servers keep running)
Remove    ${typed(folder, 'reset')}       (deletes everything)
`
}
