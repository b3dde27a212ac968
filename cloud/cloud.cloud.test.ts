/**
 * What an operator does to a cloud, by the commands themselves, on clouds with the fake hypervisor: bringing it up and
 * down without losing anything, being refused politely, looking into it, having two side by side.
 */
import { once } from 'node:events'
import { appendFile, mkdir, mkdtemp, readdir, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removePath } from '#core/host/files.ts'
import { run } from '#core/host/run.ts'
import { hostReady } from '#testkit/cloud-process.ts'
import { freePortRow, onFreePorts } from '#testkit/free-ports.ts'
import { PATIENCE_MS } from '#testkit/patience.ts'
import { commands } from './commands.ts'
import { accessOf, type Who } from './credentials.ts'
import { OpenStack, until } from './openstack.ts'
import { EXIT } from './refusal.ts'
import { repositoryRoot } from './repository.ts'
import { readRunState } from './run-file.ts'
import { openSecrets } from './secrets.ts'
import { StateFolder } from './settings.ts'

interface Said { code: number; stdout: string; stderr: string }

/** A command as a user types it; `state` comes by the environment, as for somebody who works with one cloud. */
async function nacre(state: string | undefined, ...args: string[]): Promise<Said> {
  return await run(join(repositoryRoot, 'nacre'), args, { env: state === undefined ? {} : { NACRE_STATE: state }, okCodes: [0, 1, 2, 3, 130], timeoutMs: PATIENCE_MS })
}

async function nacreDone(state: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await nacre(state, ...args)
  expect(code, `${args.join(' ')}: ${stderr}`).toBe(EXIT.ok)
  return stdout
}

/** Brings a cloud up that had no ports yet; answers its first one and what was said. */
async function upSomewhere(state: string): Promise<{ portBase: number; said: string }> {
  return await onFreePorts(10, async (portBase) => ({ portBase, said: await nacreDone(state, 'up', '--hypervisor', 'fake', '--port-base', String(portBase)) }))
}

async function logIn(state: string, who: Who = 'admin'): Promise<OpenStack> {
  const { endpoints } = JSON.parse(await nacreDone(state, 'up', '--json')) as { endpoints: { type: string; url: string }[] }
  return await new OpenStack(accessOf(who, endpoints.find((e) => e.type === 'identity')!.url, 'RegionOne', openSecrets(new StateFolder(state).secretsFile))).logIn()
}

let folder: string
const states: string[] = []

/** A state folder that is reset when the tests are over. */
function newState(name: string): string {
  const state = join(folder, name)
  states.push(state)
  return state
}

beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'nacre-commands-')) })
afterAll(async () => {
  for (const state of states) await nacre(state, 'reset', '--yes')
  await removePath(folder)
})

