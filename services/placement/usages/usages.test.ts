import { afterAll, beforeAll, describe, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { client, type TestClient } from '#testkit/http.ts'
import { startBench, type Bench } from '#testkit/service-bench.ts'
import { ADMIN } from '#testkit/tokens.ts'
import type { PlacementContext } from '../context.ts'
import { placement } from '../service.ts'
import { MEMBER, READER } from '#testkit/tokens.ts'
import { claim, host } from '../testing/cloud.ts'
import { converse, id } from '../testing/conversation.ts'

describe.each(databases)('usages on %s', (_name, locate) => {
  let bench: Bench<PlacementContext>
  let admin: TestClient
  beforeAll(async () => {
    bench = await startBench(placement, { database: await locate() })
    admin = client(bench.pipeline, ADMIN)
  })
  afterAll(async () => { await bench.stop() })

  it('are summed up by provider, project, user and type', async () => {
    await host(admin, 1, { resources: { VCPU: 100, MEMORY_MB: 1000 } })
    const other = { ...claim(1, { VCPU: 7 }), user_id: 'bob', consumer_type: 'MIGRATION' }
    const { consumer_type: _type, ...untyped } = claim(1, { VCPU: 1 }) as Record<string, unknown>
    await converse(admin, [
      { do: `PUT /allocations/${id(10)}`, body: claim(1, { VCPU: 2, MEMORY_MB: 64 }), then: 204 },
      { do: `PUT /allocations/${id(11)}`, body: claim(1, { VCPU: 3 }), then: 204 },
      { do: `PUT /allocations/${id(12)}`, body: other, then: 204 },
      { do: `PUT /allocations/${id(13)}`, at: '1.37', body: untyped, then: 204 },
      { do: `GET /resource_providers/${id(1)}/usages`, then: 200, is: { resource_provider_generation: 6, usages: { VCPU: 13, MEMORY_MB: 64 } } },
      { do: 'GET /usages?project_id=alpha', at: '1.37', then: 200, is: { usages: { VCPU: 13, MEMORY_MB: 64 } } },
      { do: 'GET /usages?project_id=alpha&user_id=bob', at: '1.9', then: 200, is: { usages: { VCPU: 7 } } },
      { do: 'GET /usages?project_id=alpha', then: 200, is: { usages: { INSTANCE: { consumer_count: 2, VCPU: 5, MEMORY_MB: 64 }, MIGRATION: { consumer_count: 1, VCPU: 7 }, unknown: { consumer_count: 1, VCPU: 1 } } } },
      { do: 'GET /usages?project_id=alpha&consumer_type=all', then: 200, is: { usages: { all: { consumer_count: 4, VCPU: 13, MEMORY_MB: 64 } } } },
      { do: 'GET /usages?project_id=alpha&consumer_type=unknown', then: 200, is: { usages: { unknown: { consumer_count: 1, VCPU: 1 } } } },
      { do: 'GET /usages?project_id=alpha&consumer_type=MIGRATION&user_id=bob', then: 200, is: { usages: { MIGRATION: { consumer_count: 1, VCPU: 7 } } } },
      { do: 'GET /usages?project_id=beta', then: 200, is: { usages: {} } },
      { do: 'GET /usages', then: 400, says: "'project_id' is a required property" },
      { do: 'GET /usages?project_id=', then: 400, says: 'is too short' },
      { do: 'GET /usages?project_id=alpha&consumer_type=MIGRATION', at: '1.37', then: 400 },
      { do: 'GET /usages?project_id=alpha&consumer_type=lower', then: 400 },
      { do: `GET /resource_providers/${id(9)}/usages`, then: 404 },
    ])
  })

  it('of a project are for who may read it', async () => {
    for (const token of [MEMBER, READER]) {
      await converse(client(bench.pipeline, token), [
        { do: 'GET /usages?project_id=alpha', then: 200 },
        { do: 'GET /usages?project_id=beta', then: 403, says: 'Policy does not allow placement:usages to be performed.' },
      ])
    }
  })
})
