import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { startComputeCloud, type ComputeCloud } from '../testing/compute-cloud.ts'
import { exchange } from '../testing/exchange.ts'

describe.each(databases)('services and zones on %s', (_name, locate) => {
  let cloud: ComputeCloud
  beforeAll(async () => { cloud = await startComputeCloud({ hosts: ['host1', 'host2'], database: await locate() }) }, 180_000)
  afterAll(async () => { await cloud.stop() })

  const seen = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/)

  it('are shown with the control services operators look for', async () => {
    await exchange(cloud.admin, [
      { do: 'GET /os-services', at: '2.1', then: 200, shows: { services: [
        { id: 1, binary: 'nova-scheduler', zone: 'internal', status: 'enabled', state: 'up' }, { id: 2, binary: 'nova-conductor', zone: 'internal', state: 'up' },
        { id: 3, binary: 'nova-compute', host: 'host1', zone: 'nova', status: 'enabled', state: 'up', updated_at: seen, disabled_reason: null }, { id: 4, host: 'host2' },
      ] } },
      { do: 'GET /os-services?binary=nova-compute&host=host2', then: 200, shows: { services: [{ id: expect.stringMatching(/^[0-9a-f-]{36}$/), host: 'host2', forced_down: false }] } },
      { do: 'GET /os-services?nonsense=1', at: '2.74', then: 200 },
      { do: 'GET /os-services?nonsense=1', at: '2.75', then: 400 },
      { do: 'GET /os-availability-zone/detail', then: 200, shows: { availabilityZoneInfo: [
        { zoneName: 'internal', zoneState: { available: true } },
        { zoneName: 'nova', hosts: { host1: { 'nova-compute': { active: true, available: true, updated_at: seen } }, host2: {} } },
      ] } },
    ])
    await exchange(cloud.member, [{ do: 'GET /os-availability-zone', then: 200 }, { do: 'GET /os-availability-zone/detail', then: 403 }, { do: 'GET /os-services', then: 403 }])
  })

  it('are enabled, disabled and forced down by name before 2.53', async () => {
    const body = { host: 'host1', binary: 'nova-compute' }
    await exchange(cloud.admin, [
      { do: 'PUT /os-services/disable', at: '2.1', body, then: 200, is: { service: { ...body, status: 'disabled' } } },
      { do: 'PUT /os-services/disable-log-reason', at: '2.1', body: { ...body, disabled_reason: 'broken' }, then: 200, is: { service: { ...body, status: 'disabled', disabled_reason: 'broken' } } },
      { do: 'PUT /os-services/disable-log-reason', at: '2.1', body, then: 400, says: 'Missing disabled reason field' },
      { do: 'GET /os-services?host=host1', at: '2.1', then: 200, shows: { services: [{ status: 'disabled', disabled_reason: 'broken' }] } },
      { do: 'PUT /os-services/enable', at: '2.1', body, then: 200, is: { service: { ...body, status: 'enabled' } } },
      { do: 'PUT /os-services/force-down', at: '2.10', body, then: 404, says: 'Unknown action' },
      { do: 'PUT /os-services/force-down', at: '2.11', body: { ...body, forced_down: true }, then: 200, is: { service: { ...body, forced_down: true } } },
      { do: 'GET /os-services?host=host1', at: '2.11', then: 200, shows: { services: [{ state: 'down', forced_down: true }] } },
      { do: 'PUT /os-services/force-down', at: '2.52', body: { ...body, forced_down: false }, then: 200 },
      { do: 'PUT /os-services/explode', at: '2.1', body, then: 404, says: 'Unknown action' },
      { do: 'PUT /os-services/enable', at: '2.1', body: { host: 'host1', binary: 'nova-scheduler' }, then: 400, says: 'Updating a nova-scheduler service is not supported. Only nova-compute services can be updated.' },
      { do: 'PUT /os-services/enable', at: '2.1', body: { host: 'none', binary: 'nova-compute' }, then: 404 },
    ])
  })

  it('are changed by id since 2.53; placement marks the disabled', async () => {
    const listed = await cloud.admin.get<{ services: { id: string; host: string }[] }>('/v2.1/os-services?binary=nova-compute', { 'openstack-api-version': 'compute 2.53' })
    const id = listed.body.services.find((s) => s.host === 'host2')!.id
    const marked = async (): Promise<string[]> =>
      (await cloud.placementAdmin.get<{ resource_providers: { name: string }[] }>('/resource_providers?required=COMPUTE_STATUS_DISABLED')).body.resource_providers.map((p) => p.name)
    await exchange(cloud.admin, [
      { do: `PUT /os-services/${id}`, body: { status: 'disabled', disabled_reason: 'work' }, then: 200, shows: { service: { id, status: 'disabled', disabled_reason: 'work', state: 'up', forced_down: false, zone: 'nova' } } },
      { do: `PUT /os-services/${id}`, body: { forced_down: 'true' }, then: 200, shows: { service: { status: 'disabled', state: 'down', forced_down: true } } },
      { do: `PUT /os-services/${id}`, body: {}, then: 400, says: "No updates were requested. Fields 'status' or 'forced_down' should be specified." },
      { do: `PUT /os-services/${id}`, body: { status: 'enabled', disabled_reason: 'x' }, then: 400, says: "Specifying 'disabled_reason' with status 'enabled' is invalid." },
      { do: 'PUT /os-services/3', body: { status: 'enabled' }, then: 400, says: 'Invalid uuid 3' },
      { do: 'PUT /os-services/00000000-0000-4000-8000-000000000000', body: { status: 'enabled' }, then: 404 },
    ])
    expect(await marked()).toEqual(['host2'])
    await exchange(cloud.admin, [{ do: `PUT /os-services/${id}`, body: { status: 'enabled', forced_down: false }, then: 200, shows: { service: { status: 'enabled', disabled_reason: null, state: 'up' } } }])
    expect(await marked()).toEqual([])
  })

  it('are forgotten when they run nothing', async () => {
    const server = await cloud.boot(cloud.member, { name: 'one' })
    const host = (await cloud.admin.get<{ server: Record<string, string> }>(`/v2.1/servers/${server.id}`)).body.server['OS-EXT-SRV-ATTR:host']!
    const free = host === 'host1' ? 'host2' : 'host1'
    const listed = await cloud.admin.get<{ services: { id: string; host: string }[] }>('/v2.1/os-services?binary=nova-compute', { 'openstack-api-version': 'compute 2.53' })
    const idOf = (name: string): string => listed.body.services.find((s) => s.host === name)!.id
    await cloud.stopHost(free)
    await exchange(cloud.admin, [
      { do: `DELETE /os-services/${idOf(host)}`, then: 409, says: 'Unable to delete compute service that is hosting instances. Migrate or delete the instances first.' },
      { do: `DELETE /os-services/${idOf(free)}`, then: 204 },
      { do: `DELETE /os-services/${idOf(free)}`, then: 404, says: `Service ${idOf(free)} not found.` },
      { do: 'DELETE /os-services/3', then: 400, says: 'Invalid uuid 3' },
      { do: 'DELETE /os-services/x', at: '2.52', then: 400, says: 'Invalid input received: id must be an integer' },
      { do: 'GET /os-services?binary=nova-compute', then: 200, shows: { services: [{ host }] } },
    ])
    expect((await cloud.placementAdmin.get<{ resource_providers: { name: string }[] }>('/resource_providers')).body.resource_providers.map((p) => p.name)).toEqual([host])
  })
})
