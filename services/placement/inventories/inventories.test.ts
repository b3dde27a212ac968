import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { client, type TestClient } from '#testkit/http.ts'
import { startBench, type Bench } from '#testkit/service-bench.ts'
import { ADMIN } from '#testkit/tokens.ts'
import type { PlacementContext } from '../context.ts'
import { placement } from '../service.ts'
import { claim, host } from '../testing/cloud.ts'
import { converse, id } from '../testing/conversation.ts'

describe.each(databases)('inventories on %s', (_name, locate) => {
  let bench: Bench<PlacementContext>
  let admin: TestClient
  beforeAll(async () => {
    bench = await startBench(placement, { database: await locate() })
    admin = client(bench.pipeline, ADMIN)
  })
  afterAll(async () => { await bench.stop() })

  it('are added, shown, changed and removed one by one', async () => {
    await host(admin, 1)
    const path = `/resource_providers/${id(1)}/inventories`
    const rest = { reserved: 0, min_unit: 1, max_unit: 2147483647, step_size: 1, allocation_ratio: 1 }
    await converse(admin, [
      { do: `GET ${path}`, then: 200, is: { resource_provider_generation: 2, inventories: {} } },
      { do: `POST ${path}`, body: { resource_class: 'VCPU', total: 8 }, then: 201, is: { total: 8, ...rest, resource_provider_generation: 3 } },
      { do: `POST ${path}`, body: { resource_class: 'VCPU', total: 8 }, then: 409, says: 'Update conflict', code: 'placement.concurrent_update' },
      { do: `POST ${path}`, body: { resource_class: 'NOPE', total: 8 }, then: 400, says: `Unable to create inventory for resource provider ${id(1)}: No such resource class NOPE.` },
      { do: `POST ${path}`, body: { resource_class: 'nope', total: 8 }, then: 400, says: "'nope' does not match '^[A-Z0-9_]+$'" },
      { do: `GET ${path}/VCPU`, then: 200, is: { total: 8, ...rest, resource_provider_generation: 3 } },
      { do: `GET ${path}/DISK_GB`, then: 404, says: `No inventory of class DISK_GB for ${id(1)}` },
      { do: `PUT ${path}/VCPU`, body: { total: 16, reserved: 1, resource_provider_generation: 3 }, then: 200, is: { total: 16, ...rest, reserved: 1, resource_provider_generation: 4 } },
      { do: `PUT ${path}/VCPU`, body: { total: 16, resource_provider_generation: 3 }, then: 409, says: 'resource provider generation conflict', code: 'placement.concurrent_update' },
      { do: `PUT ${path}/DISK_GB`, body: { total: 16, resource_provider_generation: 4 }, then: 400, says: 'No inventory record with resource class' },
      { do: `PUT ${path}/NOPE`, body: { total: 16, resource_provider_generation: 4 }, then: 404, says: 'No such resource class NOPE.' },
      { do: `DELETE ${path}/DISK_GB`, then: 404, says: 'No inventory of class DISK_GB found for delete' },
      { do: `DELETE ${path}/NOPE`, then: 404, says: 'No such resource class NOPE.' },
      { do: `DELETE ${path}/VCPU`, then: 204 },
      { do: `GET ${path}`, then: 200, is: { resource_provider_generation: 5, inventories: {} } },
      { do: `GET /resource_providers/${id(99)}/inventories`, then: 404 },
    ])
  })

  it('are set all at once', async () => {
    await host(admin, 2, { resources: { VCPU: 4, DISK_GB: 10 } })
    const path = `/resource_providers/${id(2)}/inventories`
    const set = (generation: number, inventories: object): object => ({ resource_provider_generation: generation, inventories })
    await converse(admin, [
      { do: `PUT ${path}`, body: set(1, { VCPU: { total: 2 } }), then: 409, says: 'resource provider generation conflict', code: 'placement.concurrent_update' },
      { do: `PUT ${path}`, body: set(2, { VCPU: { total: 2 }, MEMORY_MB: { total: 512, allocation_ratio: 1.5 } }), then: 200, shows: { resource_provider_generation: 3, inventories: { VCPU: { total: 2 }, MEMORY_MB: { total: 512, allocation_ratio: 1.5 } } } },
      { do: `PUT ${path}`, body: set(3, { NOPE: { total: 2 } }), then: 400, says: 'Unknown resource class in inventory for resource provider' },
      { do: `PUT ${path}`, body: set(3, { lower: 'anything' }), then: 400, says: 'No such resource class lower.' },
      { do: `PUT ${path}`, body: set(3, { VCPU: { total: 0 } }), then: 400, says: '0 is less than the minimum of 1' },
      { do: `PUT ${path}`, body: set(3, { VCPU: { total: 2147483648 } }), then: 400, says: '2147483648 is greater than the maximum of 2147483647' },
      { do: `PUT ${path}`, body: { inventories: {} }, then: 400, says: "'resource_provider_generation' is a required property" },
      { do: `GET ${path}`, then: 200, shows: { resource_provider_generation: 3 } },
      { do: `DELETE ${path}`, then: 204 },
      { do: `GET ${path}`, then: 200, is: { resource_provider_generation: 4, inventories: {} } },
    ])
  })

  it('must leave something to allocate before 1.26, and may be reserved whole since', async () => {
    await host(admin, 3)
    const path = `/resource_providers/${id(3)}/inventories`
    const whole = { resource_provider_generation: 2, inventories: { VCPU: { total: 4, reserved: 4 } } }
    await converse(admin, [
      { do: `PUT ${path}`, at: '1.25', body: whole, then: 400, says: 'The reserved value is greater than or equal to total.' },
      { do: `POST ${path}`, at: '1.25', body: { resource_class: 'VCPU', total: 4, reserved: 4 }, then: 400, says: 'Unable to create inventory' },
      { do: `PUT ${path}`, at: '1.26', body: whole, then: 200 },
      { do: `PUT ${path}`, at: '1.26', body: { ...whole, resource_provider_generation: 3, inventories: { VCPU: { total: 4, reserved: 5 } } }, then: 400, says: 'The reserved value is greater than total.' },
    ])
  })

  it('may shrink below what is used, but not go', async () => {
    await host(admin, 4, { resources: { VCPU: 4, DISK_GB: 10 } })
    const path = `/resource_providers/${id(4)}/inventories`
    await converse(admin, [
      { do: `PUT /allocations/${id(40)}`, body: claim(4, { VCPU: 4 }), then: 204 },
      { do: `DELETE ${path}`, then: 409, says: `Inventory for 'VCPU' on resource provider '${id(4)}' in use.`, code: 'placement.inventory.inuse' },
      { do: `DELETE ${path}/VCPU`, then: 409, says: 'Unable to delete inventory of class VCPU' },
      { do: `PUT ${path}`, body: { resource_provider_generation: 3, inventories: { DISK_GB: { total: 10 } } }, then: 409, says: "update conflict: Inventory for 'VCPU'", code: 'placement.inventory.inuse' },
      { do: `PUT ${path}`, body: { resource_provider_generation: 3, inventories: { VCPU: { total: 1 } } }, then: 200 },
      { do: `GET /resource_providers/${id(4)}/usages`, then: 200, is: { resource_provider_generation: 4, usages: { VCPU: 4 } } },
      { do: 'GET /allocation_candidates?resources=VCPU:1', then: 200, is: { allocation_requests: [], provider_summaries: {} } },
      { do: `DELETE /allocations/${id(40)}`, then: 204 },
    ])
  })

  it('let one of many writers win', async () => {
    await host(admin, 5)
    const path = `/resource_providers/${id(5)}/inventories`
    const write = async (total: number): Promise<number> => (await admin.put(path, { resource_provider_generation: 2, inventories: { VCPU: { total } } })).status
    const statuses = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(write))
    expect(statuses.toSorted()).toEqual([200, 409, 409, 409, 409, 409, 409, 409])
  })
})
