import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { client, type TestClient } from '#testkit/http.ts'
import { startBench, type Bench } from '#testkit/service-bench.ts'
import { ADMIN } from '#testkit/tokens.ts'
import type { PlacementContext } from '../context.ts'
import { placement } from '../service.ts'
import { claim, host } from '../testing/cloud.ts'
import { converse, id } from '../testing/conversation.ts'

describe.each(databases)('the reshaper on %s', (_name, locate) => {
  let bench: Bench<PlacementContext>
  let admin: TestClient
  beforeAll(async () => {
    bench = await startBench(placement, { database: await locate() })
    admin = client(bench.pipeline, ADMIN)
  })
  afterAll(async () => { await bench.stop() })

  const inventories = (generation: number, resources: Record<string, number>): object =>
    ({ resource_provider_generation: generation, inventories: Object.fromEntries(Object.entries(resources).map(([name, total]) => [name, { total }])) })

  it('moves an inventory to a child together with the claims on it', async () => {
    await host(admin, 1, { resources: { VCPU: 8, VGPU: 4 } })
    await host(admin, 2, { parent: 1 })
    const moved = { allocations: { [id(1)]: { resources: { VCPU: 2 } }, [id(2)]: { resources: { VGPU: 1 } } }, project_id: 'alpha', user_id: 'alice', consumer_generation: 1, consumer_type: 'INSTANCE' }
    await converse(admin, [
      { do: `PUT /allocations/${id(10)}`, body: claim(1, { VCPU: 2, VGPU: 1 }), then: 204 },
      { do: 'POST /reshaper', body: { inventories: { [id(1)]: inventories(3, { VCPU: 8 }), [id(2)]: inventories(2, { VGPU: 4 }) }, allocations: {} }, then: 409, says: "Inventory for 'VGPU'", code: 'placement.inventory.inuse' },
      { do: 'POST /reshaper', body: { inventories: { [id(1)]: inventories(9, { VCPU: 8 }) }, allocations: {} }, then: 409, says: `resource provider generation conflict for provider ${id(1)}: actual: 3, given: 9`, code: 'placement.concurrent_update' },
      { do: 'POST /reshaper', body: { inventories: { [id(9)]: inventories(0, { VCPU: 8 }) }, allocations: {} }, then: 400, says: `Resource provider ${id(9)} in inventories not found`, code: 'placement.resource_provider.not_found' },
      { do: 'POST /reshaper', body: { inventories: { [id(1)]: inventories(3, { NOPE: 8 }) }, allocations: {} }, then: 400, says: 'malformed reshaper data: No such resource class NOPE.' },
      { do: 'POST /reshaper', body: { inventories: {}, allocations: {} }, then: 400, says: 'does not have enough properties' },
      { do: 'POST /reshaper', body: { inventories: { [id(1)]: inventories(3, { VCPU: 8 }), [id(2)]: inventories(2, { VGPU: 4 }) }, allocations: { [id(10)]: { ...moved, consumer_generation: 5 } } }, then: 409, says: 'expected 1 but got 5' },
      { do: `GET /resource_providers/${id(1)}/inventories`, then: 200, shows: { resource_provider_generation: 3, inventories: { VCPU: { total: 8 }, VGPU: { total: 4 } } } },
      { do: 'POST /reshaper', body: { inventories: { [id(1)]: inventories(3, { VCPU: 8 }), [id(2)]: inventories(2, { VGPU: 4 }) }, allocations: { [id(10)]: moved } }, then: 204 },
      { do: `GET /resource_providers/${id(1)}/usages`, then: 200, shows: { usages: { VCPU: 2 } } },
      { do: `GET /resource_providers/${id(2)}/usages`, then: 200, shows: { usages: { VGPU: 1 } } },
      { do: `GET /allocations/${id(10)}`, then: 200, shows: { consumer_generation: 2, allocations: { [id(1)]: { resources: { VCPU: 2 } }, [id(2)]: { resources: { VGPU: 1 } } } } },
    ])
    const inventory = await admin.get<{ inventories: object }>(`/resource_providers/${id(1)}/inventories`)
    expect(Object.keys(inventory.body.inventories)).toEqual(['VCPU'])
  })

  it('knows claims of older versions', async () => {
    await host(admin, 20, { resources: { VCPU: 8 } })
    const { consumer_type: _type, ...plain } = claim(20, { VCPU: 2 }) as Record<string, unknown>
    const body = (generation: number, allocations: object): object => ({ inventories: { [id(20)]: inventories(generation, { VCPU: 9 }) }, allocations })
    await converse(admin, [
      { do: 'POST /reshaper', at: '1.33', body: body(2, { [id(21)]: { ...plain, mappings: { '': [id(20)] } } }), then: 400 },
      { do: 'POST /reshaper', at: '1.30', body: body(2, { [id(21)]: plain }), then: 204 },
      { do: 'POST /reshaper', at: '1.38', body: body(4, { [id(21)]: { ...plain, consumer_generation: 1 } }), then: 400, says: "'consumer_type' is a required property" },
      { do: 'POST /reshaper', at: '1.34', body: body(4, { [id(21)]: { ...plain, consumer_generation: 1, mappings: { '': [id(20)] } } }), then: 204 },
    ])
  })
})
