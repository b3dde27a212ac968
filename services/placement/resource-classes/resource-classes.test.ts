import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { client, type TestClient } from '#testkit/http.ts'
import { startBench, type Bench } from '#testkit/service-bench.ts'
import { ADMIN } from '#testkit/tokens.ts'
import type { PlacementContext } from '../context.ts'
import { placement } from '../service.ts'
import { host } from '../testing/cloud.ts'
import { converse, id } from '../testing/conversation.ts'

describe.each(databases)('resource classes on %s', (_name, locate) => {
  let bench: Bench<PlacementContext>
  let admin: TestClient
  beforeAll(async () => {
    bench = await startBench(placement, { database: await locate() })
    admin = client(bench.pipeline, ADMIN)
  })
  afterAll(async () => { await bench.stop() })

  it('are the standard ones and those that are registered', async () => {
    const listed = await admin.get<{ resource_classes: { name: string; links: object[] }[] }>('/resource_classes', { 'openstack-api-version': 'placement 1.39' })
    expect(listed.body.resource_classes).toHaveLength(21)
    expect(listed.body.resource_classes[0]).toEqual({ name: 'VCPU', links: [{ rel: 'self', href: '/resource_classes/VCPU' }] })
    await converse(admin, [
      { do: 'PUT /resource_classes/CUSTOM_GPU', then: 201 },
      { do: 'PUT /resource_classes/CUSTOM_GPU', then: 204 },
      { do: 'PUT /resource_classes/GPU', then: 400, says: "JSON does not validate: 'GPU' does not match '^CUSTOM_[A-Z0-9_]+$'" },
      { do: 'PUT /resource_classes/VCPU', then: 400 },
      { do: `PUT /resource_classes/CUSTOM_${'X'.repeat(249)}`, then: 400, says: 'is too long' },
      { do: 'GET /resource_classes/CUSTOM_GPU', then: 200, is: { name: 'CUSTOM_GPU', links: [{ rel: 'self', href: '/resource_classes/CUSTOM_GPU' }] } },
      { do: 'GET /resource_classes/VCPU', then: 200 },
      { do: 'GET /resource_classes/CUSTOM_NOPE', then: 404, says: 'No such resource class CUSTOM_NOPE.' },
      { do: 'POST /resource_classes', body: { name: 'CUSTOM_GPU' }, then: 409, says: 'Conflicting resource class already exists: CUSTOM_GPU' },
      { do: 'POST /resource_classes', body: { name: 'CUSTOM_FPGA' }, then: 201 },
      { do: 'POST /resource_classes', body: { name: 'VCPU' }, then: 400 },
      { do: 'DELETE /resource_classes/VCPU', then: 400, says: 'Cannot delete standard resource class VCPU.' },
      { do: 'DELETE /resource_classes/CUSTOM_FPGA', then: 204 },
      { do: 'DELETE /resource_classes/CUSTOM_FPGA', then: 404 },
    ])
  })

  it('cannot go while an inventory is of them', async () => {
    await converse(admin, [{ do: 'PUT /resource_classes/CUSTOM_USED', then: 201 }])
    await host(admin, 1, { resources: { CUSTOM_USED: 1 } })
    await converse(admin, [
      { do: 'DELETE /resource_classes/CUSTOM_USED', then: 409, says: 'Class is in use in inventory.' },
      { do: `DELETE /resource_providers/${id(1)}/inventories`, then: 204 },
      { do: 'DELETE /resource_classes/CUSTOM_USED', then: 204 },
    ])
  })

  it('were renamed by PUT before 1.7', async () => {
    await converse(admin, [
      { do: 'PUT /resource_classes/CUSTOM_OLD', then: 201 },
      { do: 'PUT /resource_classes/CUSTOM_TAKEN', then: 201 },
    ])
    await host(admin, 2, { resources: { CUSTOM_OLD: 3 } })
    await converse(admin, [
      { do: 'PUT /resource_classes/CUSTOM_OLD', at: '1.6', body: { name: 'CUSTOM_TAKEN' }, then: 409, says: 'Resource class already exists: CUSTOM_TAKEN' },
      { do: 'PUT /resource_classes/CUSTOM_OLD', at: '1.6', body: { name: 'CUSTOM_NEW' }, then: 200, shows: { name: 'CUSTOM_NEW' } },
      { do: `GET /resource_providers/${id(2)}/inventories`, then: 200, shows: { inventories: { CUSTOM_NEW: { total: 3 } } } },
      { do: 'PUT /resource_classes/CUSTOM_OLD', at: '1.6', body: { name: 'CUSTOM_X' }, then: 404 },
      { do: 'PUT /resource_classes/VCPU', at: '1.2', body: { name: 'CUSTOM_X' }, then: 400, says: 'Cannot update standard resource class VCPU' },
    ])
  })
})
