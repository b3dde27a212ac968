import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LATEST, startComputeCloud, type ComputeCloud, type Server } from '../testing/compute-cloud.ts'

describe('servers', () => {
  let cloud: ComputeCloud
  beforeAll(async () => { cloud = await startComputeCloud({ hosts: ['host1', 'host2'], config: { quotaInstances: 50, quotaCores: 50, quotaRamMiB: -1 } }) })
  afterAll(async () => { await cloud.stop() })

  it('boot, are shown and go', async () => {
    const made = await cloud.member.post<{ server: Record<string, unknown> }>('/v2.1/servers', { server: { name: ' web one', imageRef: cloud.imageId, flavorRef: 'tiny', networks: [{ uuid: cloud.networkId }] } })
    expect(made.status).toBe(400)
    const accepted = await cloud.member.post<{ server: { id: string; adminPass: string } }>('/v2.1/servers', { server: { name: 'web one', imageRef: cloud.imageId, flavorRef: 'tiny', metadata: { a: 'b' }, networks: [{ uuid: cloud.networkId }] } })
    expect(accepted.status).toBe(202)
    expect(accepted.body.server).toMatchObject({ 'OS-DCF:diskConfig': 'MANUAL', security_groups: [{ name: 'default' }], adminPass: expect.stringMatching(/^\w{12}$/) as string })
    const { id } = accepted.body.server
    expect(accepted.headers['location']).toBe(`http://cloud.test/v2.1/servers/${id}`)
    await cloud.settled()
    const server = await cloud.show(cloud.admin, id)
    expect(server.fault).toBeUndefined()
    expect(server).toMatchObject({
      status: 'ACTIVE', name: 'web one', 'OS-EXT-STS:power_state': 1, 'OS-EXT-STS:task_state': null, tenant_id: 'alpha', user_id: 'alice', metadata: { a: 'b' }, description: 'web one', locked: false, tags: [],
      'OS-EXT-SRV-ATTR:instance_name': expect.stringMatching(/^instance-0000000\d$/) as string, 'OS-EXT-AZ:availability_zone': 'nova', host_status: 'UP',
      security_groups: [{ name: 'default' }], config_drive: '', key_name: null, server_groups: [], flavor: { vcpus: 1, ram: 64, disk: 1, ephemeral: 0, swap: 0, original_name: 'm1.tiny', extra_specs: {} },
      addresses: { net: [{ version: 4, addr: expect.stringMatching(/^10\.0\./) as string, 'OS-EXT-IPS:type': 'fixed', 'OS-EXT-IPS-MAC:mac_addr': expect.stringMatching(/^fa:16:3e/) as string }] },
    })
    const old = await cloud.member.get<{ server: Server }>(`/v2.1/servers/${id}`)
    expect(old.body.server).toMatchObject({ flavor: { id: 'tiny', links: [{ rel: 'bookmark', href: 'http://cloud.test/flavors/tiny' }] } })
    for (const key of ['locked', 'description', 'tags', 'host_status', 'OS-EXT-SRV-ATTR:host', 'OS-EXT-SRV-ATTR:hostname', 'server_groups']) expect(old.body.server).not.toHaveProperty(key)
    expect((await cloud.other.get(`/v2.1/servers/${id}`)).body).toEqual({ itemNotFound: { code: 404, message: `Instance ${id} could not be found.` } })
    const allocations = await cloud.placementAdmin.get<{ allocations: Record<string, { resources: object }> }>(`/allocations/${id}`)
    expect(Object.values(allocations.body.allocations).map((a) => a.resources)).toEqual([{ VCPU: 1, MEMORY_MB: 64, DISK_GB: 1 }])
    expect((await cloud.member.delete(`/v2.1/servers/${id}`)).status).toBe(204)
    await cloud.settled()
    expect((await cloud.member.get(`/v2.1/servers/${id}`)).status).toBe(404)
    expect((await cloud.networkAdmin.get<{ ports: object[] }>(`/v2.0/ports?device_id=${id}`)).body.ports).toEqual([])
    expect((await cloud.placementAdmin.get(`/allocations/${id}`)).body).toEqual({ allocations: {} })
    for (const driver of cloud.drivers.values()) expect(await driver.guests()).toEqual([])
    expect((await cloud.admin.get<{ servers: Server[] }>('/v2.1/servers/detail?deleted=True&all_tenants=1')).body.servers.map((s) => [s.id, s.status])).toEqual([[id, 'DELETED']])
  })

  it('are refused with upstream words', async () => {
    const refused = async (fields: object, headers = LATEST): Promise<unknown> => (await cloud.member.post('/v2.1/servers', { server: { name: 's', imageRef: cloud.imageId, flavorRef: 'tiny', networks: 'none', ...fields } }, headers)).body
    expect(await refused({ imageRef: '' })).toEqual({ badRequest: { code: 400, message: 'Missing imageRef attribute' } })
    expect(await refused({ imageRef: '6f70656e-7374-6163-6b20-342065766572' })).toEqual({ badRequest: { code: 400, message: 'Can not find requested image' } })
    expect(await refused({ flavorRef: 'none' })).toEqual({ badRequest: { code: 400, message: 'Flavor none could not be found.' } })
    expect(await refused({ key_name: 'none' })).toEqual({ badRequest: { code: 400, message: 'Invalid key_name provided.' } })
    expect(await refused({ min_count: 3, max_count: 2 })).toEqual({ badRequest: { code: 400, message: 'min_count must be <= max_count' } })
    expect(await refused({ networks: [{ uuid: '6f70656e-7374-6163-6b20-342065766572' }] })).toEqual({ badRequest: { code: 400, message: 'Network 6f70656e-7374-6163-6b20-342065766572 could not be found.' } })
    expect(await refused({ security_groups: [{ name: 'nope' }] })).toEqual({ badRequest: { code: 400, message: "Unable to find security_group with name or id 'nope'" } })
    expect(await refused({ availability_zone: 'mars' })).toEqual({ badRequest: { code: 400, message: 'The requested availability zone is not available' } })
    const onNode = await cloud.admin.post('/v2.1/servers', { server: { name: 's', imageRef: cloud.imageId, flavorRef: 'tiny', networks: 'none', hypervisor_hostname: 'mars' } }, LATEST)
    expect(onNode.body).toEqual({ badRequest: { code: 400, message: 'Compute host mars could not be found.' } })
    expect(await refused({ availability_zone: 'nova:host1' })).toEqual({ forbidden: { code: 403, message: "Policy doesn't allow os_compute_api:servers:create:forced_host to be performed." } })
    expect(await refused({ block_device_mapping_v2: [{ boot_index: 0, uuid: cloud.imageId, source_type: 'image', destination_type: 'volume', volume_size: 1 }] })).toMatchObject({ badRequest: { code: 400 } })
    expect(await refused({ personality: [] })).toMatchObject({ badRequest: { code: 400 } })
    expect(await refused({ user_data: 'YQ' })).toMatchObject({ badRequest: { code: 400 } })
    expect(await refused({ min_count: 60, max_count: 60 })).toEqual({ forbidden: { code: 403, message: 'Quota exceeded for cores, instances: Requested 60, 60, but already used 0, 0 of 50, 50 cores, instances' } })
    const client = cloud.reader
    expect((await client.post('/v2.1/servers', { server: { name: 's', imageRef: cloud.imageId, flavorRef: 'tiny' } })).status).toBe(202)
    await cloud.settled()
  })

  it('are listed with filters, sort and pages', async () => {
    for (const name of ['aa', 'ab', 'b.c']) await cloud.boot(cloud.member, { name, tags: [name, 'all'] })
    const names = async (query: string): Promise<string[]> => (await cloud.member.get<{ servers: Server[] }>(`/v2.1/servers?${query}`, LATEST)).body.servers.map((s) => s.name)
    expect(await names('name=a&sort_key=display_name&sort_dir=asc')).toEqual(['aa', 'ab'])
    expect(await names('name=%5Ea.%24')).toEqual(['ab', 'aa'])
    expect(await names('name=%28a%2B%29%2B%24')).toEqual(['aa'])
    expect(await names('tags=all,ab')).toEqual(['ab'])
    expect(await names('limit=2')).toEqual(['b.c', 'ab'])
    expect(await names('limit=1&sort_key=display_name&sort_dir=asc')).toEqual(['aa'])
    expect((await cloud.other.get('/v2.1/servers/detail?limit=2', LATEST)).body).toEqual({ servers: [] })
    expect(await names('tags-any=aa,ab&limit=1')).toEqual(['ab'])
    expect(await names('not-tags=all&status=ACTIVE')).not.toContain('aa')
    expect((await cloud.member.get('/v2.1/servers?status=NONSENSE', LATEST)).body).toEqual({ badRequest: { code: 400, message: 'Invalid status value' } })
    expect((await cloud.member.get('/v2.1/servers?status=NONSENSE')).body).toEqual({ servers: [] })
    expect((await cloud.member.get('/v2.1/servers?all_tenants=1')).status).toBe(403)
    expect((await cloud.member.get('/v2.1/servers?marker=6f70656e-7374-6163-6b20-342065766572')).body).toEqual({ badRequest: { code: 400, message: 'marker [6f70656e-7374-6163-6b20-342065766572] not found' } })
    const page = await cloud.member.get<{ servers: Server[]; servers_links: { href: string }[] }>('/v2.1/servers/detail?limit=2&sort_key=display_name&sort_dir=asc', LATEST)
    const next = page.body.servers_links[0]!.href.replace('http://cloud.test', '')
    expect(page.body.servers.map((s) => s.name)).toEqual(['aa', 'ab'])
    expect((await cloud.member.get<{ servers: Server[] }>(next, LATEST)).body.servers[0]!.name).toBe('b.c')
    const [first] = page.body.servers
    const ip = (first!['addresses'] as Record<string, { addr: string }[]>)['net']![0]!.addr
    expect(await names(`ip=${ip.replaceAll('.', '\\.')}$`.replaceAll('\\', '%5C').replaceAll('$', '%24'))).toEqual(['aa'])
    expect((await cloud.member.get('/v2.1/servers?unknown=1', LATEST)).status).toBe(400)
  })

  it('tell why no host would do', async () => {
    await cloud.admin.post('/v2.1/flavors', { flavor: { id: 'huge', name: 'huge', ram: 2_000_000, vcpus: 1, disk: 0 } })
    const server = await cloud.boot(cloud.admin, { flavorRef: 'huge', networks: 'none' }).catch((error: unknown) => { throw error })
    expect(server.status).toBe('ERROR')
    expect(server['fault']).toMatchObject({ code: 500, message: expect.stringContaining('No valid host was found.') as string, details: expect.stringContaining('MEMORY_MB: needs 2000000, ') as string })
    const zoned = await cloud.boot(cloud.admin, { availability_zone: 'internal', networks: 'none' })
    expect(zoned['fault']).toMatchObject({ message: 'No valid host was found. There are not enough hosts available: of 2 hosts, refused 2 by availability-zone (host1: it is in zone nova, internal was asked for).' })
    for (const id of [server.id, zoned.id]) expect((await cloud.admin.delete(`/v2.1/servers/${id}`)).status).toBe(204)
    await cloud.settled()
  })

  it('go to another host when one fails', async () => {
    const before = new Map(cloud.drivers)
    for (const driver of before.values()) driver.faults.add({ verb: 'create', kind: 'half', times: 1 })
    const server = await cloud.boot(cloud.admin, { name: 'third time' })
    expect(server.status).toBe('ERROR')
    expect(server['fault']).toMatchObject({ message: expect.stringContaining('No valid host was found') as string })
    for (const driver of before.values()) expect((await driver.guests()).some((g) => g.serverId === server.id)).toBe(false)
    expect((await cloud.networkAdmin.get<{ ports: object[] }>(`/v2.0/ports?device_id=${server.id}`)).body.ports).toEqual([])
    const [driver] = before.values()
    driver!.faults.add({ verb: 'create', kind: 'fail', times: 1 })
    expect((await cloud.boot(cloud.admin, { name: 'second time' })).status).toBe('ACTIVE')
  })
})
