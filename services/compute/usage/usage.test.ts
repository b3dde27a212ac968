import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { startComputeCloud, type ComputeCloud } from '../testing/compute-cloud.ts'
import { exchange } from '../testing/exchange.ts'

describe.each(databases)('usage on %s', (_name, locate) => {
  let cloud: ComputeCloud
  let ids: string[]
  beforeAll(async () => {
    cloud = await startComputeCloud({ database: await locate() })
    ids = []
    for (const who of [cloud.member, cloud.member, cloud.other]) ids.push((await cloud.boot(who, { name: 'one' })).id)
    const { db } = cloud.compute.context()
    await db.updateTable('servers').set({ launched_at: '2026-01-01T00:00:00.000Z' }).where('id', 'in', ids).execute()
    await db.updateTable('servers').set({ terminated_at: '2026-01-02T00:00:00.000Z' }).where('id', '=', ids[0]!).execute()
    await db.updateTable('servers').set({ launched_at: '2026-01-02T12:00:00.000Z' }).where('id', '=', ids[1]!).execute()
  }, 180_000)
  afterAll(async () => { await cloud.stop() })

  const period = 'start=2026-01-01T12:00:00&end=2026-01-03T00:00:00.000000'

  it('of a project is the sum of its servers’ hours in a period', async () => {
    const usages = [
      { hours: 12, instance_id: ids[0], state: 'terminated', started_at: '2026-01-01T00:00:00.000000', ended_at: '2026-01-02T00:00:00.000000', uptime: 86_400 },
      { hours: 12, instance_id: ids[1], state: 'active', ended_at: null, flavor: 'm1.tiny', name: 'one', memory_mb: 64, local_gb: 1, vcpus: 1, tenant_id: 'alpha' },
    ].toSorted((a, b) => (a.instance_id! < b.instance_id! ? -1 : 1))
    const sums = { tenant_id: 'alpha', total_hours: 24, total_vcpus_usage: 24, total_memory_mb_usage: 1536, total_local_gb_usage: 24, start: '2026-01-01T12:00:00.000000', stop: '2026-01-03T00:00:00.000000' }
    await exchange(cloud.member, [
      { do: `GET /os-simple-tenant-usage/alpha?${period}`, then: 200, shows: { tenant_usage: { ...sums, server_usages: usages } } },
      { do: 'GET /os-simple-tenant-usage/alpha?start=2025-01-01T00:00:00&end=2025-01-02T00:00:00', then: 200, is: { tenant_usage: {} } },
      { do: `GET /os-simple-tenant-usage/beta?${period}`, then: 403 },
      { do: `GET /os-simple-tenant-usage?${period}`, then: 403 },
    ])
    await exchange(cloud.admin, [
      { do: `GET /os-simple-tenant-usage?${period}`, at: '2.1', then: 200, is: { tenant_usages: [sums, { ...sums, tenant_id: 'beta', total_hours: 36, total_vcpus_usage: 36, total_memory_mb_usage: 2304, total_local_gb_usage: 36 }] } },
      { do: `GET /os-simple-tenant-usage?${period}&detailed=1`, then: 200, shows: { tenant_usages: [{ server_usages: usages }, { server_usages: [{ instance_id: ids[2] }] }] } },
      { do: 'GET /os-simple-tenant-usage', then: 200 },
    ])
  })

  it('comes in pages of servers since 2.40', async () => {
    const { body } = await cloud.admin.get<{ tenant_usages: { tenant_id: string; server_usages: { instance_id: string }[] }[]; tenant_usages_links: { href: string }[] }>(`/v2.1/os-simple-tenant-usage?${period}&detailed=1&limit=2`, { 'openstack-api-version': 'compute 2.40' })
    expect(body.tenant_usages.map((t) => [t.tenant_id, t.server_usages.length])).toEqual([['alpha', 2]])
    const last = body.tenant_usages[0]!.server_usages[1]!.instance_id
    expect(body.tenant_usages_links[0]!.href).toContain(`marker=${last}`)
    await exchange(cloud.admin, [
      { do: `GET /os-simple-tenant-usage?${period}&detailed=1&marker=${last}`, then: 200, shows: { tenant_usages: [{ tenant_id: 'beta' }] } },
      { do: `GET /os-simple-tenant-usage?${period}&marker=none`, then: 400, says: 'marker [none] not found' },
    ])
  })

  it('refuses periods that are none', async () => {
    await exchange(cloud.admin, [
      { do: 'GET /os-simple-tenant-usage?start=yesterday', then: 400, says: 'Invalid datetime string: Datetime is in invalid format' },
      { do: 'GET /os-simple-tenant-usage?start=2026-02-30T99:00:00', then: 400 },
      { do: 'GET /os-simple-tenant-usage?start=2026-01-02T00:00:00&end=2026-01-01T00:00:00', then: 400, says: 'Invalid start time. The start time cannot occur after the end time.' },
      { do: 'GET /os-simple-tenant-usage?nonsense=1', at: '2.74', then: 200 },
      { do: 'GET /os-simple-tenant-usage?nonsense=1', at: '2.75', then: 400 },
    ])
  })
})
