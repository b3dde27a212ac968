import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { client, type TestClient } from '#testkit/http.ts'
import { startBench, type Bench } from '#testkit/service-bench.ts'
import { ADMIN } from '#testkit/tokens.ts'
import type { PlacementContext } from '../context.ts'
import { placement } from '../service.ts'
import { claim, host } from '../testing/cloud.ts'
import { converse, id } from '../testing/conversation.ts'

describe.each(databases)('allocations on %s', (_name, locate) => {
  let bench: Bench<PlacementContext>
  let admin: TestClient
  beforeAll(async () => {
    bench = await startBench(placement, { database: await locate() })
    admin = client(bench.pipeline, ADMIN)
  })
  afterAll(async () => { await bench.stop() })

  it('are claimed, shown, changed and given back', async () => {
    await host(admin, 1, { resources: { VCPU: 8, MEMORY_MB: 1024 } })
    await host(admin, 2, { resources: { DISK_GB: 100 } })
    const mine = `/allocations/${id(10)}`
    const both = { ...claim(1, { VCPU: 2, MEMORY_MB: 512 }), allocations: { [id(1)]: { resources: { VCPU: 2, MEMORY_MB: 512 } }, [id(2)]: { resources: { DISK_GB: 10 } } }, mappings: { '': [id(1)], _D: [id(2)] } }
    await converse(admin, [
      { do: `GET ${mine}`, then: 200, is: { allocations: {} } },
      { do: `PUT ${mine}`, body: both, then: 204 },
      { do: `GET ${mine}`, then: 200, is: {
        allocations: { [id(1)]: { resources: { VCPU: 2, MEMORY_MB: 512 }, generation: 3 }, [id(2)]: { resources: { DISK_GB: 10 }, generation: 3 } },
        project_id: 'alpha', user_id: 'alice', consumer_generation: 1, consumer_type: 'INSTANCE',
      } },
      { do: `GET /resource_providers/${id(2)}/allocations`, then: 200, is: { allocations: { [id(10)]: { resources: { DISK_GB: 10 }, consumer_generation: 1 } }, resource_provider_generation: 3 } },
      { do: `GET /resource_providers/${id(2)}/allocations`, at: '1.27', then: 200, is: { allocations: { [id(10)]: { resources: { DISK_GB: 10 } } }, resource_provider_generation: 3 } },
      { do: `GET /resource_providers/${id(9)}/allocations`, then: 404 },
      { do: `PUT ${mine}`, body: { ...claim(1, { VCPU: 4 }, 1), user_id: 'bob', consumer_type: 'MIGRATION' }, then: 204 },
      { do: `GET ${mine}`, then: 200, shows: { allocations: { [id(1)]: { resources: { VCPU: 4 } } }, user_id: 'bob', consumer_generation: 2, consumer_type: 'MIGRATION' } },
      { do: `GET /resource_providers/${id(2)}/usages`, then: 200, shows: { usages: { DISK_GB: 0 } } },
      { do: `DELETE ${mine}`, then: 204 },
      { do: `DELETE ${mine}`, then: 404, says: `No allocations for consumer '${id(10)}'` },
      { do: `GET /resource_providers/${id(1)}/usages`, then: 200, shows: { usages: { VCPU: 0, MEMORY_MB: 0 } } },
    ])
  })

  it('look as they did in older versions', async () => {
    await host(admin, 3, { resources: { VCPU: 8 } })
    const mine = `/allocations/${id(30)}`
    const listed = { allocations: [{ resource_provider: { uuid: id(3) }, resources: { VCPU: 1 } }] }
    const { consumer_generation: _g, consumer_type: _t, ...plain } = claim(3, { VCPU: 2 }) as Record<string, unknown>
    await converse(admin, [
      { do: `PUT ${mine}`, at: '1.7', body: listed, then: 204 },
      { do: `GET ${mine}`, then: 200, shows: { project_id: '00000000-0000-0000-0000-000000000000', consumer_type: 'unknown', consumer_generation: 1 } },
      { do: `PUT ${mine}`, at: '1.7', body: { ...listed, project_id: 'p', user_id: 'u' }, then: 400 },
      { do: `PUT ${mine}`, at: '1.8', body: listed, then: 400, says: "'project_id' is a required property" },
      { do: `PUT ${mine}`, at: '1.11', body: { ...listed, project_id: 'p', user_id: 'u' }, then: 204 },
      { do: `GET ${mine}`, at: '1.11', then: 200, is: { allocations: { [id(3)]: { resources: { VCPU: 1 }, generation: 4 } } } },
      { do: `PUT ${mine}`, at: '1.12', body: { ...listed, project_id: 'p', user_id: 'u' }, then: 400 },
      { do: `PUT ${mine}`, at: '1.12', body: plain, then: 204 },
      { do: `GET ${mine}`, at: '1.27', then: 200, is: { allocations: { [id(3)]: { resources: { VCPU: 2 }, generation: 5 } }, project_id: 'alpha', user_id: 'alice' } },
      { do: `PUT ${mine}`, at: '1.27', body: { ...plain, allocations: {} }, then: 400, says: '{} does not have enough properties' },
      { do: `PUT ${mine}`, at: '1.27', body: { ...plain, consumer_generation: 3 }, then: 400, says: 'consumer_generation' },
      { do: `PUT ${mine}`, at: '1.28', body: plain, then: 400, says: "'consumer_generation' is a required property" },
      { do: `PUT ${mine}`, at: '1.28', body: { ...plain, consumer_generation: 3 }, then: 204 },
      { do: `PUT ${mine}`, at: '1.33', body: { ...plain, consumer_generation: 4, mappings: { '': [id(3)] } }, then: 400 },
      { do: `PUT ${mine}`, at: '1.34', body: { ...plain, consumer_generation: 4, mappings: { '': [id(3)] } }, then: 204 },
      { do: `PUT ${mine}`, at: '1.38', body: { ...plain, consumer_generation: 5 }, then: 400, says: "'consumer_type' is a required property" },
      { do: `PUT ${mine}`, at: '1.28', body: { ...plain, allocations: {}, consumer_generation: 5 }, then: 204 },
      { do: `GET ${mine}`, then: 200, is: { allocations: {} } },
    ])
  })

  it('keep to what an inventory gives out', async () => {
    await host(admin, 4, { resources: { VCPU: { total: 4, allocation_ratio: 2.5 }, MEMORY_MB: { total: 1024, reserved: 256, min_unit: 128, max_unit: 512, step_size: 64 } } })
    const put = (resources: Record<string, number>, then: number, says?: string): Parameters<typeof converse>[1][number] =>
      ({ do: `PUT /allocations/${id(40)}`, body: claim(4, resources), then, ...(says === undefined ? {} : { says }) })
    const outOfStep = `Unable to create allocation for 'MEMORY_MB' on resource provider '${id(4)}'. The requested amount would violate inventory constraints.`
    await converse(admin, [
      put({ VCPU: 11 }, 409, `Unable to allocate inventory: Unable to create allocation for 'VCPU' on resource provider '${id(4)}'. The requested amount would exceed the capacity.`),
      put({ MEMORY_MB: 64 }, 409, outOfStep),
      put({ MEMORY_MB: 130 }, 409, outOfStep),
      put({ MEMORY_MB: 576 }, 409, outOfStep),
      put({ DISK_GB: 1 }, 409, `Inventory for 'DISK_GB' on resource provider '${id(4)}' invalid.`),
      put({ NOPE: 1 }, 400, `Unable to allocate inventory for consumer ${id(40)}: No such resource class NOPE.`),
      put({ VCPU: 0 }, 400, '0 is less than the minimum of 1'),
      put({}, 400, '{} does not have enough properties'),
      { do: `PUT /allocations/${id(40)}`, body: claim(99, { VCPU: 1 }), then: 400, says: `Allocation for resource provider '${id(99)}' that does not exist.` },
      { do: 'PUT /allocations/x', body: claim(4, { VCPU: 1 }), then: 400, says: 'Malformed consumer_uuid: x' },
      { do: `GET /resource_providers/${id(4)}/usages`, then: 200, is: { resource_provider_generation: 2, usages: { VCPU: 0, MEMORY_MB: 0 } } },
      put({ VCPU: 10, MEMORY_MB: 512 }, 204),
      { do: `PUT /allocations/${id(41)}`, body: claim(4, { MEMORY_MB: 320 }), then: 409, says: 'would exceed the capacity' },
      { do: `PUT /allocations/${id(41)}`, body: claim(4, { MEMORY_MB: 256 }), then: 204 },
    ])
  })

  it('are guarded by the consumer’s generation', async () => {
    await host(admin, 5, { resources: { VCPU: 8 } })
    const mine = `/allocations/${id(50)}`
    await converse(admin, [
      { do: `PUT ${mine}`, body: claim(5, { VCPU: 1 }, 7), then: 409, says: 'consumer generation conflict - expected null but got 7', code: 'placement.concurrent_update' },
      { do: `PUT ${mine}`, body: claim(5, { VCPU: 1 }, null), then: 204 },
      { do: `PUT ${mine}`, body: claim(5, { VCPU: 1 }, null), then: 409, says: 'consumer generation conflict - expected 1 but got None', code: 'placement.concurrent_update' },
      { do: `PUT ${mine}`, body: claim(5, { VCPU: 2 }, 1), then: 204 },
      { do: `PUT ${mine}`, body: { ...claim(5, {}, 2), allocations: {} }, then: 204 },
      { do: `PUT ${mine}`, body: claim(5, { VCPU: 1 }, null), then: 204 },
      { do: `PUT /allocations/${id(51)}`, body: { ...claim(5, {}, null), allocations: {} }, then: 204 },
      { do: `GET /allocations/${id(51)}`, then: 200, is: { allocations: {} } },
    ])
  })

  it('of many consumers are all written, or none', async () => {
    await host(admin, 6, { resources: { VCPU: 4 } })
    await host(admin, 7, { resources: { VCPU: 4 } })
    const [server, migration] = [id(60), id(61)]
    await converse(admin, [
      { do: `PUT /allocations/${server}`, body: claim(6, { VCPU: 4 }), then: 204 },
      { do: 'POST /allocations', body: { [server]: claim(7, { VCPU: 4 }, 1), [migration]: claim(6, { VCPU: 5 }) }, then: 409, says: 'would exceed the capacity' },
      { do: 'POST /allocations', body: { [server]: claim(7, { VCPU: 4 }, 9), [migration]: claim(6, { VCPU: 4 }) }, then: 409, says: 'expected 1 but got 9' },
      { do: `GET /allocations/${server}`, then: 200, shows: { allocations: { [id(6)]: { resources: { VCPU: 4 } } }, consumer_generation: 1 } },
      { do: `GET /allocations/${migration}`, then: 200, is: { allocations: {} } },
      { do: 'POST /allocations', body: { [server]: claim(7, { VCPU: 4 }, 1), [migration]: claim(6, { VCPU: 4 }) }, then: 204 },
      { do: 'POST /allocations', body: { [server]: { ...claim(7, {}, 2), allocations: {} }, [migration]: claim(6, { VCPU: 1 }, 1) }, then: 204 },
      { do: `GET /resource_providers/${id(6)}/usages`, then: 200, shows: { usages: { VCPU: 1 } } },
      { do: `GET /resource_providers/${id(7)}/usages`, then: 200, shows: { usages: { VCPU: 0 } } },
      { do: 'POST /allocations', body: {}, then: 400, says: '{} does not have enough properties' },
      { do: 'POST /allocations', body: { x: claim(6, { VCPU: 1 }) }, then: 400 },
      { do: 'POST /allocations', body: { [server]: claim(6, { NOPE: 1 }), [migration]: claim(6, { VCPU: 1 }, 2) }, then: 400, says: 'No such resource class NOPE.' },
    ])
  })

  it('never take more than there is, however many claim at once', async () => {
    await host(admin, 8, { resources: { VCPU: 10, MEMORY_MB: 1000 } })
    const put = async (n: number): Promise<number> =>
      (await admin.put(`/allocations/${id(800 + n)}`, claim(8, { VCPU: 1, MEMORY_MB: 10 }), { 'openstack-api-version': 'placement 1.39' })).status
    const statuses = await Promise.all(Array.from({ length: 25 }, (_, n) => put(n)))
    expect(statuses.filter((status) => status === 204)).toHaveLength(10)
    expect(statuses.filter((status) => status === 409)).toHaveLength(15)
    await converse(admin, [{ do: `GET /resource_providers/${id(8)}/usages`, then: 200, shows: { usages: { VCPU: 10, MEMORY_MB: 100 } } }])
  })

  it('of one consumer are written by one of many who claim at once', async () => {
    await host(admin, 9, { resources: { VCPU: 100 } })
    const put = async (n: number): Promise<number> =>
      (await admin.put(`/allocations/${id(900)}`, claim(9, { VCPU: n }), { 'openstack-api-version': 'placement 1.39' })).status
    const statuses = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(put))
    expect(statuses.toSorted()).toEqual([204, 409, 409, 409, 409, 409, 409, 409])
    const winner = statuses.indexOf(204) + 1
    await converse(admin, [{ do: `GET /resource_providers/${id(9)}/usages`, then: 200, shows: { usages: { VCPU: winner } } }])
  })
})
