import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { client, type TestClient } from '#testkit/http.ts'
import { startBench, type Bench } from '#testkit/service-bench.ts'
import { ADMIN } from '#testkit/tokens.ts'
import type { PlacementContext } from '../context.ts'
import { placement } from '../service.ts'
import { host } from '../testing/cloud.ts'
import { converse, id } from '../testing/conversation.ts'

describe.each(databases)('aggregates of providers on %s', (_name, locate) => {
  let bench: Bench<PlacementContext>
  let admin: TestClient
  beforeAll(async () => {
    bench = await startBench(placement, { database: await locate() })
    admin = client(bench.pipeline, ADMIN)
  })
  afterAll(async () => { await bench.stop() })

  it('are set under the generation since 1.19, and freely before', async () => {
    await host(admin, 1)
    const path = `/resource_providers/${id(1)}/aggregates`
    await converse(admin, [
      { do: `GET ${path}`, then: 200, is: { aggregates: [], resource_provider_generation: 2 } },
      { do: `PUT ${path}`, body: { aggregates: [id(7), id(8)], resource_provider_generation: 2 }, then: 200, is: { aggregates: [id(7), id(8)], resource_provider_generation: 3 } },
      { do: `PUT ${path}`, body: { aggregates: [], resource_provider_generation: 2 }, then: 409, says: 'generation already changed', code: 'placement.concurrent_update' },
      { do: `GET ${path}`, at: '1.18', then: 200, is: { aggregates: [id(7), id(8)] } },
      { do: `PUT ${path}`, at: '1.18', body: [id(9)], then: 200, is: { aggregates: [id(9)] } },
      { do: `GET ${path}`, then: 200, is: { aggregates: [id(9)], resource_provider_generation: 3 } },
      { do: `PUT ${path}`, at: '1.18', body: { aggregates: [] }, then: 400 },
      { do: `PUT ${path}`, body: [id(9)], then: 400, says: "is not of type 'object'" },
      { do: `PUT ${path}`, body: { aggregates: ['x'], resource_provider_generation: 3 }, then: 400, says: "'x' is not a 'uuid'" },
      { do: `PUT ${path}`, body: { aggregates: [id(9), id(9)], resource_provider_generation: 3 }, then: 400, says: 'has non-unique elements' },
      { do: `PUT /resource_providers/${id(99)}/aggregates`, body: { aggregates: [], resource_provider_generation: 0 }, then: 404 },
      { do: `DELETE /resource_providers/${id(1)}`, then: 204 },
    ])
    expect((await admin.get(path)).status).toBe(404)
  })
})
