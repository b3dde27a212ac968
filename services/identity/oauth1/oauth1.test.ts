import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { client } from '#testkit/http.ts'
import { databases } from '#testkit/databases.ts'
import { onProject, projectId, startIdentity, type IdentityBench } from '../identity-bench.ts'
import { signature } from './signed-request.ts'

/** As another implementation (oauthlib) signs them. */
test.each([
  ['https://photos.example.net/initiate', '', { oauth_consumer_key: 'dpf43f3p2l4k3l03', oauth_timestamp: '137131200', oauth_nonce: 'wIjqoxSySz', oauth_callback: 'http://printer.example.com/ready', realm: 'Photos' }, 'kd94hf93k423kfwf', '', 'AOolOBTyHBvt1ssMsSMCEE68TSA='],
  ['http://cloud.test/v3/OS-OAUTH1/access_token', 'b=2&a=x%20y&a=1', { oauth_consumer_key: 'consumer', oauth_token: 'tok', oauth_verifier: 'v', oauth_timestamp: '137131201', oauth_nonce: 'n n' }, 's&cret', 't=k', 'QB43QYxC4ggOekScm2hGZVOQc3M='],
])('the signature of %s?%s', (url, query, parts, consumerSecret, tokenSecret, wanted) => {
  const header: Record<string, string> = { ...parts, oauth_version: '1.0', oauth_signature_method: 'HMAC-SHA1' }
  expect(signature({ method: 'POST', url, query: new URLSearchParams(query), header }, consumerSecret, tokenSecret)).toBe(wanted)
})

