import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { client, type TestClient } from '#testkit/http.ts'
import { startBench, type Bench } from '#testkit/service-bench.ts'
import { ADMIN } from '#testkit/tokens.ts'
import type { PlacementContext } from '../context.ts'
import { placement } from '../service.ts'
import { host } from '../testing/cloud.ts'
import { converse, id } from '../testing/conversation.ts'
import { STANDARD_TRAITS } from './standard-traits.ts'

describe.each(databases)('traits on %s', (_name, locate) => {
  let bench: Bench<PlacementContext>
  let admin: TestClient
  beforeAll(async () => {
    bench = await startBench(placement, { database: await locate() })
    admin = client(bench.pipeline, ADMIN)
  })
  afterAll(async () => { await bench.stop() })

  it('are the standard ones and those that are registered', async () => {
    expect(STANDARD_TRAITS.size).toBe(345)
    await converse(admin, [
      { do: 'PUT /traits/CUSTOM_A', then: 201 },
      { do: 'PUT /traits/CUSTOM_A', then: 204 },
      { do: 'GET /traits/CUSTOM_A', then: 204 },
      { do: 'GET /traits/HW_CPU_X86_AVX', then: 204 },
      { do: 'GET /traits/CUSTOM_NOPE', then: 404, says: 'No such trait(s): CUSTOM_NOPE.' },
      { do: 'PUT /traits/A', then: 400, says: 'The trait is invalid. A valid trait must be no longer than 255 characters' },
      { do: 'PUT /traits/CUSTOM_a', then: 400 },
      { do: 'GET /traits?name=startswith:CUSTOM', then: 200, is: { traits: ['CUSTOM_A'] } },
      { do: 'GET /traits?name=in:CUSTOM_A,HW_CPU_X86_AVX,NOPE', then: 200, is: { traits: ['HW_CPU_X86_AVX', 'CUSTOM_A'] } },
      { do: 'GET /traits?name=CUSTOM_A', then: 400, says: 'Got: "CUSTOM_A"' },
      { do: 'GET /traits?associated=maybe', then: 400, says: 'only accepts "true" or "false"' },
      { do: 'GET /traits?nome=x', then: 400 },
      { do: 'DELETE /traits/HW_CPU_X86_AVX', then: 400, says: 'Cannot delete standard trait HW_CPU_X86_AVX.' },
      { do: 'DELETE /traits/CUSTOM_A', then: 204 },
      { do: 'DELETE /traits/CUSTOM_A', then: 404 },
    ])
    expect((await admin.get<{ traits: string[] }>('/traits', { 'openstack-api-version': 'placement 1.6' })).body.traits).toHaveLength(345)
  })

  it('mark providers', async () => {
    await host(admin, 1)
    await host(admin, 2)
    const path = `/resource_providers/${id(1)}/traits`
    const set = (generation: number, ...traits: string[]): object => ({ resource_provider_generation: generation, traits })
    await converse(admin, [
      { do: 'PUT /traits/CUSTOM_M', then: 201 },
      { do: `GET ${path}`, then: 200, is: { traits: [], resource_provider_generation: 2 } },
      { do: `PUT ${path}`, body: set(2, 'HW_CPU_X86_AVX', 'CUSTOM_M', 'CUSTOM_M'), then: 200, is: { traits: ['HW_CPU_X86_AVX', 'CUSTOM_M'], resource_provider_generation: 3 } },
      { do: `PUT ${path}`, body: set(3, 'CUSTOM_M', 'HW_CPU_X86_AVX'), then: 200, shows: { resource_provider_generation: 3 } },
      { do: `PUT ${path}`, body: set(2, 'CUSTOM_M'), then: 409, says: "Resource provider's generation already changed.", code: 'placement.concurrent_update' },
      { do: `PUT ${path}`, body: set(3, 'CUSTOM_X', 'HW_NOPE'), then: 400, says: 'No such trait CUSTOM_X, HW_NOPE' },
      { do: `GET ${path}`, then: 200, is: { traits: ['CUSTOM_M', 'HW_CPU_X86_AVX'], resource_provider_generation: 3 } },
      { do: `PUT /resource_providers/${id(2)}/traits`, body: set(2, 'CUSTOM_M'), then: 200 },
      { do: 'GET /traits?associated=True', then: 200, is: { traits: ['HW_CPU_X86_AVX', 'CUSTOM_M'] } },
      { do: 'GET /traits?associated=false&name=startswith:CUSTOM_', then: 200, is: { traits: [] } },
      { do: 'DELETE /traits/CUSTOM_M', then: 409, says: 'The trait CUSTOM_M is in use by a resource provider.' },
      { do: `DELETE ${path}`, then: 204 },
      { do: `DELETE ${path}`, then: 204 },
      { do: `GET ${path}`, then: 200, is: { traits: [], resource_provider_generation: 4 } },
      { do: `DELETE /resource_providers/${id(2)}`, then: 204 },
      { do: 'DELETE /traits/CUSTOM_M', then: 204 },
      { do: `PUT /resource_providers/${id(9)}/traits`, body: set(0), then: 404 },
    ])
  })

  it('come back when a trait of a set is registered anew', async () => {
    await host(admin, 3)
    const path = `/resource_providers/${id(3)}/traits`
    const both = (generation: number): object => ({ resource_provider_generation: generation, traits: ['CUSTOM_P', 'CUSTOM_Q'] })
    await converse(admin, [
      { do: 'PUT /traits/CUSTOM_P', then: 201 },
      { do: 'PUT /traits/CUSTOM_Q', then: 201 },
      { do: `PUT ${path}`, body: both(2), then: 200 },
      { do: `DELETE ${path}`, then: 204 },
      { do: 'DELETE /traits/CUSTOM_P', then: 204 },
      { do: `PUT ${path}`, body: both(4), then: 400 },
      { do: 'PUT /traits/CUSTOM_P', then: 201 },
      { do: `PUT ${path}`, body: both(4), then: 200 },
      { do: `GET ${path}`, then: 200, shows: { traits: ['CUSTOM_P', 'CUSTOM_Q'] } },
    ])
    expect((await admin.get(path)).status).toBe(404)
  })
})
