import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { definePolicies } from '#core/policy/policy.ts'
import { Type } from '#core/schema/schema.ts'
import { defineService, type ServiceDefinition } from '#core/service/service.ts'
import { client } from '#testkit/http.ts'
import { startBench, type Bench } from '#testkit/service-bench.ts'
import { ADMIN, MEMBER, testToken } from '#testkit/tokens.ts'
import { computeDialect } from './dialect.ts'
import { reply } from './message.ts'
import { PUBLIC, route } from './route.ts'
import { listen, type Listener } from './socket.ts'

type Definition = ServiceDefinition<unknown, object, Record<never, never>>

function service(order: 'validate-first' | 'authorise-first'): Definition {
  return defineService<unknown, object, Record<never, never>>({
    name: 'sample', type: 'compute', port: 0, path: '/v2.1', config: {}, migrations: [], clients: () => ({}), dialect: computeDialect, order,
    versions: { serviceType: 'compute', major: 2, min: 1, max: 93, legacyHeaders: ['x-openstack-nova-api-version'] },
    policies: definePolicies([{ name: 'read', check: 'role:reader', description: 'read' }, { name: 'write', check: 'role:admin', description: 'write' }]),
    routes: [
      route('GET', '/v2.1/open', () => ({ hello: true }), { policy: PUBLIC }),
      route('GET', '/v2.1/things/:id', (_ctx, request: { params: Record<string, string> }) => ({ id: request.params['id'] }), { policy: 'read' }),
      route('POST', '/v2.1/things', (_ctx, request: { body: object }) => reply({ status: 202, headers: { location: 'x' }, body: request.body }), { policy: 'write', body: Type.Object({ name: Type.String() }, { additionalProperties: false }) }),
      route('GET', '/v2.1/new', () => ({ age: 'new' }), { policy: 'read', versions: '2.10-' }),
      route('GET', '/v2.1/new', () => ({ age: 'old' }), { policy: 'read', versions: '-2.9' }),
      route('GET', '/v2.1/only-new', () => ({}), { policy: 'read', versions: '2.50-' }),
      route('GET', '/v2.1/broken', () => { throw new Error('a secret detail') }, { policy: 'read' }),
      route('DELETE', '/v2.1/things/:id', () => undefined, { policy: 'write', status: 204 }),
    ],
  })
}

let bench: Bench<unknown>
beforeAll(async () => { bench = await startBench(service('validate-first')) })
afterAll(async () => { await bench.stop() })
const as = (token?: string) => client(bench.pipeline, token)

describe('the row of stages', () => {
  it('answers with a request id and the version it speaks', async () => {
    const { status, headers, body } = await as(MEMBER).get('/v2.1/things/a%2Fb', { 'openstack-api-version': 'compute 2.90' })
    expect({ status, body }).toEqual({ status: 200, body: { id: 'a/b' } })
    expect(headers['x-openstack-request-id']).toMatch(/^req-[0-9a-f-]{36}$/)
    expect(headers).toMatchObject({ 'openstack-api-version': 'compute 2.90', vary: 'OpenStack-API-Version, X-OpenStack-Nova-API-Version' })
  })
  it('lets anybody see a public route', async () => { expect((await as().get('/v2.1/open')).body).toEqual({ hello: true }) })
  it.each([undefined, '', 'garbage'])('asks for a valid token (%s), also where there is no route', async (token) => {
    for (const path of ['/v2.1/things/a', '/v2.1/nowhere']) {
      const answer = await as(token).get<{ error: { code: number; title: string } }>(path)
      expect(answer).toMatchObject({ status: 401, body: { error: { code: 401, title: 'Unauthorized' } }, headers: { 'www-authenticate': 'Keystone uri="http://cloud.test:5000"' } })
    }
  })
  it('tells a missing route from a wrong method', async () => {
    expect((await as(MEMBER).get('/v2.1/nowhere')).status).toBe(404)
    expect(await as(MEMBER).put('/v2.1/things/a', {})).toMatchObject({ status: 405, headers: { allow: expect.stringContaining('GET') } })
  })
  it('chooses the handler by version, and hides what a version has not', async () => {
    expect((await as(MEMBER).get('/v2.1/new')).body).toEqual({ age: 'old' })
    expect((await as(MEMBER).get('/v2.1/new', { 'x-openstack-nova-api-version': '2.10' })).body).toEqual({ age: 'new' })
    expect((await as(MEMBER).get('/v2.1/only-new')).status).toBe(404)
    expect((await as(MEMBER).get('/v2.1/new', { 'openstack-api-version': 'compute 2.94' })).status).toBe(406)
  })
  it('refuses what misses the schema, in words a client knows', async () => {
    expect((await as(ADMIN).post('/v2.1/things', { name: 5 })).body).toEqual({ badRequest: { code: 400, message: "Invalid input for field/attribute name. Value: 5. 5 is not of type 'string'" } })
    expect((await as(ADMIN).post('/v2.1/things', { name: 'a', x: 1 })).body).toEqual({ badRequest: { code: 400, message: "Additional properties are not allowed ('x' was unexpected)" } })
    expect((await as(ADMIN).request('POST', '/v2.1/things', '{broken')).status).toBe(400)
    expect((await as(ADMIN).request('POST', '/v2.1/things', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415)
    expect((await as(ADMIN).request('POST', '/v2.1/things')).status).toBe(400)
  })
  it('keeps status and headers of a handler that says them', async () => {
    expect(await as(ADMIN).post('/v2.1/things', { name: 'a' })).toMatchObject({ status: 202, headers: { location: 'x' }, body: { name: 'a' } })
    expect(await as(ADMIN).delete('/v2.1/things/a')).toMatchObject({ status: 204, text: '' })
  })
  it('does not show a user what broke inside', async () => {
    const answer = await as(MEMBER).get('/v2.1/broken')
    expect(answer.status).toBe(500)
    expect(answer.text).not.toContain('secret')
  })
  it('checks permission before or after the body, as the service says', async () => {
    expect((await as(MEMBER).post('/v2.1/things', {})).status).toBe(400)
    const other = await startBench(service('authorise-first'))
    expect((await client(other.pipeline, MEMBER).post('/v2.1/things', {})).status).toBe(403)
    await other.stop()
  })
  it('knows callers without any role', async () => { expect((await as(testToken({ roles: [] })).get('/v2.1/things/a')).status).toBe(403) })
})

describe('the listener', () => {
  let listener: Listener
  beforeAll(async () => { listener = await listen({ handle: (r) => bench.pipeline.handle(r), host: '127.0.0.1', port: 0, dialect: computeDialect }) })
  afterAll(async () => { await listener.close() })
  const url = (path: string): string => `http://127.0.0.1:${listener.port}${path}`

  it('carries a request and a reply', async () => {
    const response = await fetch(url('/v2.1/things/a'), { headers: { 'x-auth-token': MEMBER } })
    expect([response.status, await response.json()]).toEqual([200, { id: 'a' }])
  })
  it('answers HEAD without a body', async () => {
    const response = await fetch(url('/v2.1/things/a'), { method: 'HEAD', headers: { 'x-auth-token': MEMBER } })
    expect([response.status, await response.text(), response.headers.get('content-length')]).toEqual([200, '', '10'])
  })
  it('refuses a huge body', async () => {
    const response = await fetch(url('/v2.1/things'), { method: 'POST', headers: { 'x-auth-token': ADMIN, 'content-type': 'application/json' }, body: `{"name":"${'x'.repeat(200_000)}"}` })
    expect([response.status, await response.json()]).toEqual([413, { overLimit: { code: 413, message: 'Request is too large.' } }])
  })
})
