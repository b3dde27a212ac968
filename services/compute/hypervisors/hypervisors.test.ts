import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { startComputeCloud, type ComputeCloud } from '../testing/compute-cloud.ts'
import { exchange } from '../testing/exchange.ts'

describe.each(databases)('hypervisors on %s', (_name, locate) => {
  let cloud: ComputeCloud
  beforeAll(async () => { cloud = await startComputeCloud({ hosts: ['host1', 'host2'], database: await locate() }) }, 180_000)
  afterAll(async () => { await cloud.stop() })

  it('are shown by what they are and what is used of them', async () => {
    const server = await cloud.boot(cloud.member, { name: 'one' })
    const host = (await cloud.admin.get<{ server: Record<string, string> }>(`/v2.1/servers/${server.id}`)).body.server['OS-EXT-SRV-ATTR:host']!
    const number = host === 'host1' ? 3 : 4
    const detail = {
      id: number, hypervisor_hostname: host, state: 'up', status: 'enabled', hypervisor_type: 'fake', service: { id: number, host, disabled_reason: null },
      vcpus: 1000, vcpus_used: 1, memory_mb: 1048576, memory_mb_used: 576, free_ram_mb: 1048000, local_gb: 10000, local_gb_used: 1, free_disk_gb: 9999, running_vms: 1, current_workload: 0,
    }
    const hosted = { name: 'instance-00000001', uuid: server.id }
    await exchange(cloud.admin, [
      { do: `GET /os-hypervisors/${number}`, at: '2.1', then: 200, shows: { hypervisor: { ...detail, cpu_info: expect.stringContaining('"arch"') } } },
      { do: `GET /os-hypervisors/${number}`, at: '2.28', then: 200, shows: { hypervisor: { cpu_info: { arch: 'x86_64' } } } },
      { do: 'GET /os-hypervisors', at: '2.1', then: 200, is: { hypervisors: [3, 4].map((id) => ({ id, hypervisor_hostname: `host${id - 2}`, state: 'up', status: 'enabled' })) } },
      { do: 'GET /os-hypervisors/statistics', at: '2.87', then: 200, shows: { hypervisor_statistics: { count: 2, vcpus: 2000, vcpus_used: 1, running_vms: 1, memory_mb_used: 1088 } } },
      { do: 'GET /os-hypervisors/statistics', at: '2.88', then: 404 },
      { do: `GET /os-hypervisors/${host}/servers`, at: '2.52', then: 200, shows: { hypervisors: [{ id: number, servers: [hosted] }] } },
      { do: `GET /os-hypervisors/${host}/servers`, at: '2.53', then: 404 },
      { do: `GET /os-hypervisors?with_servers=true&hypervisor_hostname_pattern=${host}`, at: '2.53', then: 200, shows: { hypervisors: [{ servers: [hosted] }] } },
      { do: 'GET /os-hypervisors/nope/search', at: '2.1', then: 404, says: "No hypervisor matching 'nope' could be found." },
      { do: 'GET /os-hypervisors?hypervisor_hostname_pattern=nope', then: 404, says: "No hypervisor matching 'nope' could be found." },
      { do: 'GET /os-hypervisors?hypervisor_hostname_pattern=host&limit=1', then: 400, says: 'Paging over hypervisors with the hypervisor_hostname_pattern query parameter is not supported.' },
      { do: `GET /os-hypervisors/${number}/uptime`, at: '2.1', then: 200, shows: { hypervisor: { id: number, uptime: expect.stringContaining('load average') } } },
      { do: 'GET /os-hypervisors/99', at: '2.1', then: 404, says: "Hypervisor with ID '99' could not be found." },
      { do: 'GET /os-hypervisors/99', then: 400, says: 'Invalid uuid 99' },
    ])
    await exchange(cloud.member, [{ do: 'GET /os-hypervisors', then: 403 }])
  })

  it('show uptime instead of amounts since 2.88', async () => {
    const { body } = await cloud.admin.get<{ hypervisors: Record<string, unknown>[] }>('/v2.1/os-hypervisors/detail', { 'openstack-api-version': 'compute 2.88' })
    expect(Object.keys(body.hypervisors[0]!).toSorted()).toEqual(['host_ip', 'hypervisor_hostname', 'hypervisor_type', 'hypervisor_version', 'id', 'service', 'state', 'status', 'uptime'])
    expect(body.hypervisors[0]).toMatchObject({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), service: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) } })
    await exchange(cloud.admin, [
      { do: `GET /os-hypervisors/${String(body.hypervisors[0]!['id'])}?with_servers=1`, then: 200, shows: { hypervisor: { servers: expect.any(Array) } } },
      { do: `GET /os-hypervisors/${String(body.hypervisors[0]!['id'])}/uptime`, then: 404 },
    ])
  })

  it('come in pages since 2.33', async () => {
    await exchange(cloud.admin, [
      { do: 'GET /os-hypervisors?limit=1', at: '2.33', then: 200, shows: { hypervisors: [{ id: 3 }], hypervisors_links: [{ rel: 'next', href: 'http://cloud.test/v2.1/os-hypervisors?limit=1&marker=3' }] } },
      { do: 'GET /os-hypervisors/detail?limit=1&marker=3', at: '2.33', then: 200, shows: { hypervisors: [{ id: 4 }] } },
      { do: 'GET /os-hypervisors?marker=4', at: '2.33', then: 200, is: { hypervisors: [] } },
      { do: 'GET /os-hypervisors?marker=99', at: '2.33', then: 400, says: 'marker [99] not found' },
      { do: 'GET /os-hypervisors?limit=1', at: '2.32', then: 200, shows: { hypervisors: [{ id: 3 }, { id: 4 }] } },
    ])
  })
})