describe.each(databases)('OAuth 1.0a on %s', (_name, locate) => {
  let bench: IdentityBench
  let consumer: { id: string; secret: string }
  beforeAll(async () => {
    bench = await startIdentity({ database: await locate() })
    consumer = (await bench.admin.post<{ consumer: { id: string; secret: string } }>('/v3/OS-OAUTH1/consumers', { consumer: { description: 'printer' } })).body.consumer
  })
  afterAll(async () => { await bench.stop() })

  function authorization(path: string, parts: Record<string, string>, secret = '', at = bench.clock.now()): Record<string, string> {
    const header: Record<string, string> = {
      oauth_consumer_key: consumer.id, oauth_signature_method: 'HMAC-SHA1', oauth_timestamp: String(Math.floor(at / 1000)), oauth_nonce: 'n', oauth_version: '1.0', ...parts,
    }
    header['oauth_signature'] = signature({ method: 'POST', url: `http://cloud.test${path}`, query: new URLSearchParams(), header }, consumer.secret, secret)
    return { authorization: `OAuth ${Object.entries(header).map(([k, v]) => `${k}="${encodeURIComponent(v)}"`).join(', ')}` }
  }
  const form = (text: string): { oauth_token: string; oauth_token_secret: string } => Object.fromEntries(new URLSearchParams(text)) as never

  test('from consumer to token: request, authorise, exchange, log in; and it ends with the access token', async () => {
    const project = await projectId(bench, 'admin')
    const asked = await bench.anonymous.request('POST', '/v3/OS-OAUTH1/request_token', undefined, { ...authorization('/v3/OS-OAUTH1/request_token', { oauth_callback: 'oob' }), 'requested-project-id': project })
    expect(asked.status).toBe(201)
    const request = form(asked.text)
    const early = await bench.anonymous.request('POST', '/v3/OS-OAUTH1/access_token', undefined, authorization('/v3/OS-OAUTH1/access_token', { oauth_token: request.oauth_token, oauth_verifier: 'guess' }, request.oauth_token_secret))
    expect(early.status).toBe(401)
    const approved = await bench.admin.put<{ token: { oauth_verifier: string } }>(`/v3/OS-OAUTH1/authorize/${request.oauth_token}`, { roles: [{ name: 'member' }] })
    const exchange = async () => await bench.anonymous.request('POST', '/v3/OS-OAUTH1/access_token', undefined,
      authorization('/v3/OS-OAUTH1/access_token', { oauth_token: request.oauth_token, oauth_verifier: approved.body.token.oauth_verifier }, request.oauth_token_secret))
    const exchanged = await exchange()
    expect(exchanged.status).toBe(201)
    expect((await exchange()).status).toBe(404)
    const access = form(exchanged.text)
    const logIn = async (secret = access.oauth_token_secret, at?: number) => await bench.anonymous.post<{ token: Record<string, unknown> }>('/v3/auth/tokens', { auth: { identity: { methods: ['oauth1'], oauth1: {} } } },
      authorization('/v3/auth/tokens', { oauth_token: access.oauth_token }, secret, at))
    const answer = await logIn()
    expect(answer.body.token).toMatchObject({ methods: ['oauth1'], project: { id: project }, user: { name: 'admin' }, 'OS-OAUTH1': { access_token_id: access.oauth_token, consumer_id: consumer.id } })
    expect((answer.body.token['roles'] as { name: string }[]).map((r) => r.name).toSorted()).toEqual(['member', 'reader'])
    expect((await logIn('wrong')).status).toBe(401)
    expect((await logIn(access.oauth_token_secret, bench.clock.now() - 3_600_000)).status).toBe(401)
    const acting = client(bench.pipeline, String(answer.headers['x-subject-token']))
    expect((await acting.get('/v3/auth/projects')).status).toBe(200)
    expect((await bench.auth({ methods: ['token'], token: { id: acting.token } })).status).toBe(403)
    const user = (await bench.admin.get<{ users: { id: string }[] }>('/v3/users?name=admin')).body.users[0]!.id
    const list = `/v3/users/${user}/OS-OAUTH1/access_tokens`
    expect((await bench.admin.get<{ access_tokens: { id: string }[] }>(list)).body.access_tokens).toMatchObject([{ id: access.oauth_token, consumer_id: consumer.id }])
    expect((await bench.admin.get<{ roles: { name: string }[] }>(`${list}/${access.oauth_token}/roles`)).body.roles).toMatchObject([{ name: 'member' }])
    expect((await bench.admin.delete(`${list}/${access.oauth_token}`)).status).toBe(204)
    expect((await acting.get('/v3/auth/projects')).status).toBe(401)
  })

  test('nobody lends roles they do not hold, and no secret rests in the open', async () => {
    const project = await projectId(bench, 'admin')
    const asked = await bench.anonymous.request('POST', '/v3/OS-OAUTH1/request_token', undefined, { ...authorization('/v3/OS-OAUTH1/request_token', {}), 'requested-project-id': project })
    const demo = await bench.login('demo', 'secret-demo-password', onProject('demo'))
    expect((await demo.put(`/v3/OS-OAUTH1/authorize/${form(asked.text).oauth_token}`, { roles: [{ name: 'member' }] })).status).toBe(403)
    expect((await bench.admin.put(`/v3/OS-OAUTH1/authorize/${form(asked.text).oauth_token}`, { roles: [{ name: 'service' }] })).status).toBe(401)
    const { db } = bench.service.context()
    expect(JSON.stringify([await db.selectFrom('consumers').selectAll().execute(), await db.selectFrom('request_tokens').selectAll().execute()])).not.toContain(consumer.secret)
    expect((await bench.anonymous.request('POST', '/v3/OS-OAUTH1/request_token', undefined)).status).toBe(400)
  })

  test('consumers: changed in words, never in secret; gone with their tokens', async () => {
    const made = (await bench.admin.post<{ consumer: { id: string } }>('/v3/OS-OAUTH1/consumers', { consumer: {} })).body.consumer
    expect((await bench.admin.patch(`/v3/OS-OAUTH1/consumers/${made.id}`, { consumer: { description: 'x' } })).body).toMatchObject({ consumer: { description: 'x' } })
    expect((await bench.admin.patch(`/v3/OS-OAUTH1/consumers/${made.id}`, { consumer: { secret: 'x' } })).status).toBe(400)
    expect((await bench.admin.get(`/v3/OS-OAUTH1/consumers/${made.id}`)).text).not.toContain('secret')
    expect((await bench.admin.delete(`/v3/OS-OAUTH1/consumers/${made.id}`)).status).toBe(204)
    expect((await bench.admin.get(`/v3/OS-OAUTH1/consumers/${made.id}`)).status).toBe(404)
  })
})
