/** What `why` tells of servers and hosts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Explanation } from '#core/service/explain.ts'
import { databases } from '#testkit/databases.ts'
import { startComputeCloud, type ComputeCloud } from '../testing/compute-cloud.ts'
import { explain } from './explain.ts'

describe.each(databases)('why on %s', (_name, locate) => {
  let cloud: ComputeCloud
  beforeAll(async () => {
    cloud = await startComputeCloud({ hosts: ['host1', 'host2'], database: await locate(), fake: { memoryMiB: 2048 } })
    await cloud.admin.post('/v2.1/flavors', { flavor: { id: 'big', name: 'm1.big', ram: 4096, vcpus: 1, disk: 1 } })
  })
  afterAll(() => cloud.stop())

  async function why(id: string): Promise<Explanation> {
    return (await explain(cloud.compute.context(), id))!
  }

  it('tells of a server that runs, and of its host', async () => {
    const server = await cloud.boot(cloud.member, { name: 'one' })
    const told = await why(server.id)
    expect(told).toMatchObject({ type: 'server', name: 'one', status: 'ACTIVE', advice: [] })
    expect(told.problem).toBeUndefined()
    expect(Object.fromEntries(told.facts)).toMatchObject({ host: expect.stringMatching(/^host[12] \(up\)$/), flavor: 'm1.tiny (1 VCPU, 64 MiB memory, 1 GiB disk)', addresses: expect.stringContaining('10.0.') })
    expect(told.related.map((r) => r.type)).toEqual(['port', 'image', 'compute host'])
    const host = await why(told.related[2]!.id)
    expect(host).toMatchObject({ type: 'compute host', status: 'up, enabled', advice: [] })
    expect(Object.fromEntries(host.facts)).toMatchObject({ has: '1000 CPUs, 2048 MiB memory, 10000 GiB disk', servers: '1 ACTIVE', free: expect.stringContaining('MEMORY_MB 1472 of 1536') })
    expect((await why(host.id)).name).toBe(host.name)
    await cloud.member.delete(`/v2.1/servers/${server.id}`)
    await cloud.settled()
    expect(await why(server.id)).toMatchObject({ status: 'DELETED', advice: [] })
    expect(await explain(cloud.compute.context(), crypto.randomUUID())).toBeUndefined()
  })

  it('says what is short when no host will do, and what fits', async () => {
    const server = await cloud.boot(cloud.member, { flavorRef: 'big' })
    const told = await why(server.id)
    expect(told.status).toBe('ERROR')
    expect(told.problem).toContain('host1: MEMORY_MB: needs 4096, 1536 of 1536 free (capacity); host2: ')
    expect(told.advice).toEqual([
      'host1 comes nearest: it is short of MEMORY_MB by 2560.', 'Use flavor m1.tiny (1 VCPU, 64 MiB, 1 GiB), which fits on host1 now.', `Then delete it and create it again: openstack server delete ${server.id}`,
    ])
  })

  it('says what to ask for instead of what no host has', async () => {
    await cloud.admin.post('/v2.1/flavors', { flavor: { id: 'pinned', name: 'pinned', ram: 64, vcpus: 1, disk: 1 } })
    await cloud.admin.post('/v2.1/flavors/pinned/os-extra_specs', { extra_specs: { 'hw:cpu_policy': 'dedicated' } })
    const server = await cloud.boot(cloud.member, { flavorRef: 'pinned' })
    expect((await why(server.id)).advice).toEqual([
      'Use a flavor and an image that do not ask for it: openstack flavor unset --property, openstack image unset --property', `Then delete it and create it again: openstack server delete ${server.id}`,
    ])
  })

  it('says which hosts to put to use', async () => {
    const { services } = (await cloud.admin.get<{ services: { id: string; host: string; binary: string }[] }>('/v2.1/os-services', { 'openstack-api-version': 'compute 2.93' })).body
    const computes = services.filter((s) => s.binary === 'nova-compute')
    for (const { id } of computes) expect((await cloud.admin.put(`/v2.1/os-services/${id}`, { status: 'disabled' }, { 'openstack-api-version': 'compute 2.93' })).status).toBe(200)
    await cloud.settled()
    const server = await cloud.boot(cloud.member)
    const told = await why(server.id)
    expect(told.problem).toContain('No valid host was found.')
    expect(told.advice.slice(0, 2)).toEqual(['host1', 'host2'].map((host) => `Put ${host} to use again: openstack compute service set --enable ${host} nova-compute`))
    expect(await why('host1')).toMatchObject({ status: 'up, disabled', problem: 'It takes no new servers: it is disabled.' })
  })
})
