import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { client, type TestClient } from '#testkit/http.ts'
import { startBench, type Bench } from '#testkit/service-bench.ts'
import { ADMIN, MEMBER } from '#testkit/tokens.ts'
import type { PlacementContext } from './context.ts'
import { routes } from './routes.ts'
import { placement } from './service.ts'
import { converse, id } from './testing/conversation.ts'

describe('the face of placement', () => {
  let bench: Bench<PlacementContext>
  let admin: TestClient
  beforeAll(async () => {
    bench = await startBench(placement)
    admin = client(bench.pipeline, ADMIN)
  })
  afterAll(async () => { await bench.stop() })

  it('shows its versions to anybody', async () => {
    const answer = await client(bench.pipeline).get('/')
    expect(answer.body).toEqual({ versions: [{ id: 'v1.0', min_version: '1.0', max_version: '1.39', status: 'CURRENT', links: [{ rel: 'self', href: '' }] }] })
    expect(answer.headers).toMatchObject({ 'openstack-api-version': 'placement 1.0', vary: 'OpenStack-API-Version' })
  })

  it('asks for a token elsewhere', async () => {
    const answer = await client(bench.pipeline).get('/resource_providers')
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Keystone uri="http://cloud.test:5000"'])
  })

  it('refuses versions it does not speak', async () => {
    for (const [version, status] of [['1.40', 406], ['0.9', 406], ['one', 400], ['1.39', 200], ['latest', 200]] as const) {
      const answer = await admin.get<{ errors: object[] }>('/', { 'openstack-api-version': `placement ${version}` })
      expect(answer.status, version).toBe(status)
      if (status === 406) expect(answer.body.errors[0]).toMatchObject({ status: 406, min_version: '1.0', max_version: '1.39', detail: expect.stringMatching(/\n\n Invalid microversion: Unacceptable version header: \d\.\d+$/) })
    }
  })

  it('shows codes of errors since 1.23', async () => {
    const path = `/resource_providers/${id(1)}`
    const refusal = async (version: string): Promise<object> => (await admin.get<{ errors: object[] }>(path, { 'openstack-api-version': `placement ${version}` })).body.errors[0]!
    expect(await refusal('1.22')).toEqual({
      status: 404, title: 'Not Found', request_id: expect.stringMatching(/^req-/),
      detail: `The resource could not be found.\n\n No resource provider with uuid ${id(1)} found  `,
    })
    expect(await refusal('1.23')).toHaveProperty('code', 'placement.undefined_code')
  })

  it('takes and gives JSON only', async () => {
    await converse(admin, [
      { do: 'POST /resource_providers', body: 'name=x', headers: { 'content-type': 'text/plain' }, then: 415, says: 'The media type text/plain is not supported, use application/json' },
      { do: 'POST /resource_providers', body: '{"name":"x"}', headers: { 'content-type': '' }, then: 400, says: 'content-type header required when content-length > 0' },
      { do: 'POST /resource_providers', body: '{"name":', then: 400, says: 'Malformed JSON: ' },
      { do: 'POST /resource_providers', headers: { 'content-type': 'application/json' }, then: 400, says: 'JSON does not validate' },
      { do: 'GET /resource_providers', headers: { accept: 'text/html' }, then: 406, says: 'Only application/json is provided' },
      { do: 'GET /resource_providers', headers: { accept: 'text/html, */*;q=0.1' }, then: 200 },
    ])
  })

  /** As upstream's handlers go: permission, then (but for traits and names) the provider, and only then the body. */
  it('says no to the first thing that is wrong', async () => {
    const missing = `/resource_providers/${id(99)}`
    const known = `/resource_providers/${id(98)}`
    await converse(admin, [{ do: 'POST /resource_providers', body: { uuid: id(98), name: 'ordered' }, then: 200 }])
    const writes = [`PUT ${missing}`, `PUT ${missing}/aggregates`, `PUT ${missing}/inventories`, `POST ${missing}/inventories`, `PUT ${missing}/inventories/VCPU`]
    for (const body of [{ bad: 1 }, '{"name":']) {
      await converse(admin, writes.map((write) => ({ do: write, body, then: 404, says: `No resource provider with uuid ${id(99)} found` })))
      await converse(admin, writes.map((write) => ({ do: write.replace(id(99), id(98)), body, then: 400, says: 'JSON' })))
      await converse(client(bench.pipeline, MEMBER), writes.map((write) => ({ do: write, body, then: 403 })))
    }
    await converse(admin, [
      { do: `PUT ${missing}/aggregates`, at: '1.1', body: { bad: 1 }, then: 404 },
      { do: `PUT ${missing}/traits`, body: { bad: 1 }, then: 400, says: 'JSON does not validate' },
      { do: `PUT ${missing}/traits`, body: { traits: [], resource_provider_generation: 0 }, then: 404 },
      { do: `PUT ${known}/aggregates`, body: { aggregates: ['x'], resource_provider_generation: 77 }, then: 400, says: "'x' is not a 'uuid'" },
      { do: `PUT ${known}/inventories`, body: { inventories: {}, resource_provider_generation: 77 }, then: 409 },
      { do: 'PUT /resource_classes/CUSTOM_NONE', at: '1.6', body: { name: 'small' }, then: 400, says: 'JSON does not validate' },
      { do: 'PUT /allocations/x', body: '{', then: 400, says: 'Malformed consumer_uuid: x' },
      { do: 'PUT /allocations/x', at: '1.0', body: { bad: 1 }, then: 400, says: 'Malformed consumer_uuid: x' },
    ])
    await converse(client(bench.pipeline, MEMBER), [{ do: 'PUT /allocations/x', body: '{', then: 403 }])
  })

  it('knows what exists in which version', async () => {
    await converse(admin, [
      { do: 'GET /nothing', then: 404 },
      { do: 'PATCH /resource_providers', then: 405 },
      { do: `GET /resource_providers/${id(1)}/aggregates`, at: '1.0', then: 404 },
      { do: 'GET /resource_classes', at: '1.1', then: 404 },
      { do: 'GET /traits', at: '1.5', then: 404 },
      { do: 'GET /usages?project_id=p', at: '1.8', then: 404 },
      { do: 'GET /allocation_candidates?resources=VCPU:1', at: '1.9', then: 404 },
      { do: 'POST /allocations', at: '1.12', body: {}, then: 404 },
      { do: 'POST /reshaper', at: '1.29', body: {}, then: 404 },
      { do: `DELETE /resource_providers/${id(1)}/inventories`, at: '1.4', then: 405 },
      { do: `DELETE /resource_providers/${id(1)}/inventories`, at: '1.5', then: 404 },
    ])
  })

  it('has all routes and rules of upstream', () => {
    expect(new Set(routes.map((route) => `${route.method} ${route.path}`)).size).toBe(36)
    expect(placement.policies).toHaveLength(33 + 5)
  })
})
