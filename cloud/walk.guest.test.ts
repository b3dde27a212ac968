/**
 * The whole promise with real guests: the demo from nothing to ssh, again in seconds; guests outlive the control
 * process, stopped or killed; metadata reaches them; they reach one another; a rule that goes closes the door; and a
 * deleted server, in the end the whole cloud, leaves nothing on the host.
 */
import { mkdtemp, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removePath } from '#core/host/files.ts'
import { run, succeeds } from '#core/host/run.ts'
import { freePortRow } from '#testkit/free-ports.ts'
import { PATIENCE_MS } from '#testkit/patience.ts'
import { physicalNetworks } from './agents.ts'
import { accessOf, type Who } from './credentials.ts'
import { NAMES } from './demo/first-server.ts'
import { OpenStack, until } from './openstack.ts'
import { repositoryRoot } from './repository.ts'
import { readRunState } from './run-file.ts'
import { openSecrets } from './secrets.ts'
import { StateFolder, type CloudSettings } from './settings.ts'

const reason = process.platform !== 'linux' || process.getuid?.() !== 0 ? 'real guests need Linux and root' : undefined
const describeGuests = reason === undefined ? describe : describe.skip

const BOOT_MS = 900_000
/** The demo may have to install packages and build the image. */
const DEMO_MS = 1_500_000
const METADATA = 'http://169.254.169.254'

interface Named { id: string; name: string }
interface Server extends Named { status: string; addresses: Record<string, { addr: string; 'OS-EXT-IPS:type': string }[]> }