describe('a cloud', () => {
  let state: string
  let portBase: number
  let made: { network: string; image: string; server: string }

  beforeAll(async () => {
    state = newState('one')
    const up = await upSomewhere(state)
    portBase = up.portBase
    expect(up.said).toContain(`http://127.0.0.1:${portBase}/v3`)
    made = await furnish(await logIn(state))
  })

  async function furnish(admin: OpenStack): Promise<typeof made> {
    await hostReady(admin)
    const image = await admin.post<{ id: string }>('image', '/v2/images', { name: 'kept', disk_format: 'raw', container_format: 'bare', visibility: 'public' })
    await admin.request('image', 'PUT', `/v2/images/${image.id}/file`, Buffer.from('bytes that stay'), { 'content-type': 'application/octet-stream' })
    const { flavor } = await admin.post<{ flavor: { id: string } }>('compute', '/v2.1/flavors', { flavor: { name: 'kept', ram: 64, vcpus: 1, disk: 1 } })
    const { network } = await admin.post<{ network: { id: string } }>('network', '/v2.0/networks', { network: { name: 'kept' } })
    await admin.post('network', '/v2.0/subnets', { subnet: { network_id: network.id, ip_version: 4, cidr: '10.3.0.0/24' } })
    const { server } = await admin.post<{ server: { id: string } }>('compute', '/v2.1/servers', { server: { name: 'kept', imageRef: image.id, flavorRef: flavor.id, networks: [{ uuid: network.id }] } })
    await until('the server to be ACTIVE', PATIENCE_MS, () => statusOf(admin, server.id), (status) => status === 'ACTIVE')
    return { network: network.id, image: image.id, server: server.id }
  }

  /** As after an hour without the process. Waits until that is gone. */
  async function agedHeartbeats(at: StateFolder): Promise<void> {
    await until('the process to be gone', PATIENCE_MS, () => readRunState(at), (running) => running === undefined, 5)
    const { DatabaseSync } = await import('node:sqlite')
    const [hour, hosts] = [new Date(Date.now() - 3_600_000).toISOString(), new DatabaseSync(join(at.databaseFolder, 'compute.sqlite'))]
    hosts.prepare('update hosts set last_seen_at = ?').run(hour)
    hosts.close()
    const agents = new DatabaseSync(join(at.databaseFolder, 'network.sqlite'))
    agents.prepare('update agents set heartbeat_at = ?').run(hour)
    agents.close()
  }

  async function statusOf(admin: OpenStack, id: string): Promise<string> {
    return (await admin.get<{ server: { status: string } }>('compute', `/v2.1/servers/${id}`)).server.status
  }

  it('that comes up again has everything it had, and the same passwords', async () => {
    const before = openSecrets(new StateFolder(state).secretsFile).get('admin-password')
    expect(await nacreDone(state, 'down')).toContain('servers keep running')
    expect((await nacre(state, 'status')).code).toBe(EXIT.failed)
    expect(await nacreDone(state, 'down')).toContain('No cloud was running')
    expect(await nacreDone(state, 'up')).toContain('The cloud is up')
    expect(openSecrets(new StateFolder(state).secretsFile).get('admin-password')).toBe(before)
    const admin = await logIn(state)
    expect((await admin.get<{ network: { name: string } }>('network', `/v2.0/networks/${made.network}`)).network.name).toBe('kept')
    expect(await admin.get<string>('image', `/v2/images/${made.image}/file`).then(String)).toContain('bytes that stay')
    await hostReady(admin)
    expect(await statusOf(admin, made.server)).toBe('ACTIVE')
    await logIn(state, 'demo')
  })

  it('that is up says so, and refuses to be another one', async () => {
    expect(await nacreDone(state, 'up')).toContain('already up')
    const refused = await nacre(state, 'up', '--port-base', String(portBase + 100))
    expect(refused.code).toBe(EXIT.refused)
    expect(refused.stderr).toMatch(/already up with portBase[^]*Way out: .*nacre down/)
  })

  it('tells its status, for people and for programs', async () => {
    const report = JSON.parse(await nacreDone(state, 'status', '--json')) as { up: boolean; hypervisor: string; services: { type: string }[]; hosts: { kind: string; alive: boolean; lastSeenAt: string }[]; processes: { rssBytes: number }[] }
    expect(report).toMatchObject({ up: true, hypervisor: 'fake' })
    expect(report.services.map((s) => s.type).toSorted()).toEqual(['compute', 'identity', 'image', 'network', 'placement'])
    expect(report.hosts.filter((h) => h.kind === 'nova-compute')).toMatchObject([{ alive: true }])
    for (const { lastSeenAt } of report.hosts) expect(new Date(lastSeenAt).toISOString()).toBe(lastSeenAt)
    expect(report.processes[0]!.rssBytes).toBeGreaterThan(10_000_000)
    expect(await nacreDone(state, 'status')).toMatch(/^Up since .*\n[^]*nova-compute +yes/)
  })

  it('gives credentials that a shell can read, to their owner alone', async () => {
    const script = await nacreDone(state, 'openrc', 'demo')
    const { stdout } = await run('sh', ['-c', `${script}\nprintf '%s %s %s' "$OS_AUTH_URL" "$OS_USERNAME" "$OS_PROJECT_NAME"`])
    expect(stdout).toBe(`http://127.0.0.1:${portBase}/v3 demo demo`)
    const { stdout: left } = await run('sh', ['-c', `${script}\nprintf '%s' "$OS_PROJECT_ID$OS_AUTH_TYPE$OS_CLOUD"`], { env: { OS_PROJECT_ID: 'another', OS_AUTH_TYPE: 'token', OS_CLOUD: 'another' } })
    expect(left).toBe('')
    for (const name of ['openrc-admin', 'openrc-demo', 'clouds.yaml', 'secrets.json', 'db', 'logs']) expect((await stat(join(state, name))).mode & 0o077, name).toBe(0)
    expect((await nacre(state, 'openrc', 'mallory')).code).toBe(EXIT.usage)
  })

  it('tells the story of a server, and knows nothing of a stranger', async () => {
    const story = await nacreDone(state, 'why', made.server)
    expect(story).toContain('choose a host')
    expect(JSON.parse(await nacreDone(state, 'why', made.server, '--json'))).toMatchObject({ id: made.server })
    const nothing = await nacre(state, 'why', '00000000-0000-4000-8000-000000000000')
    expect([nothing.code, nothing.stdout]).toEqual([EXIT.failed, expect.stringContaining('Nothing is known')])
    expect((await nacre(state, 'why')).code).toBe(EXIT.usage)
    expect(story).toContain(`./nacre why ${made.image}   (image)`)
    // Its port has no name: the id says it once.
    const port = /nacre why (\S+) +\(port\)/.exec(story)![1]!
    expect(await nacreDone(state, 'why', port)).toMatch(new RegExp(`^port ${port} is `))
  })

  it('tells why a call was refused, by the id that the client was given', async () => {
    const demo = await logIn(state, 'demo')
    const answer = await fetch(`${demo.endpoint('network')}/v2.0/networks`, { method: 'POST', headers: { 'x-auth-token': demo.token, 'content-type': 'application/json' }, body: JSON.stringify({ network: { name: 'x', shared: true } }) })
    expect(answer.status).toBe(403)
    const requestId = answer.headers.get('x-openstack-request-id')!
    const story = await nacreDone(state, 'why', requestId)
    expect(story).toMatch(/POST \/v2\.0\/networks → 403[^]*refused .*create_network:shared/)
    expect(JSON.parse(await nacreDone(state, 'why', requestId, '--json'))).toMatchObject({ request: { status: 403, path: '/v2.0/networks' }, operations: [] })
    expect(await nacreDone(state, 'logs', requestId)).toContain('create_network:shared')
  })

  it('has a log that can be asked for one request, without a secret in it', async () => {
    const admin = await logIn(state)
    const { headers } = await admin.request('network', 'PUT', `/v2.0/networks/${made.network}`, { network: { description: 'written' } })
    const requestId = headers.get('x-openstack-request-id')!
    await until('the line to be written', PATIENCE_MS, () => nacreDone(state, 'logs', requestId), (lines) => lines.includes(requestId))
    const lines = (await nacreDone(state, 'logs', requestId, '--json')).trim().split('\n').map((line) => JSON.parse(line) as { requestId?: string })
    expect(lines.some((line) => line.requestId === requestId)).toBe(true)
    const everything = await nacreDone(state, 'logs', '-n', '100000', '--json')
    for (const secret of ['admin-password', 'demo-password', 'service-password', 'operator-token']) expect(everything.includes(openSecrets(new StateFolder(state).secretsFile).get(secret)), secret).toBe(false)
    expect(everything).not.toContain(admin.token)
  })

  it('goes on in a new log when one is full, and finds in both', async () => {
    const { configFile, logFile } = new StateFolder(state)
    await nacreDone(state, 'down')
    const old = { level: 'info', time: '2022-10-05T00:00:00.000Z', service: 'network', requestId: 'req-4c1a58f0-0000-4000-8000-000000000001', method: 'POST', path: '/v2.0/long-ago', status: 409, ms: 1, msg: 'POST /v2.0/long-ago 409' }
    await appendFile(logFile, `${JSON.stringify(old)}\n${`${JSON.stringify({ ...old, requestId: 'req-of-others' })}\n`.repeat(10_000)}`)
    await writeFile(configFile, 'log: { maxFileMiB: 1, keptFiles: 2 }')
    await nacreDone(state, 'up')
    const last = async (): Promise<string> => await nacreDone(state, 'logs', '-n', '1000')
    expect(await until('the start to be written', PATIENCE_MS, last, (lines) => lines.includes('the cloud is up'))).toContain('long-ago')
    expect((await nacreDone(state, 'logs', '-n', '10000')).trimEnd().split('\n'), 'more than a pipe holds').toHaveLength(10_000)
    expect((await stat(logFile)).size).toBeLessThan(1024 * 1024)
    expect((await stat(`${logFile}.1`)).size).toBeGreaterThan(1024 * 1024)
    expect(await nacreDone(state, 'logs', old.requestId)).toContain('long-ago')
    expect(await nacreDone(state, 'why', old.requestId)).toContain('POST /v2.0/long-ago → 409')
  })

  it('is found in order by the doctor, also at once after it was killed and however long it was away', async () => {
    const { pid } = JSON.parse(await nacreDone(state, 'up', '--json')) as { pid: number }
    process.kill(pid, 'SIGKILL')
    await agedHeartbeats(new StateFolder(state))
    await nacreDone(state, 'up')
    const { checks } = JSON.parse(await nacreDone(state, 'doctor', '--json')) as { checks: { invariant: string; problems: unknown[] }[] }
    expect(checks.length).toBeGreaterThan(3)
    expect(checks.flatMap((c) => c.problems)).toEqual([])
    expect(await nacreDone(state, 'doctor')).toContain('All is well.')
  })

  it('stands beside another, and neither knows of the other', async () => {
    const second = newState('two')
    await upSomewhere(second)
    const other = await logIn(second)
    expect((await other.get<{ networks: object[] }>('network', '/v2.0/networks')).networks).toEqual([])
    const first = await logIn(state)
    await expect(fetch(`${other.endpoint('network')}/v2.0/networks`, { headers: { 'x-auth-token': first.token } }).then((r) => r.status)).resolves.toBe(401)
    await nacreDone(second, 'down')
    expect(await statusOf(first, made.server)).toBe('ACTIVE')
    const gone = await nacreDone(second, 'reset', '--yes')
    expect(gone).toContain('is gone')
    expect(await readdir(folder)).toEqual(['one'])
    expect(await statusOf(first, made.server)).toBe('ACTIVE')
  })

  it('is not reset without a yes', async () => {
    const refused = await nacre(state, 'reset')
    expect([refused.code, refused.stderr]).toEqual([EXIT.refused, expect.stringContaining('--yes')])
    expect((await nacre(state, 'status')).code).toBe(EXIT.ok)
  })
})

