/** Anything may come in to what operators administer: no answer is a 500, and hosts, quotas and groups still make sense. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databases } from '#testkit/databases.ts'
import { administrationRoutes } from './administration.ts'
import { startComputeCloud, type ComputeCloud } from './testing/compute-cloud.ts'

const text = fc.constantFrom('1', '2', '99', 'host1', 'alpha', 'default', '', ' ', 'x'.repeat(300), '-1', '0', '99999999999999999999', 'é\u0000\ud800', '__proto__', '00000000-0000-4000-8000-000000000001', 'nova-compute', 'True', '2026-01-01T00:00:00', 'in:x')
const number = fc.constantFrom(-2, -1, 0, 1, 3, 0.5, 2 ** 31, 1e308)
const leaf = fc.oneof(text, number, fc.boolean(), fc.constant(null))
const junk = fc.oneof(leaf, fc.array(leaf, { maxLength: 2 }), fc.dictionary(text, leaf, { maxKeys: 2 }))
const optional = { requiredKeys: [] }
const body = fc.oneof(
  junk, fc.constant('{"broken'),
  fc.record({ aggregate: fc.record({ name: leaf, availability_zone: leaf }, optional) }),
  fc.record({ add_host: fc.record({ host: leaf }) }), fc.record({ remove_host: fc.record({ host: leaf }) }), fc.record({ set_metadata: fc.record({ metadata: fc.dictionary(text, leaf, { maxKeys: 3 }) }) }),
  fc.record({ host: leaf, binary: leaf, disabled_reason: leaf, forced_down: leaf }, optional), fc.record({ status: fc.oneof(leaf, fc.constantFrom('enabled', 'disabled', 'enable')), forced_down: leaf }, optional),
  fc.record({ quota_set: fc.record({ cores: leaf, instances: leaf, injected_files: leaf, networks: leaf, force: leaf }, optional) }), fc.record({ quota_class_set: fc.record({ cores: leaf }, optional) }),
  fc.record({ server_group: fc.record({ name: leaf, policy: fc.oneof(leaf, fc.constant('anti-affinity')), policies: fc.array(fc.oneof(leaf, fc.constant('affinity')), { maxLength: 2 }), rules: fc.record({ max_server_per_host: leaf }, optional) }, optional) }),
)
const key = fc.constantFrom('limit', 'marker', 'offset', 'all_projects', 'host', 'binary', 'user_id', 'tenant_id', 'start', 'end', 'detailed', 'with_servers', 'hypervisor_hostname_pattern', 'zone', 'changes-since', 'changes-before', 'status', '__proto__')
const query = fc.array(fc.tuple(key, text), { maxLength: 3 }).map((pairs) => new URLSearchParams(pairs).toString())
const call = fc.record({ route: fc.constantFrom(...administrationRoutes), param: text, version: fc.integer({ min: 1, max: 93 }), body, query })

describe.each(databases)('hostile input to administration on %s', (_name, locate) => {
  let cloud: ComputeCloud
  beforeAll(async () => { cloud = await startComputeCloud({ database: await locate() }) }, 180_000)
  afterAll(async () => { await cloud.stop() })

  it('is refused, and leaves a cloud that makes sense', async () => {
    await fc.assert(fc.asyncProperty(call, async ({ route, param, version, body, query }) => {
      const path = route.path.replaceAll(/:\w+/g, encodeURIComponent(param.replace('\ud800', '')) || 'x')
      const answer = await cloud.admin.request(route.method, `${path}?${query}`, route.method === 'GET' ? undefined : body, { 'openstack-api-version': `compute 2.${version}` })
      expect([200, 202, 204, 400, 403, 404, 405, 409, 410, 501], `${route.method} ${path}?${query} at 2.${version} ${JSON.stringify(body)}: ${answer.text.slice(0, 200)}`).toContain(answer.status)
    }), { numRuns: 500, endOnFailure: true })
    const { db } = cloud.compute.context()
    for (const table of ['quotas', 'user_quotas', 'quota_classes'] as const) {
      for (const row of await db.selectFrom(table).select('hard_limit').execute()) expect(row.hard_limit).toBeGreaterThanOrEqual(-1)
    }
    const aggregates = (await db.selectFrom('aggregates').select('id').execute()).map((row) => row.id)
    for (const row of await db.selectFrom('aggregate_hosts').selectAll().execute()) expect(aggregates).toContain(row.aggregate_id)
  }, 120_000)
})