describeGuests(`a newcomer's cloud${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  let folder: StateFolder
  let settings: CloudSettings
  let portBase: number
  let address: string
  let first: Server
  let second: Server | undefined

  beforeAll(async () => {
    folder = new StateFolder(join(await mkdtemp(join(tmpdir(), 'nacre-walk-')), 'state'))
    portBase = await freePortRow(10)
  })
  afterAll(async () => {
    await run(join(repositoryRoot, 'nacre'), ['reset', '--yes'], { env: { NACRE_STATE: folder.path }, okCodes: [0, 1, 3], timeoutMs: PATIENCE_MS })
    await removePath(join(folder.path, '..'))
  })

  async function nacre(timeoutMs: number, ...args: string[]): Promise<string> {
    const { stdout } = await run(join(repositoryRoot, 'nacre'), args, { env: { NACRE_STATE: folder.path }, timeoutMs })
    return stdout
  }
  async function as(who: Who): Promise<OpenStack> {
    const state = await readRunState(folder)
    return await new OpenStack(accessOf(who, state!.endpoints.find((e) => e.type === 'identity')!.url, settings.region, openSecrets(folder.secretsFile))).logIn()
  }
  async function show(id: string): Promise<Server> {
    return (await (await as('demo')).get<{ server: Server }>('compute', `/v2.1/servers/${id}`)).server
  }

  /** Runs a command line in the first guest, and answers what it prints. */
  async function inGuest(line: string, timeoutMs = PATIENCE_MS): Promise<string> {
    const { stdout } = await run('ssh', ['-F', join(folder.path, 'demo', 'ssh_config'), '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=120', address, line], { timeoutMs })
    return stdout
  }

  /** What this cloud has on the host: taps, bridges and namespaces by its tag, emulators by its folder. */
  async function onHost(): Promise<string[]> {
    const [links, namespaces, programs] = await Promise.all([run('ip', ['-o', 'link']), run('ip', ['netns', 'list']), run('ps', ['-eo', 'args'])])
    const bridges = Object.values(physicalNetworks(settings))
    const servers = [first, second].filter((s) => s !== undefined)
    const names = links.stdout.split('\n').map((line) => line.split(': ')[1]?.split('@')[0] ?? '').filter((name) => name.includes(settings.tag) || bridges.includes(name))
    return [
      ...names, ...namespaces.stdout.split('\n').filter((line) => line.includes(settings.tag)),
      ...programs.stdout.split('\n').filter((line) => line.includes(folder.path) || servers.some((s) => line.includes(s.id))),
    ].filter((found) => !found.includes('/nacre reset')).toSorted()
  }

  /** Taps of these ports, whatever their bridges. */
  async function tapsOf(portIds: readonly string[]): Promise<string[]> {
    const { stdout } = await run('ip', ['-o', 'link'])
    return portIds.map((id) => `tap${id.slice(0, 11)}`).filter((tap) => stdout.includes(tap))
  }
  async function portsOf(server: Named): Promise<string[]> {
    return (await (await as('admin')).get<{ ports: Named[] }>('network', `/v2.0/ports?device_id=${server.id}`)).ports.map((p) => p.id)
  }

  it('begins with the demo: from nothing to a first server, logged in to', async () => {
    const said = await nacre(DEMO_MS, 'demo', '--port-base', String(portBase))
    settings = folder.read()!
    address = /ssh -F \S+ (\S+)/.exec(said)![1]!
    const { servers } = await (await as('demo')).get<{ servers: Named[] }>('compute', '/v2.1/servers')
    expect(servers.map((s) => s.name)).toEqual([NAMES.server])
    first = await show(servers[0]!.id)
    expect(first.status).toBe('ACTIVE')
    expect(await inGuest('uname -s')).toBe('Linux\n')
  }, DEMO_MS + 60_000)

  it('is there again when the demo is run again, and makes nothing twice', async () => {
    expect(await nacre(PATIENCE_MS, 'demo')).toContain(address)
    expect((await (await as('demo')).get<{ servers: Named[] }>('compute', '/v2.1/servers')).servers.map((s) => s.id)).toEqual([first.id])
  })

  it('leaves guests running while it is down, and finds them again', async () => {
    const uptime = async (): Promise<number> => Number((await inGuest('cat /proc/uptime')).split(' ')[0])
    const before = await uptime()
    await nacre(PATIENCE_MS, 'down')
    expect(await uptime(), 'the guest was not started anew').toBeGreaterThan(before)
    await nacre(PATIENCE_MS, 'up')
    await until('the server to be shown as it is', PATIENCE_MS, () => show(first.id), (s) => s.status === 'ACTIVE')
    expect(await uptime()).toBeGreaterThan(before)
  })

  it('bears being killed', async () => {
    process.kill((await readRunState(folder))!.pid, 'SIGKILL')
    await until('the process to be gone', PATIENCE_MS, () => readRunState(folder), (state) => state === undefined, 20)
    expect(await inGuest('hostname')).toContain(NAMES.server)
    await nacre(PATIENCE_MS, 'up')
    await until('the server to be shown as it is', PATIENCE_MS, () => show(first.id), (s) => s.status === 'ACTIVE')
    await until('the host and the services to agree', PATIENCE_MS, () => run(join(repositoryRoot, 'nacre'), ['doctor'], { env: { NACRE_STATE: folder.path }, okCodes: [0, 1], timeoutMs: PATIENCE_MS }), ({ code }) => code === 0, 2000)
    expect(await inGuest('hostname')).toContain(NAMES.server)
  })

  it("tells a guest who it is, at the metadata service's address", async () => {
    const fetched = async (path: string): Promise<string> => await inGuest(`wget -q -O - ${METADATA}${path} || curl -sf ${METADATA}${path}`)
    const told = JSON.parse(await fetched('/openstack/latest/meta_data.json')) as { uuid: string; name: string; public_keys: Record<string, string> }
    expect(told).toMatchObject({ uuid: first.id, name: NAMES.server })
    expect(Object.keys(told.public_keys)).toEqual([NAMES.key])
    expect(await fetched('/latest/meta-data/local-ipv4')).toBe(first.addresses[NAMES.network]!.find((a) => a['OS-EXT-IPS:type'] === 'fixed')!.addr)
  })

  it('has a second server that the first one reaches, until the rule goes', async () => {
    const demo = await as('demo')
    const one = async (type: string, path: string, key: string): Promise<Named> => (await demo.get<Record<string, Named[]>>(type, path))[key]![0]!
    const image = await one('image', `/v2/images?name=${NAMES.image}`, 'images')
    const flavor = (await demo.get<{ flavors: Named[] }>('compute', '/v2.1/flavors')).flavors.find((f) => f.name === NAMES.flavor)!
    const network = await one('network', `/v2.0/networks?name=${NAMES.network}`, 'networks')
    const { security_group: group } = await demo.post<{ security_group: Named }>('network', '/v2.0/security-groups', { security_group: { name: 'walk' } })
    const { security_group_rule: rule } = await demo.post<{ security_group_rule: Named }>('network', '/v2.0/security-group-rules', { security_group_rule: { security_group_id: group.id, direction: 'ingress', ethertype: 'IPv4', protocol: 'icmp' } })
    const { server } = await demo.post<{ server: Named }>('compute', '/v2.1/servers', { server: { name: 'second', imageRef: image.id, flavorRef: flavor.id, networks: [{ uuid: network.id }], security_groups: [{ name: 'walk' }] } })
    second = { ...server, name: 'second', status: '', addresses: {} }
    second = await until('the second server to be ACTIVE', BOOT_MS, () => show(server.id), (s) => s.status === 'ACTIVE' || s.status === 'ERROR', 1000)
    expect(second.status).toBe('ACTIVE')
    const inside = second.addresses[NAMES.network]![0]!.addr
    const answers = async (): Promise<boolean> => await inGuest(`ping -c 1 -W 2 ${inside} > /dev/null && echo yes || echo no`) === 'yes\n'
    await until('the second server to answer', BOOT_MS, answers, (yes) => yes, 1000)
    await demo.delete('network', `/v2.0/security-group-rules/${rule.id}`)
    await until('the second server to answer no more', PATIENCE_MS, answers, (yes) => !yes, 500)
  }, 2 * BOOT_MS)

  it('keeps nothing of a server that is deleted', async () => {
    const ports = await portsOf(second!)
    expect(await tapsOf(ports)).toHaveLength(1)
    const serverFolders = async (): Promise<string> => (await run('find', [folder.hostFolder, '-name', `*${second!.id}*`])).stdout
    expect(await serverFolders()).not.toBe('')
    const demo = await as('demo')
    await demo.delete('compute', `/v2.1/servers/${second!.id}`)
    await until('the server to be gone', PATIENCE_MS, () => demo.get<{ servers: Named[] }>('compute', '/v2.1/servers'), ({ servers }) => servers.length === 1, 500)
    expect(await portsOf(second!)).toEqual([])
    await until('its tap to be gone', PATIENCE_MS, () => tapsOf(ports), (taps) => taps.length === 0)
    await until('its files to be gone', PATIENCE_MS, serverFolders, (found) => found === '')
    expect((await run('ps', ['-eo', 'args'])).stdout).not.toContain(second!.id)
    expect(await inGuest('hostname')).toContain(NAMES.server)
  })

  it('leaves nothing on the host when it is reset', async () => {
    expect((await onHost()).length).toBeGreaterThan(3)
    const ports = await portsOf(first)
    await nacre(PATIENCE_MS, 'reset', '--yes')
    expect(await tapsOf(ports)).toEqual([])
    await until('the last programs to end', PATIENCE_MS, onHost, (found) => found.length === 0)
    expect(await stat(folder.path).then(() => true, () => false)).toBe(false)
    expect(await succeeds('ping', ['-c', '1', '-W', '1', address])).toBe(false)
    const { stdout } = await run('nft', ['list', 'tables'])
    expect(stdout).not.toContain(settings.tag)
  })
})
