import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { startComputeCloud, type ComputeCloud } from '../testing/compute-cloud.ts'
import { exchange } from '../testing/exchange.ts'

describe.each(databases)('aggregates on %s', (_name, locate) => {
  let cloud: ComputeCloud
  beforeAll(async () => { cloud = await startComputeCloud({ hosts: ['host1', 'host2'], database: await locate() }) }, 180_000)
  afterAll(async () => { await cloud.stop() })

  it('are made, changed and removed', async () => {
    await exchange(cloud.admin, [
      { do: 'POST /os-aggregates', body: { aggregate: { name: 'a', availability_zone: 'z1' } }, then: 200, is: { aggregate: {
        id: 1, uuid: expect.any(String), name: 'a', availability_zone: 'z1', created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/), updated_at: null, deleted: false, deleted_at: null,
      } } },
      { do: 'POST /os-aggregates', body: { aggregate: { name: 'a' } }, then: 409, says: 'Aggregate a already exists.' },
      { do: 'POST /os-aggregates', body: { aggregate: { name: 'b:c', availability_zone: 'z:1' } }, then: 400 },
      { do: 'POST /os-aggregates', body: { aggregate: { name: 'b' } }, then: 200, shows: { aggregate: { id: 2, availability_zone: null } } },
      { do: 'GET /os-aggregates/1', then: 200, shows: { aggregate: { hosts: [], metadata: { availability_zone: 'z1' } } } },
      { do: 'PUT /os-aggregates/1', body: { aggregate: { name: ' c ', availability_zone: 'z2' } }, then: 200, shows: { aggregate: { name: 'c', availability_zone: 'z2', updated_at: expect.any(String) } } },
      { do: 'PUT /os-aggregates/1', body: { aggregate: { name: 'b' } }, then: 409, says: 'Aggregate b already exists.' },
      { do: 'PUT /os-aggregates/1', body: { aggregate: {} }, then: 400 },
      { do: 'PUT /os-aggregates/1', body: { aggregate: { availability_zone: null } }, then: 400, says: 'Cannot update aggregate 1. Reason: Aggregate c does not support empty named availability zone.' },
      { do: 'POST /os-aggregates/1/action', body: { set_metadata: { metadata: { ssd: 'true', gone: 'x' } } }, then: 200, shows: { aggregate: { metadata: { ssd: 'true', gone: 'x', availability_zone: 'z2' } } } },
      { do: 'POST /os-aggregates/1/action', body: { set_metadata: { metadata: { gone: null } } }, then: 200, shows: { aggregate: { metadata: { ssd: 'true', availability_zone: 'z2' } } } },
      { do: 'GET /os-aggregates/9', then: 404, says: 'Aggregate 9 could not be found.' },
      { do: 'GET /os-aggregates/x', then: 400, says: 'Invalid input received: id must be an integer' },
      { do: 'DELETE /os-aggregates/1', then: 200 },
      { do: 'DELETE /os-aggregates/2', then: 200 },
      { do: 'GET /os-aggregates', then: 200, is: { aggregates: [] } },
    ])
    await exchange(cloud.member, [{ do: 'GET /os-aggregates', then: 403, says: "Policy doesn't allow os_compute_api:os-aggregates:index to be performed." }])
  })

  it('are changed when their name is; a new property shows the instant in its own reply alone, as upstream\'s do', async () => {
    const { id } = (await cloud.admin.post<{ aggregate: { id: number } }>('/v2.1/os-aggregates', { aggregate: { name: 'old' } })).body.aggregate
    const [one, act] = [`/os-aggregates/${id}`, `POST /os-aggregates/${id}/action`]
    const [never, once] = [{ aggregate: { updated_at: null } }, { aggregate: { updated_at: expect.any(String) as string } }]
    await exchange(cloud.admin, [
      { do: act, body: { set_metadata: { metadata: { ssd: 'true' } } }, then: 200, shows: once },
      { do: `PUT ${one}`, body: { aggregate: { availability_zone: 'east' } }, then: 200, shows: once },
      { do: `PUT ${one}`, body: { aggregate: { name: 'old' } }, then: 200, shows: never },
      { do: `GET ${one}`, then: 200, shows: { aggregate: { name: 'old', metadata: { ssd: 'true', availability_zone: 'east' }, updated_at: null } } },
      { do: `PUT ${one}`, body: { aggregate: { name: 'new' } }, then: 200, shows: once },
      { do: `GET ${one}`, then: 200, shows: once },
      { do: `DELETE ${one}`, then: 200 },
    ])
  })

  it('hold hosts, and placement knows it', async () => {
    const { body } = await cloud.admin.post<{ aggregate: { id: number; uuid: string } }>('/v2.1/os-aggregates', { aggregate: { name: 'fast' } }, { 'openstack-api-version': 'compute 2.41' })
    const { id, uuid } = body.aggregate
    const members = async (): Promise<string[]> =>
      (await cloud.placementAdmin.get<{ resource_providers: { name: string }[] }>(`/resource_providers?member_of=${uuid}`)).body.resource_providers.map((p) => p.name)
    await exchange(cloud.admin, [
      { do: `POST /os-aggregates/${id}/action`, body: { add_host: { host: 'host1' } }, then: 200, shows: { aggregate: { hosts: ['host1'] } } },
      { do: `POST /os-aggregates/${id}/action`, body: { add_host: { host: 'host1' } }, then: 409, says: `Aggregate ${id} already has host host1.` },
      { do: `POST /os-aggregates/${id}/action`, body: { add_host: { host: 'none' } }, then: 404, says: 'Compute host none could not be found.' },
      { do: `DELETE /os-aggregates/${id}`, then: 400, says: `Cannot remove host from aggregate ${id}. Reason: Host aggregate is not empty.` },
    ])
    expect(await members()).toEqual(['host1'])
    await exchange(cloud.admin, [
      { do: `POST /os-aggregates/${id}/action`, body: { remove_host: { host: 'host1' } }, then: 200, shows: { aggregate: { hosts: [] } } },
      { do: `POST /os-aggregates/${id}/action`, body: { remove_host: { host: 'host1' } }, then: 404, says: `Cannot remove host host1 in aggregate ${id}` },
      { do: 'POST /os-aggregates/99/action', body: { remove_host: { host: 'host1' } }, then: 404, says: 'Cannot remove host host1 in aggregate 99' },
    ])
    expect(await members()).toEqual([])
  })

  it('have images fetched to their hosts ahead of time', async () => {
    const { id } = (await cloud.admin.post<{ aggregate: { id: number } }>('/v2.1/os-aggregates', { aggregate: { name: 'ready' } })).body.aggregate
    const missing = '00000000-0000-4000-8000-000000000001'
    const empty = cloud.image.add({ status: 'queued' })
    await cloud.stopHost('host1')
    await cloud.admin.put('/v2.1/os-services/force-down', { host: 'host1', binary: 'nova-compute', forced_down: true }, { 'openstack-api-version': 'compute 2.11' })
    await exchange(cloud.admin, [
      ...['host1', 'host2'].map((host) => ({ do: `POST /os-aggregates/${id}/action`, body: { add_host: { host } }, then: 200 })),
      { do: `POST /os-aggregates/${id}/images`, at: '2.80', body: { cache: [{ id: cloud.imageId }] }, then: 404 },
      { do: `POST /os-aggregates/${id}/images`, body: { cache: [] }, then: 400, says: 'Invalid input for field/attribute cache. Value: []. [] is too short' },
      { do: `POST /os-aggregates/${id}/images`, body: { cache: [{ id: cloud.imageId }, { id: cloud.imageId }] }, then: 400, says: 'Duplicate images in request' },
      { do: 'POST /os-aggregates/99/images', body: { cache: [{ id: cloud.imageId }] }, then: 404, says: 'Aggregate 99 could not be found.' },
      { do: `POST /os-aggregates/${id}/images`, body: { cache: [{ id: cloud.imageId }, { id: missing }] }, then: 400, says: `Image ${missing} could not be found.` },
      { do: `POST /os-aggregates/${id}/images`, body: { cache: [{ id: cloud.imageId }, { id: empty }] }, then: 202 },
    ])
    await exchange(cloud.member, [{ do: `POST /os-aggregates/${id}/images`, body: { cache: [{ id: cloud.imageId }] }, then: 403, says: "Policy doesn't allow compute:aggregates:images to be performed." }])
    await cloud.settled()
    const done = await cloud.compute.context().db.selectFrom('operations' as never).select(['state', 'results'] as never[]).where('name' as never, '=', 'compute.cache-images' as never).execute() as unknown as { state: string; results: string }[]
    expect(done.map((row) => row.state)).toEqual(['done'])
    const absent = 'error: there is no such active image'
    expect(JSON.parse(done[0]!.results)).toMatchObject({
      'cache:host1': { outcomes: { [cloud.imageId]: 'skipped: the host is down', [empty]: absent } }, 'cache:host2': { outcomes: { [cloud.imageId]: 'unsupported', [empty]: absent } },
    })
    for (const host of ['host1', 'host2']) await cloud.admin.post(`/v2.1/os-aggregates/${id}/action`, { remove_host: { host } })
    await cloud.addHost('host1')
    await cloud.admin.put('/v2.1/os-services/force-down', { host: 'host1', binary: 'nova-compute', forced_down: false }, { 'openstack-api-version': 'compute 2.11' })
  })

  it('put a host into one zone only, and not while servers would change theirs', async () => {
    const make = async (name: string, zone?: string): Promise<number> =>
      (await cloud.admin.post<{ aggregate: { id: number } }>('/v2.1/os-aggregates', { aggregate: { name, availability_zone: zone } })).body.aggregate.id
    const [north, south] = [await make('north', 'north'), await make('south', 'south')]
    await exchange(cloud.admin, [
      { do: `POST /os-aggregates/${north}/action`, body: { add_host: { host: 'host2' } }, then: 200 },
      { do: `POST /os-aggregates/${south}/action`, body: { add_host: { host: 'host2' } }, then: 409, says: `Cannot add host to aggregate ${south}. Reason: One or more hosts already in availability zone(s) ['north'].` },
      { do: 'GET /os-availability-zone', at: '2.1', then: 200, is: { availabilityZoneInfo: [{ zoneName: 'north', zoneState: { available: true }, hosts: null }, { zoneName: 'nova', zoneState: { available: true }, hosts: null }] } },
    ])
    const server = await cloud.boot(cloud.member, { name: 'one', availability_zone: 'north' })
    expect(server.status).toBe('ACTIVE')
    await exchange(cloud.admin, [
      { do: `PUT /os-aggregates/${north}`, body: { aggregate: { availability_zone: 'east' } }, then: 400, says: `Cannot update aggregate ${north}. Reason: One or more hosts contain instances in this zone.` },
      { do: `POST /os-aggregates/${north}/action`, body: { set_metadata: { metadata: { availability_zone: 'east' } } }, then: 400, says: `Cannot update metadata of aggregate ${north}. Reason: One or more hosts contain instances in this zone.` },
      { do: `POST /os-aggregates/${north}/action`, body: { set_metadata: { metadata: { other: 'x' } } }, then: 200 },
    ])
  })
})
