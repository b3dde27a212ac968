import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '#core/db/database.ts'
import type { Problem } from '#core/service/explain.ts'
import { databases } from '#testkit/databases.ts'
import { client, type TestClient } from '#testkit/http.ts'
import { startBench, type Bench } from '#testkit/service-bench.ts'
import { ADMIN } from '#testkit/tokens.ts'
import type { PlacementContext } from '../context.ts'
import { placement } from '../service.ts'
import { claim, host } from '../testing/cloud.ts'
import { id } from '../testing/conversation.ts'
import { placementChecks } from './checks.ts'

describe.each(databases)('doctor of placement on %s', (engine, locate) => {
  let bench: Bench<PlacementContext>
  let admin: TestClient
  beforeAll(async () => {
    bench = await startBench(placement, { database: await locate() })
    admin = client(bench.pipeline, ADMIN, { 'openstack-api-version': 'placement 1.39' })
    await host(admin, 1, { resources: { VCPU: 8, MEMORY_MB: 1024 } })
    await host(admin, 2, { resources: { VCPU: 8 } })
    for (const [consumer, provider] of [[10, 1], [11, 1], [12, 2]] as const) expect((await admin.put(`/allocations/${id(consumer)}`, claim(provider, { VCPU: 2 }))).status).toBe(204)
  })
  afterAll(async () => { await bench.stop() })

  async function diagnose(repair = false): Promise<Problem[]> {
    const problems: Problem[] = []
    for (const check of placementChecks) problems.push(...await check.run(bench.context(), repair))
    return problems
  }

  async function seenAndMended(kinds: string[]): Promise<void> {
    expect((await diagnose()).map((p) => [p.kind, p.repairable, p.repaired])).toEqual(kinds.map((kind) => [kind, true, false]))
    expect((await diagnose(true)).map((p) => [p.kind, p.repaired])).toEqual(kinds.map((kind) => [kind, true]))
    expect(await diagnose()).toEqual([])
  }

  it('has nothing to say while claims come and go', async () => {
    expect(await diagnose()).toEqual([])
    await admin.delete(`/allocations/${id(11)}`)
    expect(await diagnose()).toEqual([])
  })

  it('counts anew what is used', async () => {
    await bench.context().db.updateTable('inventories').set({ used: 7 }).where('provider_uuid', '=', id(1)).execute()
    expect((await diagnose()).map((p) => p.sentence)).toEqual([
      `MEMORY_MB of resource provider ${id(1)} counts 7 as used, and 0 are held`, `VCPU of resource provider ${id(1)} counts 7 as used, and 2 are held`,
    ])
    await seenAndMended(['miscounted-inventory', 'miscounted-inventory'])
    expect((await admin.get<{ usages: object }>(`/resource_providers/${id(1)}/usages`)).body.usages).toEqual({ VCPU: 2, MEMORY_MB: 0 })
  })

  it('forgets allocations that nothing stands behind', async () => {
    const { db } = bench.context()
    const row = { provider_uuid: id(9), resource_class: 'VCPU', used: 1, created_at: '2026-01-01T00:00:00.000Z' }
    // Foreign keys keep such rows from coming; a database restored without them does not.
    const switched = (on: number) => sql.raw(engine === 'sqlite' ? `pragma foreign_keys = ${on}` : `set foreign_key_checks = ${on}`)
    await db.connection().execute(async (one) => {
      await switched(0).execute(one)
      await one.insertInto('allocations').values([
        { ...row, consumer_uuid: id(10) }, { ...row, consumer_uuid: id(20), provider_uuid: id(1) }, { ...row, consumer_uuid: id(12), provider_uuid: id(2), resource_class: 'DISK_GB' },
      ]).execute()
      await switched(1).execute(one)
    })
    await db.updateTable('inventories').set({ used: 3 }).where('provider_uuid', '=', id(1)).where('resource_class', '=', 'VCPU').execute()
    await db.insertInto('consumers').values({ uuid: id(30), generation: 1, project_id: 'p', user_id: 'u', consumer_type: null }).execute()
    expect((await diagnose()).map((p) => p.kind)).toEqual(['allocation-without-provider', 'allocation-without-inventory', 'allocation-without-consumer', 'idle-consumer'])
    // With the allocation of nobody goes what was counted for it.
    expect((await diagnose(true)).map((p) => p.kind)).toEqual(['allocation-without-provider', 'allocation-without-inventory', 'allocation-without-consumer', 'idle-consumer', 'miscounted-inventory'])
    expect(await diagnose()).toEqual([])
    expect((await admin.get<{ allocations: object }>(`/allocations/${id(10)}`)).body.allocations).toMatchObject({ [id(1)]: { resources: { VCPU: 2 } } })
  })
})
