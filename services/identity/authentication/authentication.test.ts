import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { client } from '#testkit/http.ts'
import { databases } from '#testkit/databases.ts'
import { makeUser, onProject, passwordOf, projectId, roleId, startIdentity, type IdentityBench } from '../identity-bench.ts'
import { passcodeAt } from './check-passcode.ts'

const REFUSED = 'The request you have made requires authentication.'

describe.each(databases)('logging in on %s', (_name, locate) => {
  let bench: IdentityBench
  beforeAll(async () => { bench = await startIdentity({ database: await locate() }) })
  afterAll(async () => { await bench.stop() })

  test('a password on a project gives a token with roles and catalog', async () => {
    const answer = await bench.auth(passwordOf('demo', 'secret-demo-password'), onProject('demo'))
    expect(answer.status).toBe(201)
    expect(String(answer.headers['x-subject-token']).length).toBeLessThanOrEqual(255)
    expect(answer.body.token).toMatchObject({
      methods: ['password'], is_domain: false, user: { name: 'demo', domain: { id: 'default', name: 'Default' }, password_expires_at: null }, project: { name: 'demo', domain: { id: 'default' } },
    })
    expect((answer.body.token['roles'] as { name: string }[]).map((r) => r.name).toSorted()).toEqual(['member', 'reader'])
    expect(answer.body.token['catalog']).toMatchObject([{ type: 'identity', name: 'keystone', endpoints: [{ region: 'RegionOne' }, {}, {}] }])
    expect(answer.body.token['expires_at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000000Z$/)
  })

  test('a wrong password and an unknown user are told the same', async () => {
    const [wrong, unknown] = [await bench.auth(passwordOf('demo', 'no')), await bench.auth(passwordOf('nobody', 'no'))]
    expect(wrong.status).toBe(401)
    expect(wrong.body).toEqual({ error: { code: 401, message: REFUSED, title: 'Unauthorized' } })
    expect(unknown.body).toEqual(wrong.body)
    expect(wrong.headers['www-authenticate']).toBe('Keystone uri="http://cloud.test/v3"')
  })

  test('names of users are found whatever their case', async () => {
    expect((await bench.auth(passwordOf('DEMO', 'secret-demo-password'))).status).toBe(201)
    const taken = await bench.admin.post('/v3/users', { user: { name: 'Demo' } })
    expect(taken.status).toBe(409)
    expect(taken.body).toEqual({ error: { code: 409, title: 'Conflict', message: 'Conflict occurred attempting to store user - Duplicate entry found with name Demo at domain ID default.' } })
  })

  test('without a scope the default project is taken, if the user can be there', async () => {
    const { id, password } = await makeUser(bench, 'homely', { demo: ['reader'] })
    expect((await bench.auth(passwordOf('homely', password))).body.token['project']).toBeUndefined()
    const demo = await projectId(bench, 'demo')
    await bench.admin.patch(`/v3/users/${id}`, { user: { default_project_id: demo } })
    expect((await bench.auth(passwordOf('homely', password))).body.token['project']).toMatchObject({ id: demo })
    expect((await bench.auth(passwordOf('homely', password), 'unscoped')).body.token['project']).toBeUndefined()
    await bench.admin.patch(`/v3/users/${id}`, { user: { default_project_id: await projectId(bench, 'service') } })
    const elsewhere = await bench.auth(passwordOf('homely', password))
    expect(elsewhere.status).toBe(201)
    expect(elsewhere.body.token['project']).toBeUndefined()
    expect(elsewhere.body.token['roles']).toBeUndefined()
  })

  test('scopes: domain and system need a role there', async () => {
    const { id, password } = await makeUser(bench, 'scoped')
    expect((await bench.auth(passwordOf('scoped', password), { domain: { id: 'default' } })).status).toBe(401)
    expect((await bench.auth(passwordOf('scoped', password), { system: { all: true } })).status).toBe(401)
    const reader = await roleId(bench, 'reader')
    await bench.admin.put(`/v3/domains/default/users/${id}/roles/${reader}`, undefined)
    await bench.admin.put(`/v3/system/users/${id}/roles/${reader}`, undefined)
    expect((await bench.auth(passwordOf('scoped', password), { domain: { name: 'default' } })).body.token).toMatchObject({ domain: { id: 'default', name: 'Default' }, roles: [{ name: 'reader' }] })
    expect((await bench.auth(passwordOf('scoped', password), { system: { all: true } })).body.token).toMatchObject({ system: { all: true }, roles: [{ name: 'reader' }] })
  })

  test('a token is exchanged for another scope: same end, same chain; not from the system to a project', async () => {
    const first = await bench.auth(passwordOf('admin', 'secret-admin-password'))
    const second = await bench.auth({ methods: ['token'], token: { id: String(first.headers['x-subject-token']) } }, onProject('admin'))
    expect(second.status).toBe(201)
    expect(second.body.token).toMatchObject({ expires_at: first.body.token['expires_at'] })
    expect((second.body.token['methods'] as string[]).toSorted()).toEqual(['password', 'token'])
    expect((second.body.token['audit_ids'] as string[])[1]).toBe((first.body.token['audit_ids'] as string[])[0])
    const system = await bench.auth(passwordOf('admin', 'secret-admin-password'), { system: { all: true } })
    const refused = await bench.auth({ methods: ['token'], token: { id: String(system.headers['x-subject-token']) } }, onProject('admin'))
    expect(refused.status).toBe(403)
  })

  test('two methods must prove the same user; unknown ones are refused with those there are', async () => {
    const demo = await bench.auth(passwordOf('demo', 'secret-demo-password'))
    const mixed = await bench.auth({ ...passwordOf('admin', 'secret-admin-password'), methods: ['password', 'token'], token: { id: String(demo.headers['x-subject-token']) } })
    expect(mixed.status).toBe(401)
    const unknown = await bench.auth({ methods: ['palm'], palm: {} })
    expect(unknown.body).toMatchObject({ error: { code: 401, identity: { methods: expect.arrayContaining(['password', 'token', 'application_credential']) as unknown } } })
    expect((await bench.auth({ methods: [] })).status).toBe(401)
  })

  test('one-time passcodes count once their user has a secret', async () => {
    const { id } = await makeUser(bench, 'totp')
    await bench.admin.post('/v3/credentials', { credential: { user_id: id, type: 'totp', blob: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' } })
    const at = Math.floor(bench.clock.now() / 30_000)
    const identity = (passcode: string) => ({ methods: ['totp'], totp: { user: { id, passcode } } })
    const secret = Buffer.from('12345678901234567890')
    expect((await bench.auth(identity(passcodeAt(secret, at)))).status).toBe(201)
    expect((await bench.auth(identity(passcodeAt(secret, at - 20)))).status).toBe(401)
    expect((await bench.auth(identity(''))).status).toBe(401)
  })

  test.each([
    [{}, 400], [{ auth: null }, 400], [{ auth: [] }, 400], [{ auth: { identity: {} } }, 400], [{ auth: { identity: { methods: ['password'] } } }, 400],
    [{ auth: { identity: { methods: ['password'], password: {} } } }, 400], [{ auth: { identity: { methods: ['password'], password: { user: { password: 'x' } } } } }, 400],
    [{ auth: { identity: { methods: ['password'], password: { user: { name: 'demo', password: 'x' } } } } }, 400],
    [{ auth: { identity: { methods: ['password'], password: { user: { name: 7 } } } } }, 400],
    [{ auth: { identity: passwordOf('demo', 'x'), scope: { project: {} } } }, 400], [{ auth: { identity: passwordOf('demo', 'x'), scope: { system: {}, domain: { id: 'default' } } } }, 400],
    [{ auth: { identity: passwordOf('demo', 'x'), scope: 'everything' } }, 400], [{ auth: { identity: passwordOf('demo', 'x'), scope: { project: { id: 'nowhere' } } } }, 401],
    [{ auth: { identity: { methods: ['token'], token: { id: 'nonsense' } } } }, 404], [{ auth: { identity: { methods: ['application_credential'], application_credential: { id: 'none', secret: 'x' } } } }, 404],
  ])('%j is answered %i', async (body, status) => {
    expect((await bench.anonymous.post('/v3/auth/tokens', body)).status).toBe(status)
  })

  test('a body that is no JSON is told so in the usual words', async () => {
    const answer = await bench.anonymous.post('/v3/auth/tokens', '{"auth":')
    expect(answer.body).toEqual({ error: { code: 400, title: 'Bad Request', message: 'Expecting to find valid JSON in request body. The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.' } })
  })
})

describe('the rules of this cloud about accounts', () => {
  async function withConfig(config: Record<string, unknown>, run: (bench: IdentityBench) => Promise<void>): Promise<void> {
    const bench = await startIdentity({ config })
    try { await run(bench) } finally { await bench.stop() }
  }

  test('too many wrong passwords lock an account for a while, and it looks like a wrong password', async () => {
    await withConfig({ lockoutFailureAttempts: 2, lockoutDurationSeconds: 6000 }, async (bench) => {
      const { password } = await makeUser(bench, 'locked')
      for (let n = 0; n < 2; n += 1) expect((await bench.auth(passwordOf('locked', 'no'))).status).toBe(401)
      expect((await bench.auth(passwordOf('locked', password))).body).toMatchObject({ error: { message: REFUSED } })
      bench.clock.advance(6_001_000)
      expect((await bench.auth(passwordOf('locked', password))).status).toBe(201)
    })
  })

  test('an expired password logs nobody in, but can still be changed', async () => {
    await withConfig({ passwordExpiresDays: 1 }, async (bench) => {
      const { id, password } = await makeUser(bench, 'old')
      bench.clock.advance(86_400_001)
      expect((await bench.auth(passwordOf('old', password))).body).toMatchObject({ error: { code: 401, message: `The password is expired and needs to be changed for user: ${id}.` } })
      expect((await bench.anonymous.post(`/v3/users/${id}/password`, { user: { original_password: password, password: 'fresh' } })).status).toBe(204)
      bench.clock.advance(1000)
      expect((await bench.auth(passwordOf('old', 'fresh'))).status).toBe(201)
    })
  })

  test('new passwords fit the pattern and differ from the latest', async () => {
    await withConfig({ passwordRegex: '.{6,}$', passwordRegexDescription: 'six characters', uniqueLastPasswordCount: 2 }, async (bench) => {
      const { id } = await makeUser(bench, 'picky')
      const set = async (from: string, to: string) => await bench.anonymous.post(`/v3/users/${id}/password`, { user: { original_password: from, password: to } })
      expect((await set('pw-picky', 'short')).body).toMatchObject({ error: { code: 400, message: 'The password does not match the requirements: six characters.' } })
      expect((await set('pw-picky', 'second')).status).toBe(204)
      expect((await set('second', 'pw-picky')).status).toBe(400)
      expect((await set('second', 'third3')).status).toBe(204)
      expect((await set('third3', 'pw-picky')).status).toBe(204)
    })
  })

  test('rules for several factors ask for all of one rule', async () => {
    await withConfig({}, async (bench) => {
      const { id, password } = await makeUser(bench, 'careful')
      await bench.admin.patch(`/v3/users/${id}`, { user: { options: { multi_factor_auth_rules: [['password', 'totp']] } } })
      expect((await bench.auth(passwordOf('careful', password))).status).toBe(401)
      await bench.admin.patch(`/v3/users/${id}`, { user: { options: { multi_factor_auth_rules: null } } })
      expect((await bench.auth(passwordOf('careful', password))).status).toBe(201)
    })
  })
})

describe('tokens and their end', () => {
  let bench: IdentityBench
  beforeAll(async () => { bench = await startIdentity() })
  afterAll(async () => { await bench.stop() })

  const check = async (subject: string, query = '') => await bench.admin.get<{ token: Record<string, unknown> }>(`/v3/auth/tokens${query}`, { 'x-subject-token': subject })
  /** A revocation counts by the second, as tokens do: the next token must be of a later one. */
  const nextSecond = (): void => { bench.clock.advance(1000) }

  test('validating shows what issuing showed', async () => {
    const issued = await bench.auth(passwordOf('demo', 'secret-demo-password'), onProject('demo'))
    const shown = await check(String(issued.headers['x-subject-token']))
    expect(shown.body).toEqual(issued.body)
    expect((await check(String(issued.headers['x-subject-token']), '?nocatalog')).body.token['catalog']).toBeUndefined()
    expect((await bench.admin.request('HEAD', '/v3/auth/tokens', undefined, { 'x-subject-token': String(issued.headers['x-subject-token']) })).status).toBe(200)
  })

  test('users see their own tokens, others\' only administrators and services do', async () => {
    const demo = await bench.login('demo', 'secret-demo-password', onProject('demo'))
    expect((await demo.get('/v3/auth/tokens', { 'x-subject-token': demo.token! })).status).toBe(200)
    expect((await demo.get('/v3/auth/tokens', { 'x-subject-token': bench.admin.token! })).status).toBe(403)
    const nacre = await bench.login('nacre', 'secret-service-password', onProject('service'))
    expect((await nacre.get('/v3/auth/tokens', { 'x-subject-token': demo.token! })).status).toBe(200)
    for (const text of ['nonsense', `${demo.token!.slice(0, -2)}AA`, 'x'.repeat(5000), 'gAAAAA é']) {
      expect((await demo.get('/v3/auth/tokens', { 'x-subject-token': text })).body).toEqual({ error: { code: 404, message: 'Could not recognize Fernet token', title: 'Not Found' } })
    }
    expect((await bench.auth({ methods: ['token'], token: { id: 'nonsense' } })).body).toEqual({ error: { code: 404, message: 'Could not recognize Fernet token', title: 'Not Found' } })
  })

  test('a deleted token is gone at once, here and for every service', async () => {
    const demo = await bench.login('demo', 'secret-demo-password', onProject('demo'))
    expect((await demo.get('/v3/auth/projects')).status).toBe(200)
    let heard = 0
    const stop = await bench.bus.subscribe('identity.revoked', () => { heard += 1 })
    expect((await demo.delete('/v3/auth/tokens', { 'x-subject-token': demo.token! })).status).toBe(204)
    expect((await demo.get('/v3/auth/projects')).status).toBe(401)
    expect((await check(demo.token!)).body).toEqual({ error: { code: 404, message: 'Failed to validate token', title: 'Not Found' } })
    await bench.cloud.settled()
    expect(heard).toBeGreaterThanOrEqual(1)
    await stop()
  })

  test('a deleted token is gone at once here, and the answer comes, though the bus is away', async () => {
    const demo = await bench.login('demo', 'secret-demo-password', onProject('demo'))
    expect((await demo.get('/v3/auth/projects')).status).toBe(200)
    const { promise: back, resolve: comeBack } = Promise.withResolvers<void>()
    for (const silence of [async () => await back, async () => { throw new Error('away') }]) {
      const another = await bench.login('demo', 'secret-demo-password', onProject('demo'))
      expect((await another.get('/v3/auth/projects')).status).toBe(200)
      const fanout = vi.spyOn(bench.bus, 'fanout').mockImplementation(silence)
      expect((await another.delete('/v3/auth/tokens', { 'x-subject-token': another.token! })).status).toBe(204)
      expect((await another.get('/v3/auth/projects')).status).toBe(401)
      fanout.mockRestore()
    }
    comeBack()
    expect((await demo.get('/v3/auth/projects')).status).toBe(200)
  })

  test('an expired token counts only for who asks with allow_expired, and only for so long', async () => {
    const bench = await startIdentity({ config: { tokenExpirationSeconds: 6000, allowExpiredWindowSeconds: 10_000 } })
    const subject = (await bench.login('demo', 'secret-demo-password', onProject('demo'))).token!
    const ask = async (query: string) => (await (await bench.login('admin', 'secret-admin-password', onProject('admin'))).get(`/v3/auth/tokens${query}`, { 'x-subject-token': subject })).status
    expect(await ask('')).toBe(200)
    bench.clock.advance(6_001_000)
    expect([await ask(''), await ask('?allow_expired=1'), await ask('?allow_expired=0')]).toEqual([404, 200, 404])
    bench.clock.advance(10_000_000)
    expect(await ask('?allow_expired=1')).toBe(404)
    await bench.stop()
  })

  test.each([
    ['changing the password', async (id: string, password: string) => await bench.anonymous.post(`/v3/users/${id}/password`, { user: { original_password: password, password: 'new' } })],
    ['an administrator setting the password', async (id: string) => await bench.admin.patch(`/v3/users/${id}`, { user: { password: 'new' } })],
    ['disabling the user', async (id: string) => await bench.admin.patch(`/v3/users/${id}`, { user: { enabled: false } })],
    ['deleting the user', async (id: string) => await bench.admin.delete(`/v3/users/${id}`)],
    ['taking the only role', async (id: string) => await bench.admin.delete(`/v3/projects/${await projectId(bench, 'demo')}/users/${id}/roles/${await roleId(bench, 'member')}`)],
  ])('%s ends the tokens of the user', async (what, act) => {
    const name = what.replaceAll(' ', '-')
    const { id, password } = await makeUser(bench, name, { demo: ['member'] })
    const own = await bench.login(name, password, onProject('demo'))
    expect((await own.get('/v3/auth/projects')).status).toBe(200)
    expect((await act(id, password)).status).toBeLessThan(300)
    expect((await own.get('/v3/auth/projects')).status).toBe(401)
    nextSecond()
  })

  test('a disabled project or domain takes its tokens with it', async () => {
    const domain = (await bench.admin.post<{ domain: { id: string } }>('/v3/domains', { domain: { name: 'short-lived' } })).body.domain.id
    const user = (await bench.admin.post<{ user: { id: string } }>('/v3/users', { user: { name: 'u', password: 'p', domain_id: domain } })).body.user.id
    const project = (await bench.admin.post<{ project: { id: string } }>('/v3/projects', { project: { name: 'p', domain_id: domain } })).body.project.id
    await bench.admin.put(`/v3/projects/${project}/users/${user}/roles/${await roleId(bench, 'member')}`, undefined)
    const identity = { methods: ['password'], password: { user: { id: user, password: 'p' } } }
    const log = async () => await bench.auth(identity, { project: { id: project } })
    const own = client(bench.pipeline, String((await log()).headers['x-subject-token']))
    await bench.admin.patch(`/v3/projects/${project}`, { project: { enabled: false } })
    expect((await own.get('/v3/auth/projects')).status).toBe(401)
    expect((await log()).status).toBe(401)
    await bench.admin.patch(`/v3/projects/${project}`, { project: { enabled: true } })
    expect((await own.get('/v3/auth/projects')).status).toBe(200)
    await bench.admin.patch(`/v3/domains/${domain}`, { domain: { enabled: false } })
    expect((await own.get('/v3/auth/projects')).status).toBe(401)
    expect((await bench.auth(identity)).status).toBe(401)
    expect((await bench.admin.delete(`/v3/domains/${domain}`)).status).toBe(204)
    expect((await bench.admin.get(`/v3/users/${user}`)).status).toBe(404)
  })

  test('a role given is in the very next look at the token', async () => {
    const { id, password } = await makeUser(bench, 'rising', { demo: ['reader'] })
    const own = await bench.login('rising', password, onProject('demo'))
    const roles = async () => ((await check(own.token!)).body.token['roles'] as { name: string }[]).map((r) => r.name).toSorted()
    expect(await roles()).toEqual(['reader'])
    await bench.admin.put(`/v3/projects/${await projectId(bench, 'demo')}/users/${id}/roles/${await roleId(bench, 'admin')}`, undefined)
    expect(await roles()).toEqual(['admin', 'member', 'reader'])
    expect((await own.get('/v3/users')).status).toBe(200)
  })
})
