/** Each problem is made by hand, seen by name, mended, and gone. A healthy cloud has none, also in the middle of work. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleSpec } from '#agents/compute/drivers/driver-conformance.ts'
import { ServerFolders } from '#agents/compute/server-folder.ts'
import type { Problem } from '#core/service/explain.ts'
import { databases } from '#testkit/databases.ts'
import type { ComputeContext } from '../context.ts'
import { LATEST, startComputeCloud, type ComputeCloud, type Server } from '../testing/compute-cloud.ts'
import { nicSpec } from '../servers/server-spec.ts'
import type { ServerRow, Vif } from '../servers/server.row.ts'
import { computeChecks } from './checks.ts'

/** The head of a qcow2 file that lies over another. */
function overlayHeader(base: string): Buffer {
  const header = Buffer.alloc(64 + base.length)
  header.write('QFI\xfb', 'latin1')
  header.writeBigUInt64BE(64n, 8)
  header.writeUInt32BE(base.length, 16)
  header.write(base, 64)
  return header
}

describe.each(databases)('doctor on %s', (_name, locate) => {
  let cloud: ComputeCloud
  let projectId: string
  beforeAll(async () => {
    cloud = await startComputeCloud({ hosts: ['host1', 'host2'], database: await locate() })
    projectId = String((await cloud.boot(cloud.member))['tenant_id'])
    await cloud.admin.put(`/v2.1/os-quota-sets/${projectId}`, { quota_set: { instances: -1, cores: -1, ram: -1 } })
  })
  afterAll(() => cloud.stop())

  const ctx = (): ComputeContext => cloud.compute.context()

  async function diagnose(repair = false): Promise<Problem[]> {
    const problems: Problem[] = []
    for (const check of computeChecks) problems.push(...await check.run(ctx(), repair))
    return problems
  }

  /** Sees exactly these kinds, mends them, and sees nothing any more. */
  async function seenAndMended(kinds: string[]): Promise<Problem[]> {
    expect((await diagnose()).map((p) => [p.kind, p.repairable, p.repaired])).toEqual(kinds.map((kind) => [kind, true, false]))
    const mended = await diagnose(true)
    expect(mended.filter((p) => !p.repaired)).toEqual([])
    expect(mended.map((p) => p.kind)).toEqual(kinds)
    await cloud.settled()
    expect(await diagnose()).toEqual([])
    return mended
  }

  async function boot(fields = {}): Promise<Server & { host: string }> {
    const server = await cloud.boot(cloud.member, fields)
    expect(server.status).toBe('ACTIVE')
    const row = await ctx().db.selectFrom('servers').select('host').where('id', '=', server.id).executeTakeFirstOrThrow()
    return { ...server, host: row.host! }
  }
  async function act(id: string, body: object): Promise<void> {
    expect((await cloud.admin.post(`/v2.1/servers/${id}/action`, body, LATEST)).status).toBeLessThan(300)
    await cloud.settled()
  }

  async function set(id: string, row: Partial<ServerRow>): Promise<void> {
    await ctx().db.updateTable('servers').set(row).where('id', '=', id).execute()
  }

  it('has nothing to say of a healthy cloud, whatever its servers are', async () => {
    const servers = await Promise.all(Array.from({ length: 7 }, () => boot()))
    await cloud.admin.post('/v2.1/flavors', { flavor: { id: 'small', name: 'm1.small', ram: 128, vcpus: 2, disk: 2 } })
    for (const [at, body] of [{ 'os-stop': null }, { pause: null }, { suspend: null }, { rescue: null }, { resize: { flavorRef: 'small' } }, { shelve: null }].entries()) await act(servers[at]!.id, body)
    const states = await Promise.all(servers.map(async ({ id }) => (await cloud.show(cloud.member, id)).status))
    expect(states).toEqual(['SHUTOFF', 'PAUSED', 'SUSPENDED', 'RESCUE', 'VERIFY_RESIZE', 'SHELVED_OFFLOADED', 'ACTIVE'])
    expect(await diagnose()).toEqual([])
    await act(servers[4]!.id, { confirmResize: null })
    expect(await diagnose()).toEqual([])
    for (const { id } of servers) await cloud.member.delete(`/v2.1/servers/${id}`)
    await cloud.settled()
    expect(await diagnose()).toEqual([])
  })

  it('has nothing to say while servers come and go', async () => {
    const ids: string[] = []
    for (let round = 0; round < 6; round++) {
      const made = await cloud.member.post<{ servers: never; server: { id: string } }>('/v2.1/servers', { server: { name: 's', imageRef: cloud.imageId, flavorRef: 'tiny', min_count: 5, networks: [{ uuid: cloud.networkId }] } }, LATEST)
      ids.push(made.body.server.id)
      expect(await diagnose()).toEqual([])
      await cloud.member.delete(`/v2.1/servers/${ids[round]}`)
      expect(await diagnose()).toEqual([])
    }
    await cloud.settled()
    expect(await diagnose()).toEqual([])
  })

  it('mends claims', async () => {
    const [short, wrong, moved] = await Promise.all([boot(), boot(), boot()])
    const { placement } = ctx().clients
    const claim = async (id: string, host: string, resources: Record<string, number>): Promise<void> => {
      const { node_id: node } = await ctx().db.selectFrom('hosts').select('node_id').where('host', '=', host).executeTakeFirstOrThrow()
      await placement.putAllocations(ctx(), id, { allocations: { [node]: { resources } }, projectId: 'p', userId: 'u' })
    }
    await placement.deleteAllocations(ctx(), short.id)
    await claim(wrong.id, wrong.host, { VCPU: 3 })
    await claim(moved.id, moved.host === 'host1' ? 'host2' : 'host1', { VCPU: 1 })
    await claim(crypto.randomUUID(), 'host1', { VCPU: 1 })
    const sentences = (await diagnose()).map((p) => p.sentence).join('\n')
    expect(sentences).toContain(`server ${short.id} runs on ${short.host} and holds nothing there; it needs VCPU 1, MEMORY_MB 64, DISK_GB 1`)
    expect(sentences).toContain(`server ${wrong.id} holds VCPU 3 on ${wrong.host}; its flavor says VCPU 1, MEMORY_MB 64, DISK_GB 1`)
    expect((await diagnose()).map((p) => p.kind).sort()).toEqual(['lost-allocation', 'misplaced-allocation', 'orphan-allocation', 'wrong-allocation'])
    expect((await diagnose(true)).every((p) => p.repaired)).toBe(true)
    expect(await diagnose()).toEqual([])
    expect((await placement.getAllocations(ctx(), short.id)).allocations).toMatchObject({})
  })

  it('leaves claims of others alone', async () => {
    const { node_id: node } = await ctx().db.selectFrom('hosts').select('node_id').where('host', '=', 'host1').executeTakeFirstOrThrow()
    const other = crypto.randomUUID()
    await ctx().clients.placement.putAllocations(ctx(), other, { allocations: { [node]: { resources: { DISK_GB: 1 } } }, projectId: 'p', userId: 'u', consumerType: 'VOLUME' })
    expect(await diagnose()).toEqual([])
    await ctx().clients.placement.deleteAllocations(ctx(), other)
  })

  it('gives the claim back of a move that is over', async () => {
    const server = await boot()
    await ctx().clients.placement.putAllocations(ctx(), server.id, (await wholeClaim(server.id)))
    await act(server.id, { resize: { flavorRef: 'small' } })
    await ctx().db.updateTable('servers').set({ before_resize: null, vm_state: 'active' }).where('id', '=', server.id).execute()
    const [problem] = await seenAndMended(['orphan-allocation'])
    expect(problem!.sentence).toContain(`of server ${server.id}, which is over, still holds resources`)
  })

  async function wholeClaim(id: string) {
    const { allocations, project_id, user_id } = await ctx().clients.placement.getAllocations(ctx(), id)
    return { allocations, projectId: project_id!, userId: user_id! }
  }

  it('mends ports of servers that are gone: what was made goes, what was given is given back', async () => {
    const own = (await cloud.networkAdmin.post<{ port: { id: string } }>('/v2.0/ports', { port: { network_id: cloud.networkId, tenant_id: projectId } })).body.port.id
    const server = await boot({ networks: [{ uuid: cloud.networkId }, { port: own }] })
    const made = (await ctx().clients.network.ports.list(ctx(), 'service', { device_id: server.id })).find((p) => p.id !== own)!.id
    await ctx().db.updateTable('servers').set({ deleted: 1, vm_state: 'deleted', deleted_at: '2026-01-01T00:00:00.000Z' }).where('id', '=', server.id).execute()
    const kinds = (await diagnose(true)).map((p) => [p.kind, p.repaired])
    expect(kinds.sort()).toEqual([['orphan-allocation', true], ['orphan-domain', true], ['orphan-port', true], ['orphan-port', true]])
    expect(await ctx().clients.network.ports.get(ctx(), 'service', made)).toBeUndefined()
    expect(await ctx().clients.network.ports.get(ctx(), 'service', own)).toMatchObject({ device_id: '', device_owner: '' })
    expect(await cloud.drivers.get(server.host)!.guests()).not.toContainEqual(expect.objectContaining({ serverId: server.id }))
    expect(await diagnose()).toEqual([])
  })

  it('mends servers whose ports are not what they were', async () => {
    const server = await boot()
    const { network_info } = await ctx().db.selectFrom('servers').select('network_info').where('id', '=', server.id).executeTakeFirstOrThrow()
    const [vif] = JSON.parse(network_info) as Vif[]
    await set(server.id, { network_info: JSON.stringify([vif, { ...vif!, portId: crypto.randomUUID() }]) })
    await seenAndMended(['lost-port'])
    expect((await ctx().db.selectFrom('servers').select('network_info').where('id', '=', server.id).executeTakeFirstOrThrow()).network_info).toBe(network_info)
    await ctx().clients.network.ports.update(ctx(), 'service', vif!.portId, { 'binding:host_id': '' })
    await seenAndMended(['port-elsewhere'])
  })

  it('tells of parts that servers stand on, and fetches images again', async () => {
    const server = await boot()
    const driver = cloud.drivers.get(server.host)!
    const folders = new ServerFolders(cloud.stateDirOf(server.host))
    const image = { imageId: cloud.imageId, checksum: null, diskFormat: 'qcow2' }
    const { network_info } = await ctx().db.selectFrom('servers').select('network_info').where('id', '=', server.id).executeTakeFirstOrThrow()
    const nic = nicSpec((JSON.parse(network_info) as Vif[])[0]!)
    const spec = sampleSpec({ serverId: server.id, nics: [nic], disks: [{ role: 'root', index: 0, sizeMiB: 1, bus: 'virtio', source: { kind: 'image', ...image, sizeBytes: 1 } }] })
    await folders.make(server.id)
    await folders.saveSpec(spec)
    await folders.markSpawned(server.id)
    const disk = folders.files(spec).disks[0]!.path
    const base = join(cloud.stateDirOf(server.host), 'images', `${cloud.imageId}.qcow2`)
    const { capabilities } = driver
    Object.assign(driver, { capabilities: { ...capabilities, localFiles: true } })
    try {
      const file = { kind: 'lost-file', id: server.id, repairable: false, sentence: expect.stringContaining(disk) as string }
      const device = { kind: 'lost-device', id: server.id, repairable: true, sentence: expect.stringContaining(`${nic.tapName}, the device`) as string }
      driver.faults.add({ verb: 'replugNic', kind: 'fail' })
      expect(await diagnose(true)).toMatchObject([file, { ...device, repaired: false }])
      expect(await diagnose(true)).toMatchObject([file, { ...device, repaired: true }])
      expect(driver.nicsOf(server.id)).toEqual([nic])
      await folders.saveSpec({ ...spec, nics: [] })
      await writeFile(disk, overlayHeader(base))
      expect(await diagnose()).toMatchObject([{ kind: 'lost-image', id: server.id, repairable: true, sentence: expect.stringContaining(base) as string }])
      await mkdir(dirname(base), { recursive: true })
      await writeFile(base, '')
      expect(await diagnose()).toEqual([])
    } finally {
      Object.assign(driver, { capabilities })
      await folders.remove(server.id)
    }
  })

  it('brings guests and servers together', async () => {
    const servers = await Promise.all(Array.from({ length: 4 }, () => boot()))
    const [slept, woke, lost, off] = servers as [Server & { host: string }, Server & { host: string }, Server & { host: string }, Server & { host: string }]
    await act(slept.id, { pause: null })
    await set(slept.id, { vm_state: 'active' })
    await set(woke.id, { vm_state: 'paused' })
    await set(off.id, { vm_state: 'stopped' })
    // A host tells of what it loses, and the server is started again at once: unless nobody listens.
    await set(lost.id, { vm_state: 'building' })
    await cloud.drivers.get(lost.host)!.destroy(lost.id)
    await cloud.settled()
    await set(lost.id, { vm_state: 'active' })
    const found = await diagnose()
    expect(found.filter((p) => p.id === slept.id)).toMatchObject([{ kind: 'wrong-power-state', sentence: `server ${slept.id} is active, and its guest on ${slept.host} is paused` }])
    expect((await diagnose(true)).every((p) => p.repaired)).toBe(true)
    await cloud.settled()
    expect(await diagnose()).toEqual([])
    const states = await Promise.all(servers.map(async ({ id }) => (await cloud.show(cloud.member, id)).status))
    expect(states).toEqual(['ACTIVE', 'PAUSED', 'ACTIVE', 'SHUTOFF'])
  })

  it('makes the guests of stopped and suspended servers known again', async () => {
    const server = await boot()
    const driver = cloud.drivers.get(server.host)!
    for (const [action, back] of [['os-stop', 'os-start'], ['suspend', 'resume']] as const) {
      await act(server.id, { [action]: null })
      await driver.destroy(server.id)
      await cloud.settled()
      await seenAndMended(['lost-guest'])
      expect(await driver.powerState(server.id)).toBe('shutdown')
      await act(server.id, { [back]: null })
      expect((await cloud.show(cloud.member, server.id)).status).toBe('ACTIVE')
      expect(await diagnose()).toEqual([])
    }
  })

  it('frees servers whose work was lost', async () => {
    const [stuck, going] = await Promise.all([boot(), boot()])
    await ctx().db.updateTable('servers').set({ task_state: 'powering-off' }).where('id', '=', stuck.id).execute()
    await ctx().db.updateTable('servers').set({ task_state: 'deleting' }).where('id', '=', going.id).execute()
    await seenAndMended(['stuck-server', 'stuck-server'])
    expect((await cloud.show(cloud.member, stuck.id))['OS-EXT-STS:task_state']).toBeNull()
    expect((await cloud.member.get(`/v2.1/servers/${going.id}`, LATEST)).status).toBe(404)
  })

  it('takes up operations that nobody holds, and gives up those nobody knows', async () => {
    const server = await boot()
    const [row] = await ctx().db.selectFrom('operations').selectAll().where('resource_id', '=', server.id).execute()
    const old = new Date(Date.now() - 3_600_000).toISOString()
    await ctx().db.updateTable('operations').set({ state: 'running', lease_owner: null, lease_until: null, updated_at: old, created_at: old, finished_at: null }).where('id', '=', row!.id).execute()
    await seenAndMended(['forsaken-operation'])
    await ctx().db.updateTable('operations').set({ state: 'running', name: 'compute.of-tomorrow', lease_owner: 'x', lease_until: '2999-01-01T00:00:00.000Z', finished_at: null }).where('id', '=', row!.id).execute()
    await seenAndMended(['unknown-operation'])
  })

  it('mends what placement thinks of hosts, and keeps what operators added', async () => {
    const { placement } = ctx().clients
    const { node_id: node } = await ctx().db.selectFrom('hosts').select('node_id').where('host', '=', 'host1').executeTakeFirstOrThrow()
    const before = await placement.getInventory(ctx(), node)
    await placement.ensureResourceClass(ctx(), 'CUSTOM_LICENCE')
    await placement.setInventory(ctx(), node, { ...before, CUSTOM_LICENCE: { total: 3 }, VCPU: { ...before['VCPU']!, total: 900 } })
    const [problem] = await seenAndMended(['wrong-inventory'])
    expect(problem!.sentence).toBe('of compute host host1 placement has VCPU 900 (0 reserved, sold 4 times) instead of 1000 (0 reserved, sold 4 times)')
    expect(await placement.getInventory(ctx(), node)).toMatchObject({ VCPU: { total: 1000 }, CUSTOM_LICENCE: { total: 3 } })
  })

  it('tells placement anew of a host it has forgotten', async () => {
    await cloud.addHost('host3')
    await expect.poll(async () => (await ctx().db.selectFrom('hosts').select('placement_digest').where('host', '=', 'host3').executeTakeFirst())?.placement_digest).toBeTruthy()
    const { node_id: node } = await ctx().db.selectFrom('hosts').select('node_id').where('host', '=', 'host3').executeTakeFirstOrThrow()
    expect(await diagnose()).toEqual([])
    await ctx().clients.placement.deleteProvider(ctx(), node)
    await seenAndMended(['missing-provider'])
  })

  it('tells of hosts that fell silent, or do not answer', async () => {
    await ctx().db.updateTable('hosts').set({ last_seen_at: '2026-01-01T00:00:00.000Z' }).where('host', '=', 'host3').execute()
    expect(await diagnose()).toMatchObject([{ kind: 'silent-host', id: 'host3', repairable: false }])
    await ctx().db.updateTable('hosts').set({ forced_down: 1 }).where('host', '=', 'host3').execute()
    expect(await diagnose()).toEqual([])
    const heal = cloud.drivers.get('host2')!.faults.add({ verb: 'guests', kind: 'fail', times: 9 })
    expect(await diagnose()).toMatchObject([{ kind: 'host-does-not-answer', id: 'host2', repairable: false }])
    heal()
    expect(await diagnose()).toEqual([])
  })
})
