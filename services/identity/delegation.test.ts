import { createHash, createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { client, type TestClient } from '#testkit/http.ts'
import { databases } from '#testkit/databases.ts'
import { makeUser, onProject, passwordOf, projectId, roleId, startIdentity, type IdentityBench } from './identity-bench.ts'

interface AppCred { id: string; secret: string; name: string; roles: { name: string }[]; access_rules?: { id: string }[]; expires_at: string | null }

describe.each(databases)('acting for others on %s', (_name, locate) => {
  let bench: IdentityBench
  let demo: TestClient
  let demoId: string
  beforeAll(async () => {
    bench = await startIdentity({ database: await locate() })
    demoId = (await bench.admin.get<{ users: { id: string }[] }>('/v3/users?name=demo')).body.users[0]!.id
    demo = await bench.login('demo', 'secret-demo-password', onProject('demo'))
  })
  afterAll(async () => { await bench.stop() })

  const make = async (value: Record<string, unknown>, as = demo, user = demoId) => await as.post<{ application_credential: AppCred }>(`/v3/users/${user}/application_credentials`, { application_credential: value })
  const use = async (id: string, secret: string, scope?: unknown) => await bench.auth({ methods: ['application_credential'], application_credential: { id, secret } }, scope)

  describe('application credentials', () => {
    test('carry the chosen roles, know their secret only by its hash, and are named once', async () => {
      const { body: { application_credential: made }, status } = await make({ name: 'ci', roles: [{ name: 'reader' }] })
      expect(status).toBe(201)
      expect(made.secret.length).toBeGreaterThan(60)
      const token = (await use(made.id, made.secret)).body.token
      expect(token).toMatchObject({ methods: ['application_credential'], roles: [{ name: 'reader' }], project: { name: 'demo' }, application_credential: { id: made.id, name: 'ci', restricted: true } })
      expect((await use(made.id, 'wrong')).status).toBe(401)
      expect((await use(made.id, made.secret, onProject('demo'))).status).toBe(401)
      expect((await demo.get(`/v3/users/${demoId}/application_credentials/${made.id}`)).text).not.toContain('secret')
      expect((await make({ name: 'ci' })).status).toBe(409)
      const byName = await bench.auth({ methods: ['application_credential'], application_credential: { name: 'ci', secret: made.secret, user: { name: 'demo', domain: { id: 'default' } } } })
      expect(byName.status).toBe(201)
    })

    test('are shown as upstream shows them: null where nobody said, and by a link that knows no user', async () => {
      for (const [name, given, shown] of [['unsaid', {}, null], ['restricted', { unrestricted: false }, false], ['unrestricted', { unrestricted: true }, true]] as const) {
        const { body: { application_credential: made } } = await make({ name, ...given, access_rules: [{ path: '/v3/auth/projects', method: 'GET', service: 'identity' }] })
        const expected = { name, unrestricted: shown, description: null, system: null, user_id: demoId, links: { self: expect.stringMatching(new RegExp(`/v3/application_credentials/${made.id}$`)) as unknown } }
        expect(made).toMatchObject(expected)
        expect((await demo.get<object>(`/v3/users/${demoId}/application_credentials/${made.id}`)).body).toMatchObject({ application_credential: expected })
        expect((await demo.get<object>(`/v3/users/${demoId}/application_credentials?name=${name}`)).body).toMatchObject({ application_credentials: [expected] })
        expect((await use(made.id, made.secret)).body.token).toMatchObject({ application_credential: { restricted: shown !== true } })
        const [rule] = (await demo.get<{ access_rules: { id: string; links: { self: string } }[] }>(`/v3/users/${demoId}/access_rules?path=/v3/auth/projects`)).body.access_rules
        expect(rule!.links.self).toMatch(new RegExp(`/v3/access_rules/${rule!.id}$`))
        expect((await demo.get<object>(`/v3/users/${demoId}/access_rules/${rule!.id}`)).body).toMatchObject({ access_rule: { links: { self: rule!.links.self } } })
        await demo.delete(`/v3/users/${demoId}/application_credentials/${made.id}`)
      }
    })

    test('give no role the token lacks, are made for oneself only, and not by a restricted one', async () => {
      expect((await make({ name: 'greedy', roles: [{ name: 'admin' }] })).status).toBe(400)
      expect((await make({ name: 'for-another' }, bench.admin)).status).toBe(403)
      const { application_credential: made } = (await make({ name: 'parent' })).body
      const narrow = client(bench.pipeline, String((await use(made.id, made.secret)).headers['x-subject-token']))
      expect((await make({ name: 'child' }, narrow)).status).toBe(403)
      expect((await bench.auth({ methods: ['token'], token: { id: narrow.token } })).status).toBe(403)
    })

    test('end with their time, with their user\'s roles, and when deleted', async () => {
      expect((await make({ name: 'past', expires_at: '2020-01-01T00:00:00Z' })).status).toBe(400)
      expect((await make({ name: 'odd', expires_at: 'tomorrow' })).status).toBe(400)
      const soon = new Date(bench.clock.now() + 3600_000).toISOString().replace('Z', '789')
      const { application_credential: made } = (await make({ name: 'soon', expires_at: soon })).body
      expect(made.expires_at).toBe(soon)
      const token = client(bench.pipeline, String((await use(made.id, made.secret)).headers['x-subject-token']))
      expect((await token.get('/v3/auth/projects')).status).toBe(200)
      expect((await demo.delete(`/v3/users/${demoId}/application_credentials/${made.id}`)).status).toBe(204)
      expect((await token.get('/v3/auth/projects')).status).toBe(401)
      expect((await use(made.id, made.secret)).status).toBe(404)
    })

    test('access rules hold at the door, and the token is shown only to who understands them', async () => {
      const { application_credential: made } = (await make({ name: 'narrow', access_rules: [{ path: '/v3/users/{user_id}', method: 'GET', service: 'identity' }] })).body
      const answer = await use(made.id, made.secret)
      expect(answer.body.token['application_credential']).toMatchObject({ access_rules: [{ path: '/v3/users/{user_id}', method: 'GET', service: 'identity' }] })
      const narrow = client(bench.pipeline, String(answer.headers['x-subject-token']))
      expect((await narrow.get(`/v3/users/${demoId}`)).status).toBe(200)
      expect((await narrow.get(`/v3/users/${demoId}/projects`)).status).toBe(401)
      expect((await narrow.patch(`/v3/users/${demoId}`, { user: { name: 'x' } })).status).toBe(401)
      expect((await bench.admin.get('/v3/auth/tokens', { 'x-subject-token': narrow.token! })).status).toBe(404)
      expect((await bench.admin.get('/v3/auth/tokens', { 'x-subject-token': narrow.token!, 'openstack-identity-access-rules': '1.0' })).status).toBe(200)
      const rule = made.access_rules![0]!.id
      expect((await demo.delete(`/v3/users/${demoId}/access_rules/${rule}`)).status).toBe(403)
      const { application_credential: again } = (await make({ name: 'narrow2', access_rules: [{ id: rule }] })).body
      expect(again.access_rules).toMatchObject([{ id: rule, service: 'identity' }])
      for (const id of [made.id, again.id]) await demo.delete(`/v3/users/${demoId}/application_credentials/${id}`)
      expect((await demo.delete(`/v3/users/${demoId}/access_rules/${rule}`)).status).toBe(204)
    })

    test('nobody sees those of others', async () => {
      const { application_credential: made } = (await make({ name: 'private' })).body
      const { id, password } = await makeUser(bench, 'nosy', { demo: ['member'] })
      const nosy = await bench.login('nosy', password, onProject('demo'))
      expect((await nosy.get(`/v3/users/${demoId}/application_credentials`)).status).toBe(403)
      expect((await nosy.get(`/v3/users/${id}/application_credentials/${made.id}`)).status).toBe(403)
      expect((await nosy.delete(`/v3/users/${id}/application_credentials/${made.id}`)).status).toBe(403)
    })
  })

  describe('trusts', () => {
    let trustee: { id: string; password: string }
    beforeAll(async () => { trustee = await makeUser(bench, 'trustee') })

    const trust = async (value: Record<string, unknown> = {}) => await demo.post<{ trust: { id: string; remaining_uses: number | null } }>('/v3/OS-TRUST/trusts', {
      trust: { trustor_user_id: demoId, trustee_user_id: trustee.id, project_id: await projectId(bench, 'demo'), impersonation: true, roles: [{ name: 'reader' }], ...value },
    })
    const enter = async (id: string) => await bench.auth(passwordOf('trustee', trustee.password), { 'OS-TRUST:trust': { id } })

    test('let the trustee act as the trustor with the lent roles, until the trust or the role is gone', async () => {
      const { body: { trust: { id } }, status } = await trust()
      expect(status).toBe(201)
      const answer = await enter(id)
      expect(answer.body.token).toMatchObject({ user: { id: demoId, name: 'demo' }, roles: [{ name: 'reader' }], 'OS-TRUST:trust': { id, impersonation: true, trustor_user: { id: demoId }, trustee_user: { id: trustee.id } } })
      const acting = client(bench.pipeline, String(answer.headers['x-subject-token']))
      expect((await acting.get(`/v3/projects/${await projectId(bench, 'demo')}`)).status).toBe(200)
      expect((await bench.auth({ methods: ['token'], token: { id: acting.token } })).status).toBe(403)
      expect((await acting.post(`/v3/users/${demoId}/application_credentials`, { application_credential: { name: 'escape' } })).status).toBe(403)
      expect((await demo.delete(`/v3/OS-TRUST/trusts/${id}`)).status).toBe(204)
      expect((await acting.get('/v3/auth/projects')).status).toBe(401)
      expect((await enter(id)).status).toBe(401)
    })

    test('cannot be made of roles one lacks or for another, and are used only so often', async () => {
      expect((await trust({ roles: [{ name: 'admin' }] })).status).toBe(404)
      expect((await trust({ roles: [] })).status).toBe(403)
      expect((await trust({ expires_at: '' })).status).toBe(400)
      expect((await trust({ trustor_user_id: trustee.id })).status).toBe(403)
      const { id } = (await trust({ remaining_uses: 1 })).body.trust
      expect([(await enter(id)).status, (await enter(id)).status]).toEqual([201, 403])
    })

    test('with the same end are made once, unless the other was deleted; without an end they may be many', async () => {
      const expires = new Date(bench.clock.now() + 7200_000).toISOString().replace('Z', '000Z')
      const { id } = (await trust({ expires_at: expires })).body.trust
      const again = await trust({ expires_at: expires, roles: [{ name: 'member' }] })
      expect(`${again.status} ${again.text}`).toMatch(/^409 .*Conflict occurred attempting to store trust - Duplicate entry found with ID [0-9a-f]{32}\./)
      expect((await trust({ expires_at: expires, impersonation: false })).status).toBe(201)
      expect((await demo.delete(`/v3/OS-TRUST/trusts/${id}`)).status).toBe(204)
      expect((await trust({ expires_at: expires })).status).toBe(201)
      expect([(await trust()).status, (await trust()).status]).toEqual([201, 201])
    })

    test('are handed on only as far as they allow', async () => {
      const { id } = (await trust({ allow_redelegation: true })).body.trust
      const acting = client(bench.pipeline, String((await enter(id)).headers['x-subject-token']))
      const next = await makeUser(bench, 'next')
      const on = async (value: Record<string, unknown> = {}) => await acting.post<{ trust: { id: string; redelegation_count: number } }>('/v3/OS-TRUST/trusts', {
        trust: { trustor_user_id: demoId, trustee_user_id: next.id, project_id: await projectId(bench, 'demo'), impersonation: true, roles: [{ name: 'reader' }], ...value },
      })
      expect((await on({ roles: [{ name: 'member' }] })).status).toBe(403)
      const handed = await on({ allow_redelegation: true })
      expect(handed.body.trust).toMatchObject({ redelegated_trust_id: id, redelegation_count: 2 })
      expect((await bench.auth(passwordOf('next', next.password), { 'OS-TRUST:trust': { id: handed.body.trust.id } })).status).toBe(201)
      await demo.delete(`/v3/OS-TRUST/trusts/${id}`)
      expect((await bench.auth(passwordOf('next', next.password), { 'OS-TRUST:trust': { id: handed.body.trust.id } })).status).toBe(401)
    })

    test('are seen by those in them', async () => {
      const { id } = (await trust()).body.trust
      expect((await demo.get<{ trusts: { id: string }[] }>(`/v3/OS-TRUST/trusts?trustor_user_id=${demoId}`)).body.trusts.map((t) => t.id)).toContain(id)
      expect((await demo.get(`/v3/OS-TRUST/trusts?trustee_user_id=${trustee.id}`)).status).toBe(403)
      expect((await demo.get(`/v3/OS-TRUST/trusts/${id}/roles/${await roleId(bench, 'reader')}`)).status).toBe(200)
      const { password } = await makeUser(bench, 'bystander', { demo: ['member'] })
      expect((await (await bench.login('bystander', password, onProject('demo'))).get(`/v3/OS-TRUST/trusts/${id}`)).status).toBe(403)
    })
  })

  describe('EC2 credentials', () => {
    interface Ec2 { access: string; secret: string; tenant_id: string }
    const pair = async (): Promise<Ec2> => (await demo.post<{ credential: Ec2 }>(`/v3/users/${demoId}/credentials/OS-EC2`, { tenant_id: await projectId(bench, 'demo') })).body.credential

    test('a request signed with version 2 becomes a token; a changed one does not', async () => {
      const { access, secret } = await pair()
      const params: Record<string, string> = { SignatureVersion: '2', SignatureMethod: 'HmacSHA256', AWSAccessKeyId: access, Action: 'Describe Instances' }
      const query = Object.keys(params).toSorted().map((k) => `${k}=${encodeURIComponent(params[k]!)}`).join('&')
      const signature = createHmac('sha256', secret).update(`GET\nec2.test:8773\n/\n${query}`).digest('base64')
      const request = { access, signature, verb: 'GET', host: 'ec2.test:8773', path: '/', params, headers: {}, body_hash: '' }
      const answer = await bench.admin.post<{ token: Record<string, unknown> }>('/v3/ec2tokens', { credentials: request })
      expect(answer.body.token).toMatchObject({ methods: ['ec2credential'], user: { id: demoId }, project: { name: 'demo' } })
      expect((await bench.admin.get('/v3/auth/tokens', { 'x-subject-token': String(answer.headers['x-subject-token']) })).status).toBe(200)
      expect((await bench.admin.post('/v3/ec2tokens', { credentials: { ...request, path: '/other' } })).status).toBe(401)
      expect((await demo.post('/v3/ec2tokens', { credentials: request })).status).toBe(403)
    })

    test('an S3 request signed with version 4 becomes a token while it is fresh', async () => {
      const { access, secret } = await pair()
      const stamp = new Date(bench.clock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, '')
      const scope = [stamp.slice(0, 8), 'RegionOne', 's3', 'aws4_request']
      const toSign = ['AWS4-HMAC-SHA256', stamp, scope.join('/'), createHash('sha256').update('request').digest('hex')].join('\n')
      const key = scope.reduce<Buffer | string>((k, part) => createHmac('sha256', k).update(part).digest(), `AWS4${secret}`)
      const request = { access, token: Buffer.from(toSign).toString('base64url'), signature: createHmac('sha256', key).update(toSign).digest('hex'), headers: { 'X-Amz-Date': stamp } }
      expect((await bench.admin.post('/v3/s3tokens', { credentials: request })).status).toBe(200)
      expect((await bench.admin.post('/v3/s3tokens', { credentials: { ...request, signature: '0'.repeat(64) } })).status).toBe(401)
      expect((await bench.admin.post('/v3/s3tokens', { credentials: { ...request, headers: { 'X-Amz-Date': '20200101T000000Z' } } })).status).toBe(401)
    })

    test('are shown to their user, and their secrets rest encrypted', async () => {
      const { access, secret } = await pair()
      expect((await demo.get<{ credential: Ec2 }>(`/v3/users/${demoId}/credentials/OS-EC2/${access}`)).body.credential.secret).toBe(secret)
      const rows = await bench.service.context().db.selectFrom('credentials').selectAll().execute()
      expect(JSON.stringify(rows)).not.toContain(secret)
      expect((await demo.delete(`/v3/users/${demoId}/credentials/OS-EC2/${access}`)).status).toBe(204)
      expect((await demo.get(`/v3/users/${demoId}/credentials/OS-EC2/${access}`)).status).toBe(404)
    })
  })
})