describe('a machine that lacks something', () => {
  it('says which port is taken and what to do, and leaves nothing behind', async () => {
    const state = newState('taken')
    const { stranger, portBase } = await onFreePorts(10, async (base) => {
      const server = createServer().listen(base + 3, '127.0.0.1')
      await once(server, 'listening')
      return { stranger: server, portBase: base }
    })
    try {
      const { code, stderr } = await nacre(state, 'up', '--hypervisor', 'fake', '--port-base', String(portBase))
      expect(code).toBe(EXIT.refused)
      expect(stderr).toMatch(new RegExp(`port ${portBase + 3} \\(.+\\) is taken[^]*Way out: `))
      expect(stderr).not.toContain('    at ')
    } finally {
      stranger.close()
    }
    expect((await nacre(state, 'status', '--json')).stdout).toContain('"up":false')
    expect((await upSomewhere(state)).said).toContain('The cloud is up')
  })

  it('forgets what it was told by an `up` that failed', async () => {
    const state = newState('forgetful')
    const portBase = await freePortRow(10)
    const { configFile, policyFile, settingsFile } = new StateFolder(state)
    await mkdir(state)
    await writeFile(configFile, 'identity: { bogus: 1 }')
    const wrong = await nacre(state, 'up', '--hypervisor', 'fake', '--port-base', String(portBase), '--region', 'Elsewhere')
    expect([wrong.code, wrong.stderr]).toEqual([EXIT.refused, expect.stringContaining('did not come up')])
    expect(new StateFolder(state).read()).toBeUndefined()
    await removePath(configFile)
    expect(await nacre(state, 'up', '--hypervisor', 'fake', '--port-base', String(portBase), '--database', 'mysql://nobody:secret@127.0.0.1:1')).toMatchObject({ code: EXIT.refused })
    expect(await nacre(state, 'up', '--hypervisor', 'fake', '--port-base', String(portBase), '--host', '192.0.2.77')).toMatchObject({ code: EXIT.refused, stderr: expect.stringContaining('does not have the address 192.0.2.77') as string })
    expect((await upSomewhere(state)).said).toContain('The cloud is up')
    expect(new StateFolder(state).read()).toMatchObject({ database: 'sqlite', listenHost: '127.0.0.1', region: 'RegionOne' })
    await nacreDone(state, 'down')
    for (const [file, text, said] of [
      [configFile, 'compute: { bogus: 1 }', 'compute.bogus is not an option'], [configFile, 'log: { level: loud }', 'log.level'], [configFile, 'computer: {}', `${configFile}: there is no service 'computer'`],
      [configFile, 'compute: [', `${configFile} cannot be read: Flow sequence`], [configFile, '- a', `${configFile} cannot be read: `], [policyFile, '"a": "role:b and ("', 'role:b and ('],
    ] as const) {
      await writeFile(file, text)
      const refused = await nacre(state, 'up')
      expect([refused.code, refused.stderr]).toEqual([EXIT.refused, expect.stringContaining(said)])
      expect(refused.stderr).not.toMatch(/^\s+at /m)
      await removePath(file)
    }
    await writeFile(settingsFile, '{')
    expect(await nacre(state, 'up')).toMatchObject({ code: EXIT.refused, stderr: expect.stringContaining('./nacre reset') as string })
    expect(await nacreDone(state, 'reset', '--yes')).toContain('is gone')
  })

  it('is brought up once by all who ask at once, and at once after a kill', async () => {
    const state = newState('wanted')
    const up = async (portBase: number): Promise<{ started: boolean; pid: number }> => JSON.parse(await nacreDone(state, 'up', '--json', '--hypervisor', 'fake', '--port-base', String(portBase))) as { started: boolean; pid: number }
    const { asked, portBase } = await onFreePorts(10, async (base) => {
      const told = await Promise.allSettled([up(base), up(base), up(base)])
      return { portBase: base, asked: told.map((one) => { if (one.status === 'rejected') throw one.reason; return one.value }) }
    })
    expect(asked.map(({ started }) => started).toSorted()).toEqual([false, false, true])
    expect(new Set(asked.map(({ pid }) => pid)).size).toBe(1)
    process.kill(asked[0]!.pid, 'SIGKILL')
    const again = await up(portBase)
    expect(again).toMatchObject({ started: true })
    expect(again.pid).not.toBe(asked[0]!.pid)
    await logIn(state)
  })

  it('is told what is wrong with a command line, a folder, a settings file', async () => {
    expect(await nacre(undefined, 'up', '--hypervisor', 'vmware', '--state', join(folder, 'x'))).toMatchObject({ code: EXIT.usage, stderr: expect.stringContaining('choose libvirt or fake') as string })
    expect(await nacre(undefined, 'up', '--port-base', '80', '--state', join(folder, 'x'))).toMatchObject({ code: EXIT.usage, stderr: expect.stringContaining('Way out') as string })
    expect(await nacre(undefined, 'stauts')).toMatchObject({ code: EXIT.usage, stderr: expect.stringContaining('Did you mean: status') as string })
    expect(await nacre(undefined, 'status', '--nonsense')).toMatchObject({ code: EXIT.usage })
    expect(await nacre(undefined, 'reset', '--yes', '--state', '')).toMatchObject({ code: EXIT.usage, stderr: expect.stringContaining('names no folder') as string })
    const file = join(folder, 'a-file')
    await writeFile(file, '')
    for (const path of [file, join(file, 'below'), '/proc/nothing-grows-here']) {
      expect(await nacre(undefined, 'up', '--hypervisor', 'fake', '--state', path), path).toMatchObject({ code: EXIT.refused, stderr: expect.stringContaining('Way out') as string })
    }
    for (const args of [['openrc'], ['why', 'x'], ['doctor'], ['logs']]) expect(await nacre(join(folder, 'nowhere'), ...args)).toMatchObject({ code: EXIT.refused, stderr: expect.stringContaining('Way out') as string })
  })
})

describe('help', () => {
  it.each(Object.keys(commands))('of %s says what it does and which options it has', async (name) => {
    const { code, stdout } = await nacre(undefined, name, '--help')
    expect(code).toBe(EXIT.ok)
    expect(stdout).toMatch(new RegExp(`^Usage: nacre ${name}`))
    expect(stdout).toContain('--help')
  })

  it('in general names every command', async () => {
    const { stdout } = await nacre(undefined, '--help')
    for (const name of Object.keys(commands)) expect(stdout).toContain(`  ${name}`)
  })
})
