/** A cloud whose databases and bus are on servers that others use too. */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'amqplib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { removePath } from '#core/host/files.ts'
import { run } from '#core/host/run.ts'
import { freshMariaDb, freshRabbitMq, noMariaDb, noRabbitMq } from '#testkit/engines/engines.ts'
import { onFreePorts } from '#testkit/free-ports.ts'
import { PATIENCE_MS } from '#testkit/patience.ts'
import { accessOf } from './credentials.ts'
import { namesOnBroker } from './engines.ts'
import { OpenStack } from './openstack.ts'
import { EXIT } from './refusal.ts'
import { repositoryRoot } from './repository.ts'
import { openSecrets } from './secrets.ts'
import { StateFolder } from './settings.ts'

describe.skipIf((noMariaDb() ?? noRabbitMq()) !== undefined)('a cloud on MariaDB and RabbitMQ', () => {
  let folder: StateFolder
  let env: Record<string, string>
  let portBase: string
  beforeAll(async () => {
    folder = new StateFolder(join(await mkdtemp(join(tmpdir(), 'nacre-engines-')), 'state'))
    const [{ url: database }, { url: bus }] = [await freshMariaDb(), await freshRabbitMq()]
    env = { NACRE_STATE: folder.path, NACRE_DATABASE: database.replace(/\/[^/]*$/, ''), NACRE_BUS: bus }
    await onFreePorts(10, async (base) => {
      portBase = String(base)
      await up()
    })
  })
  afterAll(async () => {
    await nacre('reset', '--yes')
    await removePath(join(folder.path, '..'))
  })

  async function nacre(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    return await run(join(repositoryRoot, 'nacre'), args, { env, okCodes: [0, 1, 2, 3], timeoutMs: PATIENCE_MS })
  }
  async function up(): Promise<OpenStack> {
    const { code, stdout, stderr } = await nacre('up', '--hypervisor', 'fake', '--port-base', portBase, '--json')
    expect(code, stderr).toBe(EXIT.ok)
    const { endpoints } = JSON.parse(stdout) as { endpoints: { type: string; url: string }[] }
    return await new OpenStack(accessOf('admin', endpoints.find((e) => e.type === 'identity')!.url, 'RegionOne', openSecrets(folder.secretsFile))).logIn()
  }
  const networks = async (cloud: OpenStack): Promise<string[]> => (await cloud.get<{ networks: { name: string }[] }>('network', '/v2.0/networks')).networks.map(({ name }) => name)

  /** Those of its queues that the broker has. */
  async function queues(names: readonly string[]): Promise<string[]> {
    const connection = await connect(env['NACRE_BUS']!.replace(/\?.*$/, ''))
    const there: string[] = []
    for (const name of names) {
      const channel = await connection.createChannel()
      channel.on('error', () => {})
      if (await channel.checkQueue(name).then(() => true, () => false)) there.push(name)
    }
    await connection.close()
    return there
  }

  it('keeps what it has there, and after a reset begins anew', async () => {
    const cloud = await up()
    await cloud.post('network', '/v2.0/networks', { network: { name: 'kept' } })
    expect((await nacre('down')).code).toBe(EXIT.ok)
    const again = await up()
    expect(await networks(again)).toEqual(['kept'])
    const { tag } = folder.read()!
    const declared = namesOnBroker(folder).filter(({ kind }) => kind === 'queue').map(({ name }) => name)
    expect(declared.length).toBeGreaterThan(3)
    expect(await queues(declared)).toEqual(declared)
    const { code, stdout } = await nacre('reset', '--yes')
    expect(code).toBe(EXIT.ok)
    expect(stdout).toContain(`Dropped the database ${tag}_network.`)
    expect(stdout).toMatch(/Took \d+ queues and exchanges off the broker\./)
    expect(await queues(declared)).toEqual([])
    expect(await networks(await up())).toEqual([])
  })

  it('leaves databases alone that an earlier cloud in a folder of this name left behind', async () => {
    await up()
    expect((await nacre('down')).code).toBe(EXIT.ok)
    const { tag } = folder.read()!
    await removePath(folder.path)
    const refused = await nacre('up', '--hypervisor', 'fake', '--port-base', portBase)
    expect([refused.code, refused.stderr]).toEqual([EXIT.refused, expect.stringContaining(`databases of another cloud in a folder of this name: ${tag}_compute, ${tag}_identity`)])
  })

  it('says that the database server does not answer', async () => {
    env = { ...env, NACRE_DATABASE: 'mysql://nobody@127.0.0.1:1' }
    const refused = await nacre('up', '--hypervisor', 'fake', '--port-base', portBase)
    expect([refused.code, refused.stderr]).toEqual([EXIT.refused, expect.stringContaining('the database server does not answer: connect ECONNREFUSED')])
  })
})
