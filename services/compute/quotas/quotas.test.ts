import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { startComputeCloud, type ComputeCloud } from '../testing/compute-cloud.ts'
import { exchange } from '../testing/exchange.ts'

describe.each(databases)('quotas on %s', (_name, locate) => {
  let cloud: ComputeCloud
  beforeAll(async () => { cloud = await startComputeCloud({ hosts: ['host1', 'host2'], database: await locate() }) }, 180_000)
  afterAll(async () => { await cloud.stop() })

  const latest = { instances: 10, cores: 20, ram: 51200, metadata_items: 128, key_pairs: 100, server_groups: 10, server_group_members: 10 }
  const files = { injected_files: 5, injected_file_content_bytes: 10240, injected_file_path_bytes: 255 }
  const networks = { fixed_ips: -1, floating_ips: -1, security_groups: -1, security_group_rules: -1 }

  it('of a project are shown, set and reset', async () => {
    await exchange(cloud.admin, [
      { do: 'GET /os-quota-sets/p1', then: 200, is: { quota_set: { id: 'p1', ...latest } } },
      { do: 'GET /os-quota-sets/p1', at: '2.56', then: 200, is: { quota_set: { id: 'p1', ...latest, ...files } } },
      { do: 'GET /os-quota-sets/p1/defaults', at: '2.1', then: 200, is: { quota_set: { id: 'p1', ...latest, ...files, ...networks } } },
      { do: 'PUT /os-quota-sets/p1', body: { quota_set: { cores: '40', force: 'True' } }, then: 200, is: { quota_set: { ...latest, cores: 40 } } },
      { do: 'GET /os-quota-sets/p1/detail', then: 200, shows: { quota_set: { id: 'p1', cores: { in_use: 0, limit: 40, reserved: 0 } } } },
      { do: 'PUT /os-quota-sets/p1', body: { quota_set: { injected_files: 3 } }, then: 400 },
      { do: 'PUT /os-quota-sets/p1', at: '2.56', body: { quota_set: { injected_files: 3 } }, then: 200 },
      { do: 'PUT /os-quota-sets/p1', at: '2.36', body: { quota_set: { floating_ips: 3 } }, then: 400 },
      { do: 'PUT /os-quota-sets/p1', at: '2.35', body: { quota_set: { networks: 3 } }, then: 400, says: 'The networks quota has been removed' },
      { do: 'PUT /os-quota-sets/p1', body: { quota_set: { cores: -2 } }, then: 400 },
      { do: 'PUT /os-quota-sets/p1', body: { quota_set: { nonsense: 1 } }, then: 400 },
      { do: 'DELETE /os-quota-sets/p1', then: 202 },
      { do: 'GET /os-quota-sets/p1', then: 200, is: { quota_set: { id: 'p1', ...latest } } },
    ])
  })

  it('of a user are a part of the project’s', async () => {
    await exchange(cloud.admin, [
      { do: 'PUT /os-quota-sets/p2?user_id=u1', body: { quota_set: { cores: 15 } }, then: 200, shows: { quota_set: { cores: 15, ram: 51200 } } },
      { do: 'PUT /os-quota-sets/p2?user_id=u2', body: { quota_set: { cores: 6 } }, then: 400, says: 'Quota limit 6 for cores must be less than or equal to 5.' },
      { do: 'PUT /os-quota-sets/p2', body: { quota_set: { cores: 14 } }, then: 400, says: 'Quota limit 14 for cores must be greater than or equal to already used and reserved 15.' },
      { do: 'PUT /os-quota-sets/p2', body: { quota_set: { cores: 14, force: true } }, then: 200 },
      { do: 'GET /os-quota-sets/p2?user_id=u1', then: 200, shows: { quota_set: { cores: 15 } } },
      { do: 'GET /os-quota-sets/p2?user_id=u3', then: 200, shows: { quota_set: { cores: 14 } } },
      { do: 'DELETE /os-quota-sets/p2?user_id=u1', then: 202 },
      { do: 'GET /os-quota-sets/p2?user_id=u1', then: 200, shows: { quota_set: { cores: 14 } } },
    ])
  })

  it('are what servers are counted against: the project’s, the user’s, the default class’s', async () => {
    const body = { server: { name: 's', imageRef: cloud.imageId, flavorRef: 'tiny', networks: 'none', max_count: 2, min_count: 2 } }
    const refused = (used: number, allowed: number): object => ({ forbidden: { code: 403, message: `Quota exceeded for instances: Requested 2, but already used ${used} of ${allowed} instances` } })
    const boot = { do: 'POST /servers', body }
    await exchange(cloud.admin, [{ do: 'PUT /os-quota-class-sets/default', body: { quota_class_set: { instances: 1 } }, then: 200, is: { quota_class_set: { ...latest, instances: 1 } } }])
    await exchange(cloud.member, [{ ...boot, then: 403, is: refused(0, 1) }])
    await exchange(cloud.admin, [
      { do: 'PUT /os-quota-sets/alpha', body: { quota_set: { instances: 5 } }, then: 200 },
      { do: 'PUT /os-quota-sets/alpha?user_id=alice', body: { quota_set: { instances: 3 } }, then: 200 },
    ])
    await exchange(cloud.member, [{ ...boot, then: 202 }, { ...boot, then: 403, is: refused(2, 3) }])
    await exchange(cloud.admin, [
      { do: 'PUT /os-quota-sets/alpha', body: { quota_set: { instances: 1 } }, then: 400, says: 'Quota limit 1 for instances must be greater than or equal to already used and reserved 3.' },
      { do: 'GET /os-quota-sets/alpha/detail?user_id=alice', then: 200, shows: { quota_set: { instances: { in_use: 2, limit: 3 }, ram: { in_use: 128 } } } },
      { do: 'GET /os-quota-class-sets/default', at: '2.1', then: 200, is: { quota_class_set: { id: 'default', ...files, ...networks, instances: 1, cores: 20, ram: 51200, metadata_items: 128, key_pairs: 100 } } },
      { do: 'GET /os-quota-class-sets/default', at: '2.50', then: 200, is: { quota_class_set: { id: 'default', ...latest, ...files, instances: 1 } } },
      { do: 'GET /limits?tenant_id=alpha', then: 200, is: { limits: { rate: [], absolute: {
        maxTotalInstances: 5, maxTotalCores: 20, maxTotalRAMSize: 51200, maxTotalKeypairs: 100, maxServerMeta: 128, maxServerGroups: 10, maxServerGroupMembers: 10,
        totalInstancesUsed: 2, totalCoresUsed: 2, totalRAMUsed: 128, totalServerGroupsUsed: 0,
      } } } },
      { do: 'PUT /os-quota-class-sets/default', body: { quota_class_set: { instances: 10 } }, then: 200 },
    ])
  })

  it('are for those they concern', async () => {
    await exchange(cloud.member, [
      { do: 'GET /os-quota-sets/alpha', then: 200 }, { do: 'GET /os-quota-sets/beta', then: 403 }, { do: 'GET /os-quota-sets/beta/defaults', then: 200 },
      { do: 'PUT /os-quota-sets/alpha', body: { quota_set: { cores: 1 } }, then: 403 }, { do: 'GET /os-quota-class-sets/default', then: 403 },
      { do: 'GET /limits', then: 200 }, { do: 'GET /limits?tenant_id=beta', then: 403 },
      { do: 'GET /limits', at: '2.1', then: 200, shows: { limits: { absolute: { maxImageMeta: 128, maxPersonality: 5, maxSecurityGroups: -1, totalFloatingIpsUsed: 0 } } } },
    ])
    expect((await cloud.member.get<{ limits: { absolute: object } }>('/v2.1/limits', { 'openstack-api-version': 'compute 2.39' })).body.limits.absolute).not.toHaveProperty('maxImageMeta')
  })
})
