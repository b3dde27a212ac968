/**
 * Anything may come in: no answer is a 500, and whatever was answered, what is used of each inventory is the sum of
 * what its consumers hold.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { client, type TestClient } from '#testkit/http.ts'
import { startBench, type Bench } from '#testkit/service-bench.ts'
import { ADMIN } from '#testkit/tokens.ts'
import type { PlacementContext } from './context.ts'
import { routes } from './routes.ts'
import { placement } from './service.ts'
import { claim, host } from './testing/cloud.ts'
import { id } from './testing/conversation.ts'

const uuid = fc.constantFrom(id(1), id(2), id(3), id(50), id(51), id(999), id(1).replaceAll('-', ''), 'x')
const name = fc.constantFrom('VCPU', 'MEMORY_MB', 'CUSTOM_A', 'CUSTOM_B', 'HW_CPU_X86_AVX', 'MISC_SHARES_VIA_AGGREGATE', 'nope', '', '__proto__', 'constructor', 'é\u0000\ud800', 'X'.repeat(300))
const number = fc.oneof(fc.integer({ min: -2, max: 20 }), fc.constantFrom(0.5, 2 ** 31, 2 ** 53, 1e308, -1e308))
const junk = fc.oneof(fc.anything({ withBigInt: false, maxDepth: 2 }).map((v) => JSON.parse(JSON.stringify(v ?? null)) as unknown), fc.constant(null), uuid, name, number)

const inventory = fc.record({ total: number, reserved: number, min_unit: number, max_unit: number, step_size: number, allocation_ratio: number }, { requiredKeys: ['total'] })
const generation = fc.integer({ min: 0, max: 8 })
const resources = fc.dictionary(name, number, { maxKeys: 2 })
const consumer = fc.record({
  allocations: fc.dictionary(uuid, fc.record({ resources }), { maxKeys: 2 }), project_id: fc.constant('alpha'), user_id: fc.constant('alice'),
  consumer_generation: fc.option(generation), consumer_type: fc.constant('INSTANCE'), mappings: junk,
}, { requiredKeys: ['allocations', 'project_id', 'user_id', 'consumer_generation', 'consumer_type'] })
const inventories = fc.record({ resource_provider_generation: generation, inventories: fc.dictionary(name, inventory, { maxKeys: 3 }) })

const body = fc.oneof(
  junk, inventories, consumer,
  fc.dictionary(uuid, consumer, { maxKeys: 2 }),
  fc.record({ inventories: fc.dictionary(uuid, inventories, { maxKeys: 2 }), allocations: fc.dictionary(uuid, consumer, { maxKeys: 2 }) }),
  fc.record({ name, uuid, parent_provider_uuid: fc.oneof(uuid, fc.constant(null)) }, { requiredKeys: ['name'] }),
  fc.record({ resource_class: name, ...{ total: number } }),
  fc.record({ resource_provider_generation: generation, traits: fc.array(name, { maxLength: 3 }) }),
  fc.record({ resource_provider_generation: generation, aggregates: fc.array(uuid, { maxLength: 3 }) }),
  fc.constant('{"broken'),
)

const value = fc.oneof(name, uuid, fc.tuple(name, number).map(([n, a]) => `${n}:${a}`), uuid.map((u) => `in:${u},${u}`), name.map((n) => `!${n}`), fc.constantFrom('isolate', 'none', '1', '%ff', 'in:', '!in:', '_A,_B'))
const key = fc.constantFrom('resources', 'resources1', 'resources_A', 'required', 'required_A', 'member_of', 'in_tree', 'in_tree_A', 'limit', 'group_policy', 'root_required', 'same_subtree', 'name', 'uuid', 'project_id', 'consumer_type', 'associated', '__proto__')
const query = fc.array(fc.tuple(key, value), { maxLength: 4 }).map((pairs) => new URLSearchParams(pairs).toString())

const call = fc.record({ route: fc.constantFrom(...routes), params: fc.tuple(uuid, name), version: fc.integer({ min: 0, max: 39 }), body, query })
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never

function pathOf({ route, params: [first, second] }: Call): string {
  return route.path.replace(/:(uuid|consumer_uuid)/, first).replace(/:(name|resource_class)/, encodeURIComponent(second.replace('\ud800', '')))
}

describe.each(databases)('hostile input on %s', (_name, locate) => {
  let bench: Bench<PlacementContext>
  let admin: TestClient
  beforeAll(async () => {
    bench = await startBench(placement, { database: await locate() })
    admin = client(bench.pipeline, ADMIN)
    await admin.put('/traits/CUSTOM_A', undefined, { 'openstack-api-version': 'placement 1.39' })
    await admin.put('/resource_classes/CUSTOM_A', undefined, { 'openstack-api-version': 'placement 1.39' })
    await host(admin, 1, { resources: { VCPU: 10, CUSTOM_A: 4 }, traits: ['CUSTOM_A'], aggregates: [2] })
    await host(admin, 2, { parent: 1, resources: { VCPU: 10 }, traits: ['MISC_SHARES_VIA_AGGREGATE'], aggregates: [2] })
    await admin.put(`/allocations/${id(50)}`, claim(1, { VCPU: 3 }), { 'openstack-api-version': 'placement 1.39' })
  })
  afterAll(async () => { await bench.stop() })

  it('is refused, and never half written', async () => {
    await fc.assert(fc.asyncProperty(call, async (call) => {
      const answer = await admin.request(call.route.method, `${pathOf(call)}?${call.query}`, call.route.method === 'GET' ? undefined : call.body, { 'openstack-api-version': `placement 1.${call.version}` })
      expect(answer.status, `${call.route.method} ${pathOf(call)}?${call.query} at 1.${call.version} ${JSON.stringify(call.body)}: ${answer.text.slice(0, 200)}`).toBeLessThan(500)
    }), { numRuns: 600, endOnFailure: true })
    const db = bench.context().db
    const held = await db.selectFrom('allocations').select((eb) => ['provider_uuid', 'resource_class', eb.fn.sum('used').as('used')]).groupBy(['provider_uuid', 'resource_class']).execute()
    const sums = new Map(held.map((row) => [`${row.provider_uuid} ${row.resource_class}`, Number(row.used)]))
    for (const row of await db.selectFrom('inventories').selectAll().execute()) {
      expect(Number(row.used), row.resource_class).toBe(sums.get(`${row.provider_uuid} ${row.resource_class}`) ?? 0)
    }
    const consumers = await db.selectFrom('consumers').select('uuid').execute()
    const holders = await db.selectFrom('allocations').select('consumer_uuid').distinct().execute()
    expect(consumers.map((row) => row.uuid).toSorted()).toEqual(holders.map((row) => row.consumer_uuid).toSorted())
  })
})
